import hashlib

from custody import canonical, leaf_hash


def test_it_lists_exhibits_with_their_hashes(as_observer, base, exhibit):
    found = as_observer.get(f"{base}evidence/").json()["results"]
    assert [(row["exhibit"], row["sha256"]) for row in found] == [(exhibit.exhibit, exhibit.sha256)]


def test_it_filters_exhibits(as_rin, base, exhibit):
    assert as_rin.get(f"{base}evidence/", state="disposed").json()["results"] == []


def test_it_shows_the_parts_of_an_exhibit(as_rin, base, exhibit):
    shown = as_rin.get(f"{base}evidence/{exhibit.exhibit}/").json()
    assert [part["sha256"] for part in shown["parts"]] == [hashlib.sha256(b"evidence").hexdigest()]


def test_it_lists_the_files_of_an_exhibit(as_rin, base, exhibit):
    found = as_rin.get(f"{base}evidence/{exhibit.exhibit}/members/", part=1).json()["results"]
    assert [(file["part"], file["file"], file["size"]) for file in found] == [(1, "trail.json", 8)]


def test_an_exhibit_of_another_incident_is_not_found(as_otto, exhibit):
    own = as_otto.post("incidents/", {"title": "Mine"}).json()["reference"]
    for below in ("", "members/", "custody/"):
        assert as_otto.get(f"incidents/{own}/evidence/{exhibit.exhibit}/{below}").status_code == 404


def test_it_shows_the_custody_of_an_exhibit(as_rin, base, exhibit):
    found = as_rin.get(f"{base}evidence/{exhibit.exhibit}/custody/").json()["results"]
    assert [entry["action"] for entry in found] == ["received"]


def test_the_entries_shown_give_the_hashes_shown(as_rin, base, exhibit):
    for entry in as_rin.get(f"{base}custody/").json()["results"]:
        assert leaf_hash(canonical(entry["entry"])).hex() == entry["leaf_hash"]


def test_the_head_is_that_of_the_last_entry(as_rin, base, exhibit):
    last = as_rin.get(f"{base}custody/", ordering="-seq", limit=1).json()["results"][0]
    head = as_rin.get(f"{base}custody/head/").json()
    assert (head["size"], head["root"]) == (last["seq"], last["root"])


def test_it_filters_custody_by_action(as_rin, base, exhibit):
    found = as_rin.get(f"{base}custody/", action="opened").json()["results"]
    assert [entry["seq"] for entry in found] == [1]
