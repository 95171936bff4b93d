"""A watch: the exercise that is watched, what is known of it, and what every key and every save does.

One thread, the one that calls :meth:`Watch.run`, owns the state. Saves, verdicts and keys wake it; a check runs in a
thread of its own, and the newest text cancels the check of an older one.
"""

from __future__ import annotations

import os
import selectors
import signal
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Literal

from rich.console import Group
from rich.text import Text

from tutor.checking import Checks
from tutor.commands.common import FAILURES_BEFORE_HINT, after_the_hints, not_passed, relative
from tutor.draw import linear
from tutor.draw.course import CourseView, rows_of, stands_of
from tutor.draw.linear.course import course_lines
from tutor.draw.linear.signs import spoken
from tutor.draw.linear.verdict import verdict_lines
from tutor.draw.plain import without_controls
from tutor.draw.verdict import verdict_view
from tutor.engine.client import Cancelled, CheckStarted
from tutor.errors import GraderError, TutorError
from tutor.progress import ProgressError
from tutor.watch.keyboard import Keyboard
from tutor.watch.saves import Notifications, WatchedFile
from tutor.watch.view import KeyLine, ProgressBar, hints_view, key_help

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from rich.console import Console, RenderableType

    from tutor.checking import Judged
    from tutor.course import Course, Exercise
    from tutor.engine.client import CheckProgress, EngineClient
    from tutor.progress import Standing
    from tutor.workspace import Workspace

# A warm engine is faster than this, and then what runs is not worth a flicker.
SHOW_RUNNING_AFTER_S = 0.25
CLEAR = "\x1b[H\x1b[2J"
CLEAR_LINE = "\r\x1b[K"

Page = Literal["verdict", "list", "help"]


@dataclass(frozen=True)
class Moved:
    """A check has begun or ended."""

    ticket: int
    progress: CheckProgress


@dataclass(frozen=True)
class Ended:
    """A verdict is there, or the engine could not judge; ``of_all`` where every exercise is checked in turn."""

    ticket: int
    exercise: Exercise
    result: Judged | TutorError
    of_all: bool = False


@dataclass(frozen=True)
class AllEnded:
    """Every exercise has been checked."""

    ticket: int


class Watch:
    """Watches one exercise after another.

    Args:
        course: what is taught.
        workspace: whose files are watched.
        engine: judges them; started and closed by the caller.
        exercise: the one to begin with.
        out: where it is shown. A terminal is cleared for each verdict; elsewhere they follow one another.
    """

    def __init__(
        self, course: Course, workspace: Workspace, engine: EngineClient, exercise: Exercise, out: Console
    ) -> None:
        self._course = course
        self._workspace = workspace
        self._engine = engine
        self._checks = Checks(engine)
        self._out = out
        self._is_screen = out.is_terminal and not out.is_dumb_terminal
        self._news: SimpleQueue[Moved | Ended | AllEnded | None] = SimpleQueue()
        self._woken, self._wake_end = os.pipe()
        os.set_blocking(self._wake_end, False)
        self._exercise = exercise
        self._file = self._watched(exercise)
        self._page: Page = "verdict"
        self._judged: Judged | None = None
        self._problem: TutorError | None = None
        self._not_judged: list[TutorError] = []
        self._note = ""
        self._hints = 0
        self._asks_for_reset = False
        self._typed = ""
        self._ticket: int | None = None
        self._asked_at = 0.0
        self._running = ""
        self._is_over = False
        self._keyboard = Keyboard()

    def run(self) -> Exercise:
        """Watch until the learner quits.

        Returns:
            The exercise where they stood.

        Raises:
            KeyboardInterrupt: by ctrl+c.
            SystemExit: by a signal that asks to leave.
        """
        folder = self._workspace.root / "exercises"
        with self._signals(), self._keyboard, Notifications(folder, self._wake) as notifications:
            try:
                self._look()
                self._show()
                self._loop(notifications)
            finally:
                self._checks.cancel()
        return self._exercise

    def _loop(self, notifications: Notifications) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._woken, selectors.EVENT_READ)
            if self._keyboard.descriptor is not None:
                selector.register(self._keyboard.descriptor, selectors.EVENT_READ)
            while not self._is_over:
                for key, _ in selector.select(notifications.look_every_s):
                    if key.fd == self._woken:
                        os.read(self._woken, 1 << 12)
                    else:
                        self._hear_keys()
                self._hear_news()
                self._look()
                self._show_running()

    # Saves

    def _look(self) -> None:
        """Have the file checked, where it holds a new text."""
        try:
            text = self._file.new_text()
        except TutorError as error:
            if str(error) != str(self._problem):
                self._problem, self._judged = error, None
                self._show()
            return
        if text is not None:
            self._check(text)
        elif self._file.is_missing() and self._ticket is None and self._judged is None and self._problem is None:
            self._problem = TutorError(f"{relative(self._file.path)} is missing", "x lays down its starter.")
            self._show()

    def _check(self, text: str) -> None:
        self._page, self._asks_for_reset, self._note = "verdict", False, ""
        ticket, exercise = self._begin_check(), self._exercise

        def judge() -> None:
            with suppress(Cancelled):
                self._post(Ended(ticket, exercise, self._judge(ticket, exercise, text)))

        threading.Thread(target=judge, name="check", daemon=True).start()

    def _check_all(self) -> None:
        self._page = "list"
        ticket = self._begin_check()

        def judge() -> None:
            with suppress(Cancelled):
                for exercise in self._course.exercises:
                    try:
                        text = self._workspace.read(exercise)
                    except TutorError as error:
                        self._post(Ended(ticket, exercise, error, of_all=True))
                    else:
                        self._post(Ended(ticket, exercise, self._judge(ticket, exercise, text), of_all=True))
                self._post(AllEnded(ticket))

        threading.Thread(target=judge, name="check-all", daemon=True).start()

    def _begin_check(self) -> int:
        self._ticket = self._checks.request()
        self._asked_at = time.monotonic()
        self._running = "starting the engine"
        return self._ticket

    def _judge(self, ticket: int, exercise: Exercise, text: str) -> Judged | TutorError:
        """Judge a text, in a thread of its own.

        Raises:
            Cancelled: a newer text came.
        """

        def pass_on(progress: CheckProgress) -> None:
            self._post(Moved(ticket, progress))

        try:
            return self._checks.judge(ticket, self._workspace, exercise, text, pass_on)
        except Cancelled:
            raise
        except TutorError as error:
            return error
        except Exception as error:
            return GraderError(f"the grader itself failed: {type(error).__name__}: {error}")

    # News from other threads

    def _post(self, news: Moved | Ended | AllEnded) -> None:
        self._news.put(news)
        self._wake()

    def _wake(self) -> None:
        with suppress(OSError):
            os.write(self._wake_end, b".")

    def _hear_news(self) -> None:
        with suppress(Empty):
            while True:
                news = self._news.get_nowait()
                if news is None:
                    self._keyboard.take()
                    self._show()
                elif news.ticket == self._ticket:
                    self._take(news)

    def _take(self, news: Moved | Ended | AllEnded) -> None:
        match news:
            case Moved(progress=CheckStarted(says=says)):
                self._running = says
            case Ended(of_all=True, exercise=exercise, result=result):
                self._running = f"{exercise.number} {exercise.slug} is done"
                if isinstance(result, TutorError):
                    self._not_judged.append(result)
                if exercise == self._exercise and not isinstance(result, TutorError):
                    self._judged = result
                if self._is_screen:
                    self._show()
            case Ended(result=result):
                self._ticket = None
                if isinstance(result, TutorError):
                    self._judged, self._problem = None, result
                else:
                    self._judged, self._problem = result, None
                    # After a pass, hints say what is known.
                    self._hints = 0 if result.verdict.passed else self._hints
                self._show()
            case AllEnded():
                self._ticket = None
                self._note = "Every exercise is checked."
                if self._not_judged:
                    self._note = f"{len(self._not_judged)} could not be judged: {self._not_judged[0].message}"
                    self._not_judged = []
                self._show()

    # Keys

    def _hear_keys(self) -> None:
        try:
            for key in self._keyboard.pressed():
                self._press(key)
        except EOFError:
            self._is_over = True
        except TutorError as error:
            self._note = "\n".join(filter(None, (error.message, error.remedy)))
            self._show()

    def _press(self, key: str) -> None:
        if self._asks_for_reset:
            self._asks_for_reset = False
            self._note = ""
            if key in "yY":
                self._reset()
                return
        elif self._page == "list" and (key.isdigit() or key in "\r\n"):
            self._type(key)
        elif action := self._actions().get(key):
            self._note = self._typed = ""
            action()
        elif self._page != "verdict":
            self._page = "verdict"
        else:
            return
        if not self._is_over:
            self._show()

    def _actions(self) -> dict[str, Callable[[], None]]:
        return {
            "n": self._next,
            "p": self._previous,
            "h": self._hint,
            "l": lambda: self._turn_to("list"),
            "?": lambda: self._turn_to("help"),
            "c": self._check_all,
            "x": self._ask_for_reset,
            "r": self._run_again,
            "q": self._quit,
        }

    def _next(self) -> None:
        following = not_passed(self._course, self._workspace, self._exercise)
        if following is None:
            self._note = self._course.manifest.farewell.strip()
        elif following == self._exercise:
            self._note = "This is the last exercise that is not passed."
        else:
            self._go_to(following)

    def _previous(self) -> None:
        here = self._course.exercises.index(self._exercise)
        if here == 0:
            self._note = "This is the first exercise."
        else:
            self._go_to(self._course.exercises[here - 1])

    def _hint(self) -> None:
        with self._workspace.progress() as progress:
            shown = progress.hints_shown(self._exercise.slug) + 1
            self._hints = min(shown, len(self._exercise.manifest.hints))
            progress.set_hints_shown(self._exercise.slug, self._hints)
        self._page = "verdict"

    def _turn_to(self, page: Page) -> None:
        self._page = "verdict" if self._page == page else page

    def _ask_for_reset(self) -> None:
        self._asks_for_reset = True
        self._page = "verdict"
        self._note = f"Put the starter of exercise {self._exercise.number} back? Your text is kept. y/n"

    def _reset(self) -> None:
        starter = self._exercise.starter(self._workspace.learner)
        if self._workspace.replace_text(self._exercise, starter):
            self._note = f"Your text is kept: cnn-tutor reset {self._exercise.number} --undo"
        else:
            self._note = "It is the starter now."
        self._show()

    def _run_again(self) -> None:
        self._file = self._watched(self._exercise)
        self._judged = self._problem = None
        self._look()

    def _type(self, key: str) -> None:
        if key.isdigit():
            self._typed += key
            self._note = f"Exercise {self._typed}: Enter goes there."
            return
        typed, self._typed, self._note = self._typed, "", ""
        if typed:
            self._go_to(self._course.find(typed))
        else:
            self._page = "verdict"

    def _quit(self) -> None:
        self._is_over = True

    def _go_to(self, exercise: Exercise) -> None:
        self._checks.cancel()
        self._exercise, self._file = exercise, self._watched(exercise)
        self._ticket = self._judged = self._problem = None
        self._hints, self._page = 0, "verdict"
        self._look()

    def _watched(self, exercise: Exercise) -> WatchedFile:
        return WatchedFile(self._workspace.path(exercise), lambda: self._workspace.read(exercise))

    # What is shown

    def _show(self) -> None:
        """Show how things stand, in one write."""
        with self._out.capture() as captured:
            self._out.print(Group(*self._parts()))
        self._write((CLEAR if self._is_screen else "") + captured.get())

    def _show_running(self) -> None:
        """Once a check takes its time, say what it does."""
        if self._is_screen and self._ticket is not None and time.monotonic() - self._asked_at > SHOW_RUNNING_AFTER_S:
            words = f"Checking: {self._running} …"
            self._write(CLEAR_LINE + words[: self._out.width - 1])

    def _write(self, text: str) -> None:
        self._out.file.write(text)
        self._out.file.flush()

    def _parts(self) -> list[RenderableType]:
        n, path = self._exercise.number, relative(self._file.path)
        parts: list[RenderableType] = [Text.assemble((f"{n} {self._exercise.title}", "bold"), (f"  {path}", "dim")), ""]
        passed = self._passed()
        if self._page == "list":
            parts.append(self._list_view())
        elif self._page == "help":
            parts.append(key_help())
        else:
            parts += self._verdict_parts()
        if self._note:
            parts += ["", Text(without_controls(self._note), "bold")]
        of_all = len(self._course.exercises)
        parts += ["", f"{passed} of {of_all} passed" if linear.is_wanted() else ProgressBar(passed, of_all)]
        if self._keyboard.descriptor is not None:
            parts.append(KeyLine())
        return parts

    def _verdict_parts(self) -> list[RenderableType]:
        parts: list[RenderableType] = []
        if self._problem is not None:
            parts.append(Text.assemble(("! ", "bold red"), without_controls(str(self._problem))))
            parts += [Text(self._problem.remedy)] if self._problem.remedy else []
        elif self._judged is None:
            parts.append(Text("Save the file, and it is checked." if self._ticket is None else "Checking …"))
        else:
            parts.append(self._verdict_view(self._judged))
            if self._judged.not_kept is not None:
                parts.append(Text(f"! This attempt could not be kept: {self._judged.not_kept}", "yellow"))
        hints = self._exercise.manifest.hints
        if self._hints:
            as_shown = spoken if linear.is_wanted() else str
            parts += ["", hints_view([as_shown(hint) for hint in hints], self._hints)]
        if self._judged is not None:
            parts += self._what_next(self._judged)
        return parts

    def _verdict_view(self, judged: Judged) -> RenderableType:
        if linear.is_wanted():
            return Text("\n".join(verdict_lines(judged.verdict, judged.source)))
        return verdict_view(judged.verdict, judged.source)

    def _list_view(self) -> RenderableType:
        standings = self._standings()
        if linear.is_wanted():
            return Text("\n".join(course_lines(rows_of(self._course), stands_of(standings))))
        return CourseView(self._course, standings)

    def _what_next(self, judged: Judged) -> list[RenderableType]:
        if judged.verdict.passed:
            solution = f"The reference and why it works: cnn-tutor solution {self._exercise.number}"
            passed = Text("Passed – n: next exercise", "bold green")
            return ["", passed, Text(solution)] if self._exercise.has_solution else ["", passed]
        if judged.failures < FAILURES_BEFORE_HINT:
            return []
        has_more = self._hints < len(self._exercise.manifest.hints)
        return ["", Text(f"Stuck? {'h shows a hint.' if has_more else after_the_hints(self._exercise)}", "bold")]

    def _standings(self) -> dict[str, Standing]:
        try:
            with self._workspace.progress() as progress:
                return progress.standings()
        except ProgressError:
            return {}

    def _passed(self) -> int:
        standings = self._standings()
        return sum(one.slug in standings and standings[one.slug].passed for one in self._course.exercises)

    # Signals

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Leave in order when asked to; draw anew when the window changes or the program is taken up again."""

        def leave(number: int, _: FrameType | None) -> None:
            sys.exit(128 + number)

        def redraw(_: int, __: FrameType | None) -> None:
            self._news.put(None)
            self._wake()

        handlers = dict.fromkeys((signal.SIGTERM, signal.SIGHUP), leave) | dict.fromkeys(
            (signal.SIGWINCH, signal.SIGCONT), redraw
        )
        before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
