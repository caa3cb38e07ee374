"""The PDF: typst sets the content JSON in a private folder, without network, packages or the machine's fonts."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from reports.fonts import drawable, folder
from reports.widths import PAPER, columns_of

# A histogram of 720 units is as wide as the paper between its margins.
POINTS = PAPER / 720


def render(content: Mapping[str, Any]) -> bytes:
    """Return the PDF of ``content`` as ``reports.content.build`` made it; the same content gives the same bytes.

    Text of the case reaches typst as JSON strings only, so it is never markup or code.
    """
    with TemporaryDirectory(prefix="report-") as private:
        root = Path(private)
        main = lay_out(content, root)
        pdf = typst.compile(
            str(main),
            root=str(root),
            font_paths=fonts(),
            package_path=str(root / "packages"),
            package_cache_path=str(root / "packages"),
            # Accessible (ISO 14289-1: all is tagged) and archival (ISO 19005-2: fonts and colours are inside).
            pdf_standards=["ua-1", "a-2a"],
            timestamp=datetime.fromisoformat(content["made_at"]).astimezone(UTC),
        )
    return bytes(pdf)


@cache
def fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(folder())])


def lay_out(content: Mapping[str, Any], root: Path) -> Path:
    """Write template, content and figures into ``root``; return the template's path."""
    figures = iter(range(1, 10_000))
    ready = {**content, "sections": [placed(section, root, figures) for section in content["sections"]]}
    (root / "content.json").write_text(json.dumps(every_glyph(ready)), encoding="utf-8")
    main = root / "report.typ"
    main.write_bytes(files("reports").joinpath("report.typ").read_bytes())
    return main


def placed(section: Mapping[str, Any], root: Path, figures: Iterator[int]) -> Mapping[str, Any]:
    """Return the section as the template needs it: figures as files beside it, tables with their columns' widths."""
    return {**section, "blocks": [prepared(block, root, figures) for block in section["blocks"]]}


def prepared(block: Mapping[str, Any], root: Path, figures: Iterator[int]) -> Mapping[str, Any]:
    if block["kind"] == "figure":
        name = f"figure-{next(figures)}.svg"
        (root / name).write_text(drawable(block["svg"]), encoding="utf-8")
        return {**block, "svg": name, "width": width_on_paper(block["svg"])}
    if block["kind"] == "table":
        return {**block, "widths": columns_of(block)}
    return block


def width_on_paper(svg: str) -> float:
    """Return the figure's width in points: one scale for all figures, so that their letters are of one size."""
    found = re.search(r' width="([0-9.]+)"', svg)
    return min(PAPER, float(found[1]) * POINTS) if found else PAPER


def every_glyph(value: Any) -> Any:
    """Return the JSON value with each string in characters that the fonts can draw."""
    match value:
        case str():
            return drawable(value)
        case Mapping():
            return {key: every_glyph(each) for key, each in value.items()}
        case list() | tuple():
            return [every_glyph(each) for each in value]
        case _:
            return value
