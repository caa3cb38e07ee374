"""Pictures as pure functions: data in, SVG text out. Standard library only, no script, no style attribute."""

from charts.chain import Edge, Node, chain
from charts.histogram import Bucket, Selection, ceiling, histogram, steps, ticks
from charts.printed import printed_chain, printed_histogram
from charts.strip import mini, strip
from charts.svg import Svg
from charts.theme import Palette
from charts.trend import Reading, trend

__all__ = [
    "Bucket",
    "Edge",
    "Node",
    "Palette",
    "Reading",
    "Selection",
    "Svg",
    "ceiling",
    "chain",
    "histogram",
    "mini",
    "printed_chain",
    "printed_histogram",
    "steps",
    "strip",
    "ticks",
    "trend",
]
