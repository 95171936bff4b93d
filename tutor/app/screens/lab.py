"""The lab: start a training, or follow the latest one."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Select

from tutor.app.follow import Follower, Snapshot
from tutor.app.messages import CheckedAgain, NoRun, RunAttached, RunLooked, WentWrong
from tutor.app.widgets.curve_plot import CurvePlot
from tutor.app.widgets.key_bar import KeyBar
from tutor.app.widgets.run_panel import RunPanel
from tutor.app.widgets.run_setup import RunSetup
from tutor.app.widgets.top_bar import TopBar
from tutor.app.widgets.view_tabs import CURVES, VIEWS, ViewTabs
from tutor.draw.results import dataset_in_words
from tutor.engine.client import Cancelled
from tutor.errors import TutorError
from tutor.lab.curve_view import CurveView
from tutor.lab.launching import start_run
from tutor.lab.mine import prepare
from tutor.lab.runs import all_runs, latest_run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from tutor.app.app import TutorApp
    from tutor.course import Exercise
    from tutor.lab.plan import Plan
    from tutor.lab.runs import Wish
    from tutor.verdict import Verdict
    from tutor.workspace import Workspace

LOOK_EVERY_S = 0.5
SHARE_OF_CORE = 0.05
AT_LEAST_EVERY_S = 2.0
"""A panel is looked at seldomer, but not less often than so, where it would take more than that share of a core: the
training is what this machine is for.
"""


class LabScreen(Screen[None]):
    """Starts a training and shows its curves while it runs; leaving does not stop it."""

    app: TutorApp
    CSS_PATH = "lab.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space,p", "pause", "Pause / go on", id="lab.pause", tooltip="Pause the training, or let it go on"),
        Binding("s", "stop", "Stop", id="lab.stop", tooltip="Stop the training; what it has learned so far is tested"),
        Binding(
            "plus,equals_sign",
            "rate(2.0)",
            "Rate",
            key_display="+ -",
            id="lab.faster",
            tooltip="Double its learning rate",
        ),
        Binding("minus", "rate(0.5)", "Halve rate", id="lab.slower", tooltip="Halve the learning rate", show=False),
        Binding("m", "look('smoother')", "Smooth", id="lab.smooth", tooltip="Smooth the training loss over more steps"),
        Binding("z", "look('closer')", "Zoom", id="lab.zoom", tooltip="Show a smaller last part of the curves"),
        Binding("g", "look_by_logarithm", "Log", id="lab.log", tooltip="Draw the loss on a logarithmic scale"),
        Binding("o", "lay_beside", "Other runs", id="lab.others", tooltip="Draw the curves of earlier runs too"),
        Binding("n", "new", "New training", id="lab.new", tooltip="Choose another training"),
        Binding("1", "tab('loss')", "Loss", id="lab.loss", tooltip="Show the training loss", show=False),
        Binding("2", "tab('accuracy')", "Accuracy", id="lab.accuracy", tooltip="Show the test accuracy", show=False),
        Binding("3", "tab('results')", "Results", id="lab.results", tooltip="Show the results", show=False),
        Binding("4", "tab('layers')", "Layers", id="lab.layers", tooltip="Show what each layer does", show=False),
        Binding("5", "tab('confusion')", "Confusion", id="lab.confusion", tooltip="Show what is confused", show=False),
        Binding("6", "tab('digits')", "Worst digits", id="lab.digits", tooltip="Show the worst digits", show=False),
        Binding(
            "v", "next_tab", "Next view", id="lab.view", tooltip="Show curves, layers, confusion, digits", show=False
        ),
        Binding(
            "escape", "back", "List", id="lab.back", tooltip="Back to the list; the training goes on", priority=True
        ),
        Binding("d", "draw", "Draw", id="lab.draw", tooltip="Draw a digit, and see what the networks take it for"),
    ]

    def __init__(self, workspace: Workspace, data: str | None) -> None:
        super().__init__()
        self._workspace = workspace
        self._data = data
        self._follower: Follower | None = None
        self._snapshot: Snapshot | None = None
        self._is_looking = False
        self._looked_at_s = self._spent_s = 0.0
        """At the last look: when it was, and what the app had spent of a core."""
        self._columns = 0
        self._view = CurveView()
        self._drawn: CurveView | None = None
        self._others: list[Follower] = []
        """Earlier runs, the latest first."""
        self._ticket: int | None = None
        """Of the checks of the learner's own layers, while they are judged before a training."""

    def compose(self) -> ComposeResult:
        """The form and the panel, of which one is shown."""
        yield TopBar(self.app.course.manifest.title, "Lab")
        yield ViewTabs()
        yield RunSetup(self._data)
        yield RunPanel()
        yield KeyBar()

    def on_mount(self) -> None:
        """Look for the latest training, and from now on at the one that is followed."""
        self.action_tab("loss")
        self._find_latest()
        self.set_interval(LOOK_EVERY_S, self._look_when_due)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide keys that would do nothing now."""
        runs = self._snapshot is not None and not self._snapshot.is_over
        match action:
            case "pause" | "stop" | "rate":
                return runs and self.has_class("-live")
            case "lay_beside":
                return self.has_class("-live") and bool(self._others) and self.query_one(ViewTabs).selected in CURVES
            case "new":
                return self.has_class("-live") and not runs
            case "tab" | "next_tab" | "draw":
                return self.has_class("-live")
            case "look" | "look_by_logarithm":
                return self.has_class("-live") and self.query_one(ViewTabs).selected in CURVES
            case _:
                return super().check_action(action, parameters)

    def action_pause(self) -> None:
        """Pause the training, or let it go on."""
        if self._snapshot is not None:
            self._ask("run" if self._snapshot.phase in ("paused", "pausing") else "pause")

    def action_stop(self) -> None:
        """Stop the training."""
        self._ask("stop")

    def action_rate(self, factor: float) -> None:
        """Multiply the learning rate of the training that runs."""
        if self._follower is not None and self._snapshot is not None and self._snapshot.learning_rate:
            rate = float(f"{factor * self._snapshot.learning_rate:.6g}")
            try:
                self._follower.run.ask_learning_rate(rate)
            except OSError as error:
                self._say_not_asked(error)
            else:
                self.app.notify(f"Asked for a learning rate of {rate:g}", timeout=3)

    def action_look(self, way: str) -> None:
        """Smooth the curves more, or look closer at their end."""
        self._look_at(self._view.smoother() if way == "smoother" else self._view.closer())

    def action_look_by_logarithm(self) -> None:
        """Draw the loss by its logarithm, or as it is."""
        self._look_at(replace(self._view, log=not self._view.log))

    def action_lay_beside(self) -> None:
        """Draw one more of the earlier runs beside this one; after the last none."""
        self._look_at(self._view.with_one_more(len(self._others)))

    def _look_at(self, view: CurveView) -> None:
        self._view = view
        self._request_look()

    def action_draw(self) -> None:
        """Open the paper."""
        if self._follower is not None:
            self.app.open_digit(self._follower.run)

    def action_new(self) -> None:
        """Show the form in place of the panel."""
        self._show_form()

    def action_tab(self, tab: str) -> None:
        """Show one of the panel's views."""
        for name in VIEWS:
            self.set_class(name == tab, f"-{name}")
        self.query_one(ViewTabs).select(tab)
        self.query_one(RunPanel).look_at(tab)
        self.refresh_bindings()

    def action_next_tab(self) -> None:
        """Show the next of the panel's views."""
        self.action_tab(self.query_one(ViewTabs).next)

    def action_back(self) -> None:
        """Close a menu that is open, or give up the check that runs; else back to the panel, or to the list."""
        for menu in self.query(Select):
            if menu.expanded:
                menu.expanded = False
                menu.focus()
                return
        if self._ticket is not None:
            self._ticket = None
            self.app.checks.cancel()
            self.query_one(RunSetup).say("")
        elif self._follower is not None and not self.has_class("-live"):
            self._show_panel()
        else:
            self.dismiss()

    @on(RunSetup.Wanted)
    def _wanted(self, message: RunSetup.Wanted) -> None:
        if message.mine:
            self._ticket = self.app.checks.request()
        self._start(message.plan, message.mine, self._ticket)

    @work(thread=True, group="runs")
    def _start(self, plan: Plan, mine: Sequence[str], ticket: int | None) -> None:
        try:
            own_texts = {} if ticket is None else self._own_texts(plan, mine, ticket)
            run, process = start_run(self._workspace.runs, plan, own_texts)
        except Cancelled:
            pass
        except TutorError as error:
            self.post_message(WentWrong(error))
        else:
            self.post_message(RunAttached(run, process))

    def _own_texts(self, plan: Plan, mine: Sequence[str], ticket: int) -> dict[str, str]:
        """The learner's texts, each judged just now."""

        def judge(exercise: Exercise, source: str) -> Verdict:
            self.post_message(CheckedAgain(exercise))
            return self.app.checks.look_again(ticket, self._workspace, exercise, source)

        return prepare(",".join(mine), plan.trained, self.app.course, self._workspace, judge)

    @on(CheckedAgain)
    def _say_checked(self, message: CheckedAgain) -> None:
        if self._ticket is not None:
            self.query_one(RunSetup).say_going(f"checking your {message.exercise.slug} …  esc cancels")

    @work(thread=True, group="runs")
    def _find_latest(self) -> None:
        run = latest_run(self._workspace.runs)
        self.post_message(NoRun() if run is None else RunAttached(run))

    @on(NoRun)
    def _show_form(self) -> None:
        self.set_class(False, "-live")
        setup = self.query_one(RunSetup)
        setup.say("")
        setup.begin(self._passed())
        self.refresh_bindings()

    def _passed(self) -> frozenset[str]:
        """The exercises whose layers the learner may train with."""
        try:
            with self._workspace.progress() as progress:
                standings = progress.standings()
        except TutorError as error:
            self.app.notify_error(error)
            return frozenset()
        return frozenset(slug for slug, standing in standings.items() if standing.passed)

    @on(WentWrong)
    def _say_wrong(self, message: WentWrong) -> None:
        self._ticket = None
        words = "\n".join(filter(None, (str(message.error), message.error.remedy)))
        self.query_one(RunSetup).say(words)

    @on(RunAttached)
    def _follow(self, message: RunAttached) -> None:
        if message.process is not None:
            self.app.trainings.append(message.process)
        self._ticket = None
        self._follower = Follower(message.run)
        self._snapshot = None
        self._is_looking = False
        self._others = [Follower(run) for run in reversed(all_runs(self._workspace.runs)) if run != message.run]
        self._view = replace(self._view, others=0)
        self.action_tab("loss")
        self._show_panel()

    def _show_panel(self) -> None:
        self.set_class(True, "-live")
        self.set_focus(None)
        self.refresh_bindings()
        self.call_after_refresh(self._request_look)

    def _look_when_due(self) -> None:
        elapsed_s, spent_s = time.monotonic() - self._looked_at_s, time.process_time() - self._spent_s
        if spent_s <= SHARE_OF_CORE * elapsed_s or elapsed_s >= AT_LEAST_EVERY_S:
            self._request_look()

    @on(CurvePlot.Resized)
    def _request_look(self) -> None:
        columns = self.query_one(RunPanel).columns
        if self._follower is None or self._is_looking or not columns:
            return
        over = self._snapshot is not None and self._snapshot.is_over
        if not over or (columns, self._view) != (self._columns, self._drawn):
            self._is_looking, self._columns, self._drawn = True, columns, self._view
            self._looked_at_s, self._spent_s = time.monotonic(), time.process_time()
            self._look(self._follower, columns, self._view, self._others[: self._view.others])

    @work(thread=True, group="look")
    def _look(self, follower: Follower, columns: int, view: CurveView, beside: Sequence[Follower]) -> None:
        self.post_message(RunLooked(follower.run, follower.look(columns, view, beside), view))

    @on(RunLooked)
    def _show(self, message: RunLooked) -> None:
        if self._follower is None or message.run != self._follower.run:
            return
        self._is_looking = False
        before, self._snapshot = self._snapshot, message.snapshot
        with self.app.batch_update():
            self.query_one(RunPanel).show(message.snapshot, message.view)
        if before is None or before.phase != message.snapshot.phase:
            started = message.snapshot.started
            self.query_one(TopBar).set_standing(dataset_in_words(started.dataset) if started else "")
            self.refresh_bindings()
            if message.snapshot.results is not None and self.query_one(ViewTabs).selected in CURVES:
                self.action_tab("results")
        if (self.query_one(RunPanel).columns, self._view) != (self._columns, self._drawn):
            self._request_look()  # asked for while this was looked for

    def _ask(self, wish: Wish) -> None:
        if self._follower is None:
            return
        try:
            self._follower.run.ask(wish)
        except OSError as error:
            self._say_not_asked(error)

    def _say_not_asked(self, error: OSError) -> None:
        self.app.notify(f"the training cannot be asked: {error.strerror}", severity="error", markup=False)
