import pytest

from events import CHOICES, FAMILIES, chosen, title_of


@pytest.mark.parametrize(
    ("field", "typed", "values"),
    [
        ("family", "network_flows", ("network_flows",)),
        ("family", "Network flows (VPC flow logs)", ("network_flows",)),
        ("family", "vpc", ("network_flows",)),
        ("family", "VPC_flow-logs", ("network_flows",)),
        ("family", "flow", ("network_flows",)),
        ("family", "dns", ("dns_queries",)),
        ("outcome", "Failed", ("error",)),
        ("outcome", "failure", ("error",)),
        ("outcome", "success", ("ok",)),
        ("category", "network", ("NetworkActivity", "NetworkFlow")),
        ("category", "data", ("Data",)),
        ("category", "Management events", ("Management",)),
    ],
)
def test_what_people_type_is_understood(field, typed, values):
    assert chosen(field, typed) == values


@pytest.mark.parametrize("typed", ["mars", "o", "%", "", "⟨", "'; --"])
def test_what_nobody_knows_stays_as_it_is(typed):
    assert chosen("outcome", typed) == (typed,)


@pytest.mark.parametrize("field", CHOICES)
def test_every_value_and_every_title_means_itself(field):
    for value, title in CHOICES[field].items():
        assert chosen(field, value) == (value,)
        assert value in chosen(field, title)


def test_every_family_has_a_title_of_its_own():
    assert len(set(CHOICES["family"].values())) == len(FAMILIES)


def test_a_value_without_a_title_is_its_own():
    assert title_of("category", "Vpce") == title_of("region", "Vpce") == "Vpce"
    assert title_of("outcome", "error") == "Failed"
