"""Colours for pictures that carry their own: those in a PDF, where no stylesheet reaches."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Palette:
    """The light theme's roles as written in the site's tokens; ``series`` runs from dark to light for grey print."""

    paper: str = "#ffffff"
    ink: str = "#12161d"
    faint: str = "#5b6472"
    line: str = "#e1e4ea"
    edge: str = "#c9ced8"
    hot: str = "#cf3a2d"
    hot_soft: str = "#fdebe9"
    series: tuple[str, ...] = ("#3049c9", "#2b9a88", "#e0a13a", "#b9c0cb")
    sans: str = "Noto Sans JP"

    def of_series(self, index: int) -> str:
        return self.series[min(index, len(self.series) - 1)]
