from charts.svg import Svg, element, picture, value_of, words


def test_attributes_are_escaped():
    assert element("rect", {"x": '"><script>'}) == '<rect x="&quot;&gt;&lt;script&gt;"/>'


def test_an_attribute_that_is_none_is_left_out():
    assert element("rect", {"x": None, "y": 0}) == '<rect y="0"/>'


def test_words_are_escaped_and_hidden_characters_shown():
    assert words("<b>\u202e") == "&lt;b&gt;⟨U+202E⟩"


def test_numbers_know_no_locale_and_no_exponent():
    assert [value_of(0.1 + 0.2), value_of(1e-9), value_of(1234567.0)] == ["0.3", "0", "1234567"]


def test_finished_markup_is_not_escaped_again_by_a_template():
    svg = Svg("<svg/>")
    assert svg.__html__() is svg


def test_a_picture_says_its_title_and_description():
    svg = picture({}, "t", [], description="d")
    assert svg == '<svg role="img" aria-label="t"><title>t</title><desc>d</desc></svg>'
