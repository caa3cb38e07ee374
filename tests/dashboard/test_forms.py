"""What people type in several lines is kept as they see it, whichever form takes it."""

import re
from importlib import import_module
from pkgutil import iter_modules

import pytest
from django import forms
from django.urls import reverse

from cases.models import Incident
from collectors import sources
from dashboard.forms import __path__ as folder
from dashboard.forms.collect import resources_field
from dashboard.forms.plan import named_field
from tests.dashboard import casework

MODULES = [import_module(f"dashboard.forms.{found.name}") for found in iter_modules(folder)]
NAMED = [named for module in MODULES for named in vars(module).values()]
FORMS = {named for named in NAMED if isinstance(named, type) and issubclass(named, forms.Form)}
TEXTS = {
    "resources": resources_field(sources.get("cloudtrail"), ""),
    "named": named_field("Buckets"),
    **{
        f"{form.__name__}.{name}": field
        for form in sorted(FORMS, key=lambda form: form.__name__)
        for name, field in form.base_fields.items()
        if isinstance(field.widget, forms.Textarea)
    },
}


@pytest.mark.parametrize("field", TEXTS.values(), ids=TEXTS)
def test_every_text_of_several_lines_loses_the_carriage_returns_of_browsers(field):
    assert field.clean("first\r\nsecond\rthird") == "first\nsecond\nthird"


def test_the_forms_that_have_such_texts_are_found():
    assert {"IncidentForm.description", "FindingDecision.reason", "IndicatorForm.text", "NoteForm.text"} <= set(TEXTS)


@pytest.mark.django_db
def test_a_description_is_shown_in_its_lines(as_ida):
    given = {"title": "Key leaked", "severity": "4", "tlp": "amber", "description": "An alert.\r\nThen a call."}
    page = as_ida.post(reverse("new_incident"), given, follow=True)
    assert Incident.objects.get().description == "An alert.\nThen a call."
    assert "An alert.<br>Then a call." in page.text


@pytest.mark.django_db
def test_a_reason_of_several_lines_shows_no_mark_wherever_it_is_told(as_rin, found, rin):
    decide = reverse("decide_finding", args=[found.reference, "F-01"])
    page = as_rin.post(decide, {"status": "confirmed", "reason": "Asked Tomas.\r\nIt was not him."}, follow=True)
    assert "Asked Tomas.<br>It was not him." in page.text
    casework.report(found, rin)
    told = [as_rin.get(reverse(name, args=[found.reference])).text for name in ("custody", "report")]
    assert "⟨U+000" not in "".join(told)
    assert "Asked Tomas. It was not him." in told[1]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["notes", "places", "story"])
def test_each_error_leads_to_its_field(as_ida, incident, name):
    text = as_ida.post(reverse(name, args=[incident.reference]), {}).text
    found = re.findall(r'<li><a href="#([^"]+)">', text)
    assert found
    assert all(text.count(f'id="{place}"') == 1 for place in found)
