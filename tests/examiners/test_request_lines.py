import pytest

from examiners.request_lines import address_of, asked, id_of, json_of, known, parts_of


@pytest.mark.parametrize(
    ("line", "method", "url", "version"),
    [
        ("GET /a HTTP/1.1", "GET", "/a", "HTTP/1.1"),
        ("GET /a b HTTP/2.0", "GET", "/a b", "HTTP/2.0"),
        ("GET /a", "GET", "/a", None),
        ("GET", "GET", None, None),
        ("- /a -", None, "/a", None),
    ],
)
def test_a_request_line_in_its_parts(line, method, url, version):
    found = asked(line)
    assert (found.get("method"), found.get("url"), found.get("http_version")) == (method, url, version)


@pytest.mark.parametrize("line", ["- - - ", "-", "", None])
def test_a_line_that_asks_nothing(line):
    assert set(asked(line).values()) <= {None}


@pytest.mark.parametrize(
    ("url", "host", "path", "query"),
    [
        ("https://a.example:443/x?y=z", "a.example", "/x", "y=z"),
        ("http://a.example", "a.example", None, None),
        ("https://[2001:db8::1]:443/x", "[2001:db8::1]", "/x", None),
        ("/x?y?z", None, "/x", "y?z"),
        ("/x?", None, "/x", None),
        ("//evil/x", None, "//evil/x", None),
        ("https://u:p@a.example/x#f", "u:p@a.example", "/x#f", None),
        ("http://a:80-/", "a:80-", "/", None),
        ("*", None, "*", None),
        ("/x?u=http://b/", None, "/x", "u=http://b/"),
        ("/\n?\x00", None, "/\n", "\x00"),
    ],
)
def test_a_url_in_its_parts(url, host, path, query):
    assert parts_of(url) == {"url": url, "host": host, "path": path, "query": query}


@pytest.mark.parametrize(
    ("value", "address", "port"),
    [
        ("192.0.2.1:80", "192.0.2.1", "80"),
        ("[2001:db8::1]:80", "2001:db8::1", "80"),
        ("2001:db8::1:80", "2001:db8::1", "80"),
        ("192.0.2.1", "192.0.2.1", None),
        ("a:b", "a:b", None),
        (":80", ":80", None),
        ("-", None, None),
        (None, None, None),
    ],
)
def test_an_address_and_its_port(value, address, port):
    assert address_of(value) == (address, port)


def test_dashes_are_nothing():
    assert [known(value) for value in ("-", "", None, "--", "0")] == [None, None, None, "--", "0"]


def test_fields_without_a_column_are_json_or_nothing():
    assert (json_of({}), json_of({"a": "é"})) == (None, '{"a":"é"}')


def test_an_id_depends_on_the_record_alone():
    assert id_of("a") == id_of(b"a") != id_of("b")
    assert len(id_of("\ud800")) == 32
