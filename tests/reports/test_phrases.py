from gettext import NullTranslations

import pytest

from reports.phrases import gettext, ngettext, speaking


class German(NullTranslations):
    def gettext(self, message):
        return {"Evidence": "Beweise"}.get(message, message)

    def ngettext(self, msgid1, msgid2, n):
        return "%(count)s Spur" if n == 1 else "%(count)s Spuren"


def test_phrases_are_english_unless_said_otherwise():
    assert gettext("Evidence") == "Evidence"
    assert ngettext("%(count)s trace", "%(count)s traces", 1200) == "1,200 traces"


def test_a_catalogue_speaks_only_inside_its_block():
    with speaking(German()):
        assert gettext("Evidence") == "Beweise"
        assert ngettext("%(count)s trace", "%(count)s traces", 1) == "1 Spur"
    assert gettext("Evidence") == "Evidence"


def test_a_failure_inside_gives_the_language_back():
    with pytest.raises(KeyError), speaking(German()):
        raise KeyError
    assert gettext("Evidence") == "Evidence"
