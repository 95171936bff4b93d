"""An exercise: lesson, answer and verdict, side by side where there is room, else one at a time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import SuspendNotSupported
from textual.containers import Container, Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from tutor.app.keys import key_everywhere
from tutor.app.messages import AnswerStands, CheckEnded, CheckMoved, PictureTurned
from tutor.app.screens.solution import SolutionScreen
from tutor.app.widgets.answer_pane import AnswerPane
from tutor.app.widgets.key_bar import KeyBar
from tutor.app.widgets.prose import Prose
from tutor.app.widgets.top_bar import TopBar
from tutor.app.widgets.verdict_pane import VerdictPane
from tutor.draw.engine_words import NO_SOLUTIONS, shown_name
from tutor.engine.client import Cancelled
from tutor.errors import TutorError
from tutor.own_editor import own_editor
from tutor.settings import EDITOR

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer

    from tutor.app.app import TutorApp
    from tutor.app.widgets.picture_view import PictureView
    from tutor.checking import Checks
    from tutor.course import Course, Exercise
    from tutor.engine.client import CheckProgress
    from tutor.verdict import Verdict
    from tutor.workspace import Workspace

PANES = {"lesson": "F3 Lesson", "answer": "F4 Answer", "verdict": "F5 Verdict", "picture": "F9 Picture"}
# A warm engine is faster than this, and then what runs is not worth a flicker.
SHOW_RUNNING_AFTER_S = 0.25
RESULTS = {
    "pass": "✓ Passed",
    "fail": "✗ Not yet",
    "error": "✗ Error",
    "timeout": "✗ Timed out",
    "not_started": "· Not begun yet",
    "grader_error": "! The grader could not judge",
}


_key = partial(key_everywhere, "exercise")


class ExerciseScreen(Screen[None]):
    """One exercise, from the lesson to the explanation after the pass."""

    app: TutorApp
    CSS_PATH = ["exercise.tcss", "picture.tcss"]  # noqa: RUF012
    AUTO_FOCUS = ""
    VERTICAL_BREAKPOINTS = [(0, "-low"), (45, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("ctrl+s", "save", "Check", "Save your answer and check it"),
        _key("f2", "hint", "Hint", "Show the next hint"),
        _key("ctrl+n", "practise", "Another", "Practise on a variant; each is explained"),
        _key("f9", "go('picture')", "Picture", "See how it works, step by step, for sizes of your own"),
        _key("ctrl+r", "reference", "Reference", "Your program beside the reference", show=False),
        _key("ctrl+g", "own_editor", "Your editor", "Open the file in $EDITOR; saving there checks it", show=False),
        _key("ctrl+o", "attempts", "Attempts", "What you have tried, and what changed", show=False),
        # The panes' titles name these.
        _key("f3", "go('lesson')", "Lesson", "Go to the lesson", show=False),
        _key("f4", "go('answer')", "Answer", "Go to your answer", show=False),
        _key("f5", "go('verdict')", "Verdict", "Go to the verdict", show=False),
        _key("f6", "next", "Next", "Go on to the next exercise, after a pass"),
        _key("f7", "reset", "Reset", "Lay down the starter again; your text is kept", show=False),
        _key("f8", "take_outside", "Load outside", "Load the text that was saved outside"),
        _key("escape", "back", "List", "Cancel the check that runs, or go back to the list"),
    ]

    def __init__(self, course: Course, workspace: Workspace, exercise: Exercise, checks: Checks) -> None:
        super().__init__()
        self._course = course
        self._workspace = workspace
        self._exercise = exercise
        self._checks = checks
        self._ticket: int | None = None
        self._passed = False
        self._hints = 0
        self._failures = 0
        self._picture: PictureView | None = None
        self._until_shown: Timer | None = None
        """Runs while it is too early to show how far a check is."""

    def compose(self) -> ComposeResult:
        """The three panes, a line on how things stand, and for narrow terminals the tabs."""
        manifest = self._exercise.manifest
        place = f"{manifest.number} {manifest.title}"
        yield TopBar(
            self._course.manifest.title, place, standing=f"{manifest.points:g} points · {manifest.minutes} min"
        )
        yield Static("", id="tabs")
        with Container(id="panes"):
            with Vertical(id="left"), VerticalScroll(id="lesson", classes="pane"):
                yield Prose("")
            yield AnswerPane(self._workspace, self._exercise)
            yield VerdictPane(self._exercise, self._workspace.learner)
        yield Static("", id="status", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Show the lesson, the answer as it was left, and what was last said of it."""
        self.query_one("#lesson").border_title = PANES["lesson"]
        self.query_one("#lesson Prose", Prose).update(self._exercise.lesson())
        self.action_go("lesson")
        # The answer pane loads its file when it is mounted, which is after this.
        self.call_after_refresh(self._show_past)

    def _show_past(self) -> None:
        with self._workspace.progress() as progress:
            self._hints = progress.hints_shown(self._exercise.slug)
            self._failures = progress.failures_since_pass(self._exercise.slug)
            standing = progress.standings().get(self._exercise.slug)
            last = progress.last_attempt(self._exercise.slug)
        self._passed = standing is not None and standing.passed
        self._show_hints()
        if self._ticket is None and last is not None and last[1] == self._answer.saved_text:
            self._show_verdict(*last)
        elif self._ticket is None:
            self._say("Read the lesson (F3), answer (F4), and check with ctrl+s")
        self.refresh_bindings()
        if not self.has_class("-narrow"):
            self._answer.begin()

    @property
    def _answer(self) -> AnswerPane:
        return self.query_one(AnswerPane)

    @property
    def _verdict(self) -> VerdictPane:
        return self.query_one(VerdictPane)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide keys that would do nothing now."""
        match action:
            case "next" | "reference":
                return self._passed
            case "take_outside":
                return self._answer.conflict
            case "own_editor":
                return not self.app.is_web
            case "practise":
                return self._exercise.is_compute
            case "go" if parameters == ("picture",):
                return bool(self._exercise.manifest.pictures)
            case "hint":
                return self._hints < len(self._exercise.manifest.hints)
            case _:
                return super().check_action(action, parameters)

    def action_go(self, pane: str) -> None:
        """Show a pane, and put the focus into it."""
        if pane == "picture" and not self._mount_picture():
            return
        for name in PANES:
            self.set_class(name == pane, f"-{name}")
        # Where the lesson and the picture share a place, that which was looked at last has it.
        if pane in ("lesson", "picture"):
            self.set_class(pane == "picture", "-on-picture")
        self.query_one("#tabs", Static).update(self._tabs(pane))
        if pane == "answer":
            self._answer.begin()
        elif pane == "picture" and self._picture is not None:
            self._picture.call_after_refresh(self._picture.focus_drawing)
        else:
            self.query_one(f"#{pane}").focus()

    def _mount_picture(self) -> bool:
        """Have the picture there, which takes a moment, so that is not done before somebody may see it."""
        from tutor.app.widgets.picture_view import PictureView
        from tutor.pictures import pictures_for

        if self._picture is None:
            try:
                asked = pictures_for(self._exercise.manifest.pictures)
            except TutorError as error:
                self.app.notify_error(error)
                return False
            self._picture = PictureView(asked)
            self._picture.border_title = PANES["picture"]
            self.query_one("#left").mount(self._picture)
        return True

    @on(PictureTurned)
    def _say_which_picture(self, message: PictureTurned) -> None:
        if self._picture is not None:
            self._picture.border_subtitle = message.says

    def on_resize(self) -> None:
        """Show the picture beside all else where there is room for it."""
        self.call_after_refresh(self._use_room)

    def _use_room(self) -> None:
        if self.has_class("-widest", "-tall") and self._exercise.manifest.pictures:
            self._mount_picture()

    def action_practise(self) -> None:
        """Practise on a variant; what is typed here is saved first."""
        if self._saved_for_leaving():
            self.app.open_practice(self._exercise)

    def action_reference(self) -> None:
        """Show the reference beside the learner's own program."""
        if not self._exercise.has_solution:
            self.notify(NO_SOLUTIONS)
            return
        try:
            reference = self._exercise.reference(self._workspace.learner)
        except TutorError as error:
            self.app.notify_error(error)
        else:
            self.app.push_screen(SolutionScreen(self._exercise, self._answer.saved_text, reference))

    def action_own_editor(self) -> None:
        """Open the file in the learner's own editor; what is typed here is saved first."""
        if not self._saved_for_leaving():
            return
        path = self._workspace.path(self._exercise)
        try:
            editor = own_editor(named=self.app.settings[EDITOR])
            if editor.takes_terminal:
                with self.app.suspend():
                    editor.open(path)
                self.app.refresh(layout=True)
            else:
                editor.open(path)
        except TutorError as error:
            self.app.notify_error(error)
        except SuspendNotSupported:
            self.app.notify("No editor can be opened from here.", severity="error")

    def action_attempts(self) -> None:
        """Open the attempts; what is typed is saved first."""
        if self._saved_for_leaving():
            self.app.open_history(self._exercise)

    def action_save(self) -> None:
        """Save the answer and have it checked."""
        self._answer.save()

    def action_hint(self) -> None:
        """Show the next hint."""
        self._hints += 1
        with self._workspace.progress() as progress:
            progress.set_hints_shown(self._exercise.slug, self._hints)
        self._show_hints()
        self.action_go("verdict")
        self._verdict.call_after_refresh(self._verdict.scroll_to_hints)
        self.refresh_bindings()

    def action_next(self) -> None:
        """Go on to the next exercise that is not passed; after the last, to the list."""
        with self._workspace.progress() as progress:
            standings = progress.standings()
        exercises = self._course.exercises
        here = exercises.index(self._exercise)
        following = (*exercises[here + 1 :], *exercises[:here])
        ahead = next((one for one in following if not (one.slug in standings and standings[one.slug].passed)), None)
        self.save_before_leaving()
        if ahead is None:
            self.app.notify(self._course.manifest.farewell.strip(), title="All passed", markup=False, timeout=12)
            self.dismiss()
        else:
            self.app.open_exercise(ahead, instead=True)

    def action_reset(self) -> None:
        """Lay down the starter again."""
        self._cancel()
        try:
            self._answer.reset()
        except TutorError as error:
            self.app.notify_error(error)
            return
        self._verdict.show_nothing()
        self._say("The starter is laid down again; your text is kept in your progress file")
        self.action_go("answer")

    def action_take_outside(self) -> None:
        """Load the text that was saved outside."""
        self._answer.take_outside()

    def action_back(self) -> None:
        """Cancel the check that runs; else back to the list."""
        if self._ticket is not None:
            self._cancel()
            self._verdict.show_cancelled()
            self._say("Cancelled; ctrl+s checks again")
        elif (picture := self._picture) is not None and picture.has_focus_within:
            if not picture.leave_field():
                self.action_go("lesson")
        elif self._saved_for_leaving():
            self.dismiss()
        else:
            self.action_go("answer")

    def _saved_for_leaving(self) -> bool:
        """Save what is typed; whether it could be, or is given up. Says so where not."""
        if not self._answer.may_leave():
            return False
        self.save_before_leaving()
        return True

    def save_before_leaving(self) -> None:
        """Save what is unsaved, and cancel the check that runs."""
        self._cancel()
        try:
            self._answer.save_quietly()
        except TutorError as error:
            self.app.notify_error(error)

    def _cancel(self) -> None:
        if self._ticket is not None:
            self._checks.cancel()
            self._ticket = None

    @on(AnswerStands)
    def _begin_check(self, message: AnswerStands) -> None:
        self._ticket = self._checks.request()
        self._answer.show_verdict(None)
        self._verdict.begin_checking()
        if self._until_shown is not None:
            self._until_shown.stop()
        self._until_shown = self.set_timer(SHOW_RUNNING_AFTER_S, self._begin_to_show_running)
        self._say("Saved; checking …  esc cancels")
        if self.has_class("-narrow") and not self._exercise.is_compute:
            self.action_go("verdict")
        self._check(self._ticket, message.text)

    @work(thread=True, group="check")
    def _check(self, ticket: int, text: str) -> None:
        def pass_on(progress: CheckProgress) -> None:
            self.post_message(CheckMoved(ticket, progress))

        try:
            judged = self._checks.judge(ticket, self._workspace, self._exercise, text, pass_on)
        except Cancelled:
            pass
        except TutorError as error:
            self.post_message(CheckEnded(ticket, error=error))
        else:
            self.post_message(CheckEnded(ticket, judged))

    @on(CheckMoved)
    def _moved(self, message: CheckMoved) -> None:
        if message.ticket != self._ticket:
            return
        self._verdict.take_progress(message.progress)
        if self._until_shown is None:
            self._show_running()

    def _begin_to_show_running(self) -> None:
        self._until_shown = None
        self._show_running()

    def _show_running(self) -> None:
        if words := self._verdict.show_running():
            self._say(words)

    @on(CheckEnded)
    def _ended(self, message: CheckEnded) -> None:
        if message.ticket != self._ticket:
            return
        self._ticket = None
        if message.error is not None:
            self._verdict.show_error(message.error)
            self._say(f"! {message.error}")
        elif message.judged is not None:
            self._failures = message.judged.failures
            self._show_verdict(message.judged.verdict, message.judged.source)
            self._show_hints()
            if message.judged.not_kept is not None:
                self.app.notify_error(message.judged.not_kept)
            if message.judged.verdict.passed and self.has_class("-narrow"):
                self.action_go("verdict")

    def _show_verdict(self, verdict: Verdict, source: str) -> None:
        self._passed = self._passed or verdict.passed
        self.set_class(verdict.verdict != "not_started", "-judged")
        self._verdict.show_verdict(verdict, source)
        self._answer.show_verdict(verdict)
        points = f"{verdict.score:g} of {verdict.max_score:g} points"
        then = ""
        if verdict.passed:
            then = " · F6 goes on to the next exercise"
        elif self.has_class("-narrow") and not self.has_class("-verdict"):
            then = " · F5 says why"
        self._say(f"{RESULTS[shown_name(verdict)]}  {points}{then}")
        self.refresh_bindings()

    def _show_hints(self) -> None:
        self._verdict.show_hints(self._hints)
        self._verdict.offer_hint(self._failures, shown=self._hints)

    def _say(self, words: str) -> None:
        self.query_one("#status", Static).update(words, layout=False)

    def _tabs(self, shown: str) -> str:
        there = {name: title for name, title in PANES.items() if self.check_action("go", (name,))}
        tabs = (
            f"[@click=screen.go('{name}')]{'[b reverse]' if name == shown else '[$secondary]'} {title} [/][/]"
            for name, title in there.items()
        )
        return "  ".join(tabs)
