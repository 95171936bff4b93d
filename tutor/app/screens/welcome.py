"""The welcome: where there is no workspace yet, one is made."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from textual import on, work
from textual.containers import Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Button, Input, Label, Static

from tutor.app.messages import WentWrong, WorkspaceMade
from tutor.app.widgets.key_bar import KeyBar
from tutor.app.widgets.top_bar import TopBar
from tutor.errors import TutorError, UsageError
from tutor.workspace import DEFAULT_FOLDER, login_name, make_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import ComposeResult

    from tutor.course import Course


class WelcomeScreen(Screen[None]):
    """Asks for a folder and a name, and makes the workspace. Posts :class:`WorkspaceMade` to the app."""

    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012

    def __init__(self, course: Course, start: Path) -> None:
        super().__init__()
        self._course = course
        self._start = start

    def compose(self) -> ComposeResult:
        """What the course is, and the two fields."""
        count = len(self._course.exercises)
        yield TopBar(self._course.manifest.title)
        with VerticalScroll(id="middle", can_focus=False), Vertical(id="card"):
            for paragraph in self._course.manifest.welcome.strip().split("\n\n"):
                # Without its own line breaks, so that it is wrapped where the card ends.
                yield Static(" ".join(paragraph.split()), classes="paragraph", markup=False)
            yield Label("Your folder")
            yield Input(f"./{DEFAULT_FOLDER}", id="folder", compact=True)
            yield Static("", id="folder-note", classes="note", markup=False)
            yield Label("Your name")
            yield Input(login_name(), id="name", compact=True)
            yield Static(
                "Your name decides which numbers you get in the exercises by hand; it cannot change later.",
                classes="note",
            )
            yield Static("", id="problem", markup=False)
            yield Button(f"Enter: lay down {count} exercises and begin", variant="primary", id="begin", compact=True)
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin in the first field."""
        self.query_one("#folder", Input).focus()

    @on(Input.Changed, "#folder")
    def _say_where(self) -> None:
        folder = self._folder()
        known = "is there already; nothing in it is overwritten" if os.path.lexists(folder) else "will be made"
        self.query_one("#folder-note", Static).update(f"{folder}: {known}")

    @on(Input.Submitted)
    @on(Button.Pressed)
    def _begin(self) -> None:
        if not self.query_one("#folder", Input).value.strip():
            self._say_wrong(WentWrong(UsageError("the folder has no name", f"For example ./{DEFAULT_FOLDER}")))
            return
        self.query_one("#problem", Static).update("")
        self.query_one("#begin", Button).loading = True
        self._make(self._folder(), self.query_one("#name", Input).value.strip() or None)

    @work(thread=True, exclusive=True, group="make")
    def _make(self, folder: Path, learner: str | None) -> None:
        try:
            workspace, _ = make_workspace(folder, self._course, learner)
        except TutorError as error:
            self.post_message(WentWrong(error))
        else:
            self.app.post_message(WorkspaceMade(workspace))

    @on(WentWrong)
    def _say_wrong(self, message: WentWrong) -> None:
        self.query_one("#begin", Button).loading = False
        words = "\n".join(filter(None, (str(message.error), message.error.remedy)))
        self.query_one("#problem", Static).update(f"✗ {words}")

    def _folder(self) -> Path:
        return self._start / os.path.expanduser(self.query_one("#folder", Input).value.strip())  # noqa: PTH111
