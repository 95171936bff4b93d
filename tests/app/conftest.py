"""An engine of the tests' own, and waiting for what the app does in its threads."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, cast

import pytest

from tutor.app.app import TutorApp
from tutor.engine.client import Cancelled, CheckProgress, CheckStarted, EngineClient
from tutor.verdict import CheckResult, CheckStatus, Verdict, VerdictName
from tutor.workspace import Workspace, make_workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot
    from textual.widget import Widget

    from tutor.course import Course, Exercise

DEADLINE_S = 20.0
RIGHT = "def scale(x, factor):\n    return x * factor\n"
WRONG = "def scale(x, factor):\n    return x + factor\n"


class FakeEngine:
    """Passes what multiplies. While ``gate`` is closed a check waits, and can be cancelled."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.checked: list[str] = []
        self.cancelled = 0
        self.started = threading.Event()
        self.closed = threading.Event()
        self._cancel = threading.Event()

    def start(self) -> None:
        self.started.set()

    def check(
        self,
        exercise: Exercise,
        source: str,
        *,
        learner: str,
        seed: int,
        practice: bool = False,
        data: str | None = None,
        on_progress: Callable[[CheckProgress], None] | None = None,
    ) -> Verdict:
        self._cancel.clear()
        self.checked.append(source)
        entry = exercise.manifest.check[0]
        if on_progress:
            on_progress(CheckStarted(entry.id, entry.says, 1, len(exercise.manifest.check)))
        while not self.gate.wait(0.01):
            if self._cancel.is_set():
                self.cancelled += 1
                raise Cancelled("the check was cancelled")
        return verdict_on(exercise, "pass" if "x *" in source else "fail", seed)

    def cancel(self) -> None:
        self._cancel.set()

    def close(self) -> None:
        self._cancel.set()
        self.closed.set()


class SharedEngine:
    """The engine that all tests share: an app that ends does not end it."""

    def __init__(self, engine: EngineClient) -> None:
        self.start = engine.start
        self.check = engine.check
        self.cancel = engine.cancel

    def close(self) -> None:
        pass


def verdict_on(exercise: Exercise, name: VerdictName, seed: int = 1) -> Verdict:
    manifest = exercise.manifest
    status: CheckStatus = "pass" if name == "pass" else "fail"
    score = manifest.points if name == "pass" else 0.0
    checks = tuple(
        CheckResult(
            entry.id, entry.says, status, entry.points if score else 0.0, entry.points, "" if score else "is off"
        )
        for entry in manifest.check
    )
    return Verdict(
        exercise.slug, exercise.number, name, score, manifest.points, seed, {"says": manifest.tolerance.says}, checks
    )


@pytest.fixture(autouse=True)
def _usual_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """What colours there are decides how the app looks, and where MNIST lies what its forms hold at first."""
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("NO_COLOR", "CNN_TUTOR_DATA"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def fake() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def workspace(tmp_path: Path, small_course: Course) -> Workspace:
    return make_workspace(tmp_path, small_course, "ada")[0]


@pytest.fixture
def app(small_course: Course, workspace: Workspace, fake: FakeEngine) -> TutorApp:
    """The app in a workspace of its own, judged by the fake engine."""
    return TutorApp(small_course, workspace.root, engine=fake)


@pytest.fixture
def real_app(small_course: Course, workspace: Workspace, small_engine: EngineClient) -> TutorApp:
    """The app in a workspace of its own, judged by the real engine."""
    return TutorApp(small_course, workspace.root, engine=SharedEngine(small_engine))


async def until(pilot: Pilot[int], holds: Callable[[], object], what: str = "") -> None:
    """Wait until something holds, which some thread or message brings about."""
    deadline = time.monotonic() + DEADLINE_S
    while not holds():
        assert pilot.app._exception is None, pilot.app._exception
        assert time.monotonic() < deadline, f"did not come about: {what or holds}\n{text_of(pilot.app.screen)}"
        await pilot.pause(0.01)
    await pilot.pause()


def text_of(widget: Widget) -> str:
    """What a widget and all that is in it show, whether scrolled into view or not."""
    from rich.console import Console
    from textual.visual import RichVisual
    from textual.widgets import Static
    from textual.widgets._markdown import MarkdownBlock

    words = []
    for part in [widget, *widget.query("*")]:
        if isinstance(part, Static) and part.display:
            visual = part.visual
            if isinstance(visual, RichVisual):
                console = Console(width=200, color_system=None)
                with console.capture() as captured:
                    console.print(visual._renderable)
                words.append(captured.get())
            else:
                words.append(str(visual))
        elif isinstance(part, MarkdownBlock):
            words.append(str(part._content))
    return "\n".join(words)


def status_of(app: TutorApp) -> str:
    from textual.widgets import Static

    return "".join(str(status.visual) for status in app.screen.query("#status").results(Static))


async def open_exercise(app: TutorApp, pilot: Pilot[int], slug: str) -> None:
    from tutor.app.screens.exercise import ExerciseScreen

    app.call_later(app.open_exercise, app.course.find(slug))
    await until(pilot, lambda: isinstance(app.screen, ExerciseScreen) and status_of(app), f"{slug} is open")


def program(app: TutorApp) -> str:
    from tutor.app.widgets.code_answer import PythonArea

    return app.screen.query_one(PythonArea).text


def type_program(app: TutorApp, text: str) -> None:
    """Replace all that stands in the editor, as typing does."""
    from tutor.app.widgets.code_answer import PythonArea

    area = app.screen.query_one(PythonArea)
    area.focus()
    area.replace(text, area.document.start, area.document.end)


def file_of(app: TutorApp, slug: str) -> Path:
    return cast("Workspace", app.workspace).path(app.course.find(slug))


def attempts(app: TutorApp, slug: str) -> int:
    with cast("Workspace", app.workspace).progress() as progress:
        standing = progress.standings().get(slug)
    return standing.attempts if standing else 0
