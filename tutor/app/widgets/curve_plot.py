"""Curves of several networks in one picture, told apart by their signs as well as by their colours."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message
from textual_hires_canvas import Canvas
from textual_plot import HiResMode, PlotWidget
from textual_plot.axis_formatter import NumericAxisFormatter

from tutor.app.widgets.pane import Pane
from tutor.app.widgets.steady_static import SteadyStatic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult, RenderResult
    from textual.theme import Theme

    from tutor.app.follow import Line

SIGNS = "○×△□◇+▽*"
POINT_SIGN = "●"
SIGN_EVERY = 9
"""How many columns lie between two signs on a curve."""
MARGINS = 10


@dataclass(frozen=True)
class NamedLine:
    """A curve with the name that the legend gives it, and single points that belong to it."""

    name: str
    line: Line
    points: Line | None = None


class CurvePlot(Pane):
    """A titled plot with a legend above it.

    Args:
        title: what is drawn.
        dense: whether there are too many points for a sign on each.
    """

    class Resized(Message):
        """The curves have another width to be drawn in."""

    def __init__(self, title: str, *, dense: bool, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.border_title = title
        self._dense = dense
        self._curves: tuple[NamedLine, ...] = ()
        self._is_log = False

    def compose(self) -> ComposeResult:
        """Legend and plot."""
        yield SteadyStatic("", classes="legend")
        yield QuietPlot(allow_pan_and_zoom=False)

    def on_mount(self) -> None:
        """Leave the room to the curves."""
        plot = self.query_one(PlotWidget)
        plot.margin_top, plot.margin_bottom, plot.margin_left = 0, 2, 8
        self.app.theme_changed_signal.subscribe(self, self._draw_again)

    def on_resize(self) -> None:
        """Say so: a curve has as many points as it has room for."""
        self.post_message(self.Resized())

    @property
    def columns(self) -> int:
        """How many columns a curve may take; 0 where the plot is not shown."""
        return max(0, self.content_size.width - MARGINS)

    def show(self, curves: tuple[NamedLine, ...], *, is_log: bool = False) -> None:
        """Draw these curves in place of those that are drawn.

        Args:
            is_log: whether they are the logarithms, to the base of 10, of what the axis names.
        """
        if (curves, is_log) == (self._curves, self._is_log):
            return
        self._curves, self._is_log = curves, is_log
        self.query_one(PlotWidget).set_y_formatter(LogFormatter() if is_log else NumericAxisFormatter())
        self._draw()

    def _draw_again(self, _: Theme) -> None:
        self._draw()

    def _draw(self) -> None:
        plot = self.query_one(PlotWidget)
        plot.clear()
        legend = []
        for place, curve in enumerate(self._curves):
            points = len(curve.line.x)
            sign, colour = SIGNS[place % len(SIGNS)], self._colour(place)
            legend.append(f"[{colour}]{sign} {curve.name}[/]")
            if points > 1:
                plot.plot(curve.line.x, curve.line.y, line_style=colour, hires_mode=HiResMode.BRAILLE)
            every = max(1, SIGN_EVERY * points // max(1, self.columns)) if self._dense else 1
            if curve.points is not None and curve.points.x:
                plot.scatter(curve.points.x, curve.points.y, marker=POINT_SIGN, marker_style=f"bold {colour}")
            if points:
                plot.scatter(curve.line.x[::every], curve.line.y[::every], marker=sign, marker_style=f"bold {colour}")
        self.query_one(".legend", SteadyStatic).update("   ".join(legend))

    def _colour(self, place: int) -> str:
        theme = self.app.current_theme
        colours = (theme.primary, theme.accent, theme.success, theme.warning)
        colour = colours[place % len(colours)] or ""
        return colour if colour.startswith("#") else ("blue", "red", "green", "magenta")[place % 4]


class LogFormatter(NumericAxisFormatter):
    """Names what the logarithms are of."""

    def get_labels_for_ticks(self, ticks: Sequence[float]) -> list[str]:
        """As many digits as a loss needs."""
        return [f"{10**tick:.2g}" for tick in ticks]


class QuietPlot(PlotWidget, can_focus=False):
    """A plot that takes neither the focus nor keys from the place it is shown at."""

    def render(self) -> RenderResult:
        """Draw all points, and have the screen drawn once."""
        with ExitStack() as batches:
            for canvas in self.query(Canvas):
                batches.enter_context(canvas.batch_refresh())
            return super().render()
