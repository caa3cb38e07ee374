"""SVG elements as text. Every value is escaped here, so what comes out is safe to put into a page."""

from collections.abc import Iterable, Mapping
from html import escape

from plugins.text import visible

Attributes = Mapping[str, str | float | int | None]


class Svg(str):
    """Finished markup of ours. Template engines that know ``__html__`` (Django, Jinja) do not escape it again."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


def element(name: str, attributes: Attributes, children: Iterable[Svg] = ()) -> Svg:
    """Return ``<name ...>children</name>``; attributes that are None are left out."""
    written = "".join(f' {key}="{value_of(value)}"' for key, value in attributes.items() if value is not None)
    inner = "".join(children)
    return Svg(f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>")


def words(text: str) -> Svg:
    """Return ``text`` as character data, hidden characters made visible."""
    return Svg(escape(visible(text), quote=True))


def value_of(value: str | float) -> str:
    # format() knows no locale: Django's localisation would write 1,5 and break the picture.
    if isinstance(value, float):
        return format(round(value, 2), ".10g")
    return escape(visible(str(value)), quote=True)


def labelled(name: str, text: str) -> Svg:
    return element(name, {}, [words(text)])


def picture(attributes: Attributes, title: str, children: Iterable[Svg], *, description: str = "") -> Svg:
    """Return one whole image: an ``svg`` of role img whose title (and description) a screen reader speaks."""
    named = [labelled("title", title), *([labelled("desc", description)] if description else [])]
    return element("svg", {**attributes, "role": "img", "aria-label": title}, [*named, *children])


def group(attributes: Attributes, title: str, children: Iterable[Svg]) -> Svg:
    """Return an ``svg`` whose parts can be focused: role group, since role img would hide the links inside."""
    return element("svg", {**attributes, "role": "group", "aria-label": title}, children)
