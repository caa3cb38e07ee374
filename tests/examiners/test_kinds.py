import pytest

from collectors.s3_object_versions import SETTINGS as COLLECTED
from examiners.kinds import ASKED, BUNDLES, KINDS, SETTINGS, kind_of

COLUMNS = {"id", "name", "arn", "status", "created", "modified", "at", "principal"}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.type} {kind.aspect}".strip())
class TestEveryKind:
    def test_no_other_kind_stands_before_it(self, kind):
        assert kind_of(frozenset(kind.marks.split()), "x") is kind

    def test_it_is_named_as_aws_config_names_types(self, kind):
        first, *rest = kind.type.split("::")
        assert first == "AWS"
        assert len(rest) == 2

    def test_it_says_only_where_columns_lie(self, kind):
        assert set(kind.paths()) <= COLUMNS
        assert all(step for path in kind.paths().values() for step in path)

    def test_what_lies_inside_is_one_of_its_marks(self, kind):
        assert not kind.inside or kind.inside in kind.marks.split()


@pytest.mark.parametrize("marks", BUNDLES)
def test_a_bundle_without_anything_in_it_is_of_a_kind_too(marks):
    assert kind_of(frozenset(marks.split()), "x")


def test_every_setting_that_is_collected_is_known():
    assert {name for name, *_ in COLLECTED} <= set(SETTINGS)
    operations = {"".join(word.capitalize() for word in name.split("_")) for _, name, absent in COLLECTED if absent}
    assert operations <= set(ASKED)


@pytest.mark.parametrize("keys", [{"cluster", "level"}, {"failure", "time"}, {"a"}, set(), {"Policy"}, {"Rules"}])
def test_keys_that_others_use_too_tell_nothing(keys):
    assert kind_of(frozenset(keys), "x.json") is None
