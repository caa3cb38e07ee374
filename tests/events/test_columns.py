import pytest

from events import FAMILIES, BadField, column
from tests.examiners.making import event

PARAMETERS = {"bucketName": "b", "n": 7, "yes": True, "none": None, "list": [1, {"a": 2}], "in": {"a-b:c": "deep"}}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("eventName", "ListBuckets"),
        ("event_name", "ListBuckets"),
        ("userIdentity.arn", "arn:aws:iam::111122223333:user/rin"),
        ("userIdentity.sessionContext.attributes.mfaAuthenticated", None),
        ("requestParameters.bucketName", "b"),
        ("requestParameters.n", "7"),
        ("requestParameters.yes", "true"),
        ("requestParameters.none", None),
        ("requestParameters.list", '[1,{"a":2}]'),
        ("requestParameters.in.a-b:c", "deep"),
        ("requestParameters.bucketName.more", None),
        ("responseElements.x", None),
        ("readOnly", "true"),
        ("managementEvent", None),
        ("no.such.field", None),
        ("nothing", None),
    ],
)
def test_a_field_gives_its_value_as_text(read, field, value):
    reader = read([event(requestParameters=PARAMETERS, readOnly=True)])
    assert reader.select(f"SELECT {column(field)} FROM logs") == [(value,)]


@pytest.mark.parametrize("field", ["", "a'b", 'a"b', "a b", "a;b", ".a", "a\\b", "x" * 300, "a\n", "ä"])
def test_a_field_name_with_other_characters_is_refused(field):
    with pytest.raises(BadField, match="cannot be a log field"):
        column(field)


def test_every_field_of_the_family_resolves(read):
    reader = read([event()])
    every = ", ".join(column(field) for field in FAMILIES["cloudtrail"].sigma)
    assert len(reader.select(f"SELECT {every} FROM logs")[0]) == len(FAMILIES["cloudtrail"].sigma)
