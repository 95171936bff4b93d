"""The live panel of a training: figures, two plots or what was seen in the networks, and at the end the results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from tutor.app.widgets.curve_plot import POINT_SIGN, CurvePlot, NamedLine
from tutor.app.widgets.inspection_pane import InspectionPane
from tutor.app.widgets.steady_static import SteadyStatic
from tutor.app.widgets.view_tabs import INSPECTIONS
from tutor.draw.duration import duration
from tutor.lab.curve_view import CurveView
from tutor.lab.experiments import title_of

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from tutor.app.follow import Phase, Snapshot

PHASES: dict[Phase, str] = {
    "loading": "… getting ready",
    "running": "▶ training",
    "pausing": "‖ pausing",
    "paused": "‖ paused",
    "stopping": "■ stopping",
    "stopped": "■ stopped",
    "finished": "✓ finished",
    "failed": "✗ failed",
}
NOTHING = "–"
WIDE = 140


class RunPanel(Vertical):
    """Draws snapshots."""

    def __init__(self) -> None:
        super().__init__(id="panel")

        self._snapshot: Snapshot | None = None
        self._rows = 0
        """Of figures."""
        self._curve_view = CurveView()
        self._view = "loss"

    def compose(self) -> ComposeResult:
        """Figures, words, plots, results."""
        yield Static("", id="figures")
        yield SteadyStatic("", id="words", markup=False)
        with Horizontal(id="plots"):
            yield CurvePlot("Training loss by step", dense=True, id="loss")
            yield CurvePlot("Test accuracy in % by step", dense=False, id="accuracy")
        yield InspectionPane()
        yield SteadyStatic("", id="results", classes="pane")

    def on_mount(self) -> None:
        """Name what has no name of its own."""
        self.query_one("#results").border_title = "Results"

    @property
    def columns(self) -> int:
        """How many columns a curve may take; while none is shown, the panel's."""
        return max(plot.columns for plot in self.query(CurvePlot)) or self.size.width

    def look_at(self, view: str) -> None:
        """Show one of :data:`tutor.app.widgets.view_tabs.VIEWS`."""
        self._view = view
        self._draw()
        if view in INSPECTIONS:
            self.query_one(InspectionPane).focus()  # for the keys that scroll
        else:
            self.screen.set_focus(None)

    def show(self, snapshot: Snapshot, view: CurveView) -> None:
        """Draw how the training stands.

        Args:
            view: how the snapshot's curves are looked at.
        """
        self._snapshot, self._curve_view = snapshot, view
        self._draw()

    def _draw(self) -> None:
        snapshot = self._snapshot
        if snapshot is None:
            return
        self._show_figures()
        words = self.query_one("#words", SteadyStatic)
        words.display = bool(snapshot.words)
        words.set_class(snapshot.phase == "failed", "-wrong")
        words.update("\n".join(filter(None, (snapshot.words, snapshot.remedy))))
        if self._view in INSPECTIONS:
            self.query_one(InspectionPane).show(self._view, snapshot.networks)
        else:
            self._show_curves(snapshot)
        self.set_class(snapshot.results is not None, "-results")
        self.query_one("#results", SteadyStatic).update(snapshot.results or "")

    def _show_curves(self, snapshot: Snapshot) -> None:
        curves, view = snapshot.curves, self._curve_view
        loss = self.query_one("#loss", CurvePlot)
        loss.show(tuple(NamedLine(each.title, each.loss, each.test_loss) for each in curves), is_log=view.log)
        loss.border_subtitle = ", ".join(filter(None, (f"{POINT_SIGN} test", view.says)))
        self.query_one("#accuracy", CurvePlot).show(tuple(NamedLine(each.title, each.accuracy) for each in curves))

    def on_resize(self) -> None:
        """Set the figures in as many rows as they need now."""
        self._show_figures()

    def _show_figures(self) -> None:
        if self._snapshot is not None:
            figures = _figures(self._snapshot, wide=self.size.width >= WIDE)
            rows, self._rows = self._rows, len(figures.renderables)
            self.query_one("#figures", Static).update(figures, layout=self._rows != rows)


def _figures(snapshot: Snapshot, *, wide: bool) -> Group:
    """The figures under their names: in one row where there is room, else in two."""
    started = snapshot.started
    network = title_of(snapshot.network) or NOTHING
    if started and snapshot.network:
        network += f" ({started.networks.index(snapshot.network) + 1} of {len(started.networks)})"
    what = [
        ("state", PHASES[snapshot.phase]),
        ("network", network),
        ("device", f"{started.device}: {started.device_name}" if started else NOTHING),
    ]
    how = [
        ("step", f"{snapshot.step} of {started.steps}" if started else NOTHING),
        ("loss", NOTHING if snapshot.loss is None else f"{snapshot.loss:.4f}"),
        ("test accuracy", NOTHING if snapshot.accuracy is None else f"{snapshot.accuracy:.2f} %"),
        ("learning rate", f"{snapshot.learning_rate:.3g}" if snapshot.learning_rate else NOTHING),
        ("samples/s", f"{snapshot.samples_per_s:,.0f}" if snapshot.samples_per_s else NOTHING),
        ("took", _duration(snapshot.seconds)) if snapshot.is_over else ("time left", _duration(snapshot.seconds_left)),
    ]
    rows = [what + how] if wide else [what, how]
    return Group(*map(_row, filter(None, [*rows, list(snapshot.gpu)])))


def _row(figures: list[tuple[str, str]]) -> Table:
    row = Table.grid(expand=True, padding=(0, 2))
    for _ in figures:
        row.add_column(no_wrap=True, overflow="ellipsis")
    row.add_row(*(Text(name, "dim") for name, _ in figures))
    row.add_row(*(Text(value, "bold") for _, value in figures))
    return row


def _duration(seconds: float | None) -> str:
    return NOTHING if seconds is None else duration(seconds)
