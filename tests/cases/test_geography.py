"""The databases that GEO_DATABASES names: opened as they are now, and said where they are not usable."""

import pytest

from cases.checks import databases_open
from cases.geography import geography
from events.geography import Place
from tests import mmdb


def test_without_the_setting_there_is_none_and_nothing_to_warn_of(settings):
    assert settings.GEO_DATABASES == []
    assert geography().databases == ()
    assert databases_open() == []


def test_it_is_what_the_setting_names(settings, tmp_path):
    settings.GEO_DATABASES = [mmdb.write_asn(tmp_path)]
    assert geography().locate(mmdb.AWAY) == Place(asn=14061, organisation="DigitalOcean")
    assert databases_open() == []


@pytest.mark.parametrize("content", [None, b"no database"], ids=["missing", "broken"])
def test_each_file_that_cannot_be_asked_is_a_warning_with_its_remedy(settings, tmp_path, content):
    file = tmp_path / "mine.mmdb"
    if content:
        file.write_bytes(content)
    settings.GEO_DATABASES = [file, mmdb.write_asn(tmp_path)]
    [warning] = databases_open()
    assert warning.id == "cases.W001"
    assert warning.msg.startswith(f"GEO_DATABASES names {file}, but ")
    assert "correct GEO_DATABASES" in warning.msg
    assert "docs/settings.md" in warning.hint
