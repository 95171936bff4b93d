"""The app: which screen is shown, the engine beside it, and what holds on every screen."""

from __future__ import annotations

import gc
import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.constants import TEXTUAL_ANIMATIONS
from textual.events import DescendantFocus, Event, Key, Paste

from tutor.app.key_order import KeyOrder
from tutor.app.messages import EngineFailed, WorkspaceMade
from tutor.app.theme import OWN_THEMES, TERMINAL_THEMES, default_theme, terminal_colours
from tutor.checking import Checks, Engine
from tutor.engine.client import EngineClient
from tutor.errors import NoWorkspace, TutorError
from tutor.settings import ANIMATION, DATA, EDITOR, PICTURE_SPEED, Setting, Settings, mnist_for, theme_setting
from tutor.workspace import Workspace, find_workspace

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Awaitable, Callable, Iterable
    from pathlib import Path

    from textual.screen import Screen
    from textual.theme import Theme

    from tutor.course import Course, Exercise
    from tutor.lab.runs import Run


class TutorApp(App[int]):
    """``cnn-tutor`` as an app: the course, its exercises, and the lab.

    Args:
        course: what is taught.
        start: the folder it was started in; the workspace is looked for there and above.
        data: what is trained on, in train exercises, and in the lab unless its field says otherwise; by default what
            is set for it.
        engine: judges submissions; by default the real one, in a process of its own.
        animation: whether anything may move by itself; False holds whatever is set.

    Raises:
        UsageError: the workspace's progress file cannot be read.
    """

    # A screen that the app begins with is not asked for its own style sheet (Textual 8.2).
    CSS_PATH = ["app.tcss", "screens/welcome.tcss", "screens/home.tcss"]  # noqa: RUF012
    TITLE = "cnn-tutor"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide"), (170, "-widest")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f1", "help", "Help", key_display="F1", id="app.help", tooltip="Every key of this place", priority=True
        ),
        Binding("ctrl+q", "quit", "Quit", id="app.quit", tooltip="Leave; unsaved text is saved", priority=True),
        Binding(
            "ctrl+z",
            "suspend_process",
            "Suspend",
            id="app.suspend",
            tooltip="Back to the shell; `fg` returns",
            show=False,
        ),
    ]

    def __init__(
        self,
        course: Course,
        start: Path,
        data: str | None = None,
        *,
        engine: Engine | None = None,
        animation: bool = True,
    ) -> None:
        super().__init__()
        self._key_order = KeyOrder(self, super().on_event)
        self.course = course
        self.start_folder = start
        self._data = data
        self._may_animate = animation
        self.engine: Engine = engine or EngineClient(course.location)
        self.checks = Checks(self.engine, data)
        self.workspace = _workspace_at(start)
        # Held, because they outlive whoever has started them.
        self.trainings: list[subprocess.Popen[bytes]] = []
        for theme in (*OWN_THEMES, *TERMINAL_THEMES):
            self.register_theme(theme)
        self._theme_setting = theme_setting(tuple(self.available_themes), default_theme(self.console.color_system))
        known = (self._theme_setting, ANIMATION, PICTURE_SPEED, EDITOR, DATA)
        self.settings = Settings(self.workspace, known)
        self._wear_settings()

    async def on_event(self, event: Event) -> None:
        """Take in an event; keys in the order in which they were typed."""
        if isinstance(event, (Key, Paste)) and not event.is_forwarded:
            await self._key_order.take(event)
        else:
            await super().on_event(event)

    def get_default_screen(self) -> Screen[None]:
        """The course where there is a workspace, else the welcome."""
        if self.workspace is not None:
            return self._home(self.workspace)
        from tutor.app.screens.welcome import WelcomeScreen

        return WelcomeScreen(self.course, self.start_folder)

    def on_mount(self) -> None:
        """Start the engine once there is something to see."""
        # Without it the screen stays blank after ctrl+z and fg (Textual issue 6298).
        self.app_resume_signal.subscribe(self, lambda _: self.call_later(self.refresh, layout=True))
        self.theme_changed_signal.subscribe(self, self._match_pictures)
        self._match_pictures(self.current_theme)
        self.theme_changed_signal.subscribe(self, self._keep_theme)
        if self.settings.faults:
            self.notify("\n".join(self.settings.faults), title="Settings", severity="warning", markup=False)
        self.call_after_refresh(self._settle)

    @property
    def data(self) -> str | None:
        """Where the lab takes MNIST from, where one has said it."""
        return mnist_for(None, self._data or self.settings[DATA] or None)

    def keep_setting(self, setting: Setting, value: str) -> None:
        """Set something, now and for the next time.

        Raises:
            TutorError: it holds, but cannot be kept.
            ValueError: that is no value of it.
        """
        try:
            self.settings.keep(setting, value)
        finally:
            self._wear_settings()

    def _wear_settings(self) -> None:
        self.theme = self.settings[self._theme_setting]
        self._animates = self._may_animate and self.settings[ANIMATION] == "on"
        self.animation_level = TEXTUAL_ANIMATIONS if self._animates else "none"

    @on(DescendantFocus)
    def _hold_cursor(self, event: DescendantFocus) -> None:
        # Not by their types: what they are in need not be imported for the first screen.
        if hasattr(event.widget, "cursor_blink"):
            event.widget.cursor_blink = self._animates

    def _match_pictures(self, theme: Theme) -> None:
        if colours := terminal_colours(theme):
            self.ansi_theme_dark = self.ansi_theme_light = colours

    def _keep_theme(self, theme: Theme) -> None:
        """The palette chooses themes too."""
        try:
            self.settings.keep(self._theme_setting, theme.name)
        except TutorError as error:
            self.notify_error(error)

    def on_unmount(self) -> None:
        """End the engine; the terminal is given back meanwhile."""
        self.checks.cancel()
        threading.Thread(target=self.engine.close, name="close-engine").start()

    def _settle(self) -> None:
        """What was put off until there is something to see."""
        if not gc.isenabled():
            # What there is by now stays: to look through it again and again would hold up keys.
            gc.freeze()
            gc.enable()
        self._start_engine()

    @work(thread=True, group="engine")
    def _start_engine(self) -> None:
        try:
            self.engine.start()
        except TutorError as error:
            self.post_message(EngineFailed(error))

    @on(EngineFailed)
    def _say_engine_failed(self, message: EngineFailed) -> None:
        self.notify_error(message.error)

    @on(WorkspaceMade)
    def _enter_workspace(self, message: WorkspaceMade) -> None:
        self.workspace = message.workspace
        self.settings.enter(message.workspace)
        self._wear_settings()
        self.push_screen(self._home(message.workspace))

    def notify_error(self, error: TutorError) -> None:
        """Say in words what went wrong, and what to do about it."""
        self.notify("\n".join(filter(None, (str(error), error.remedy))), severity="error", markup=False, timeout=12)

    def open_exercise(self, exercise: Exercise, *, instead: bool = False) -> None:
        """Show an exercise, on top of the list or instead of the exercise that is shown."""
        from tutor.app.screens.exercise import ExerciseScreen

        assert self.workspace is not None
        screen = ExerciseScreen(self.course, self.workspace, exercise, self.checks)
        if instead:
            self.switch_screen(screen)
        else:
            self.push_screen(screen)

    def open_pictures(self) -> None:
        """Show the pictures."""
        from tutor.app.screens.picture import PictureScreen

        self.push_screen(PictureScreen())

    def open_practice(self, exercise: Exercise) -> None:
        """Ask a variant of an exercise by hand."""
        from tutor.app.screens.practice import PracticeScreen

        self.push_screen(PracticeScreen(exercise, self.checks))

    def open_history(self, exercise: Exercise) -> None:
        """Show the attempts at an exercise."""
        from tutor.app.screens.history import HistoryScreen

        assert self.workspace is not None
        self.push_screen(HistoryScreen(self.workspace, exercise))

    def open_lab(self) -> None:
        """Show the lab on top of the list."""
        from tutor.app.screens.lab import LabScreen

        assert self.workspace is not None
        self.push_screen(LabScreen(self.workspace, self.data))

    def open_digit(self, run: Run) -> None:
        """Show paper for a digit, to be classified by a run's networks."""
        from tutor.app.screens.digit import DigitScreen

        self.push_screen(DigitScreen(run))

    def action_settings(self) -> None:
        """Show what can be set."""
        from tutor.app.screens.settings import SettingsScreen

        if not isinstance(self.screen, SettingsScreen):
            self.push_screen(SettingsScreen())

    def action_help(self) -> None:
        """Show every key of the place; the same key closes it."""
        from tutor.app.screens.help import HelpScreen, keys_of

        if isinstance(self.screen, HelpScreen):
            self.screen.dismiss()
        else:
            self.push_screen(HelpScreen(keys_of(self.screen)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what a browser has not."""
        return not self.is_web if action == "suspend_process" else super().check_action(action, parameters)

    async def action_quit(self) -> None:
        """Leave; every screen saves what is unsaved."""
        self._save_unsaved()
        self.exit(0)

    def _save_unsaved(self) -> None:
        for screen in self.screen_stack:
            if leave := getattr(screen, "save_before_leaving", None):
                leave()

    @property
    def fault(self) -> Exception | None:
        """What the app has ended of, where that is a fault of ours."""
        return self._exception

    def _fatal_error(self) -> None:
        """Save what is typed; a traceback, which Textual would print, is for those who ask for one."""
        with suppress(Exception):
            self._save_unsaved()
        if os.environ.get("CNN_TUTOR_DEBUG"):
            super()._fatal_error()
        else:
            self._close_messages_no_wait()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette: Textual's commands, and everything that has a key in this place."""
        for _, binding, enabled, tooltip in screen.active_bindings.values():
            if binding.id and enabled:
                yield SystemCommand(binding.description, tooltip, _runner(screen, binding.action))
        yield SystemCommand("Settings", "Theme, animation, your editor, MNIST", self.action_settings)
        # Quitting and the keys are ours.
        yield from (one for one in super().get_system_commands(screen) if one.title not in ("Quit", "Keys"))

    def _home(self, workspace: Workspace) -> Screen[None]:
        from tutor.app.screens.home import HomeScreen

        return HomeScreen(self.course, workspace)


def _runner(screen: Screen[object], action: str) -> Callable[[], Awaitable[None]]:
    return lambda: screen.run_action(action)


def _workspace_at(start: Path) -> Workspace | None:
    try:
        workspace = find_workspace(start)
    except NoWorkspace:
        return None
    # An unreadable progress file is to be said before the terminal is taken over.
    workspace.progress().close()
    return workspace
