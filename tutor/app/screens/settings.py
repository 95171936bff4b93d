"""Settings: each holds as soon as it is chosen, and for the next time."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen
from textual.widgets import Input, Label, Select, Static

from tutor.app.widgets.key_bar import KeyBar
from tutor.app.widgets.top_bar import TopBar
from tutor.errors import TutorError

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.widget import Widget

    from tutor.app.app import TutorApp
    from tutor.settings import Setting


class SettingsScreen(Screen[None]):
    """A row for each setting."""

    app: TutorApp
    CSS_PATH = "settings.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="settings.back", tooltip="Back to where you were"),
    ]

    def compose(self) -> ComposeResult:
        """The rows, what is wrong with what was typed, and where it is kept."""
        yield TopBar(self.app.course.manifest.title, "Settings")
        with VerticalScroll(id="rows", can_focus=False):
            for setting in self.app.settings.known:
                yield Horizontal(Label(setting.title), self._field(setting), classes="row")
                yield Static(f"{setting.says}.", classes="note", markup=False)
            yield Static("", id="problem", markup=False)
            yield Static("What you choose holds at once, and is there the next time.", classes="note")
        yield KeyBar()

    def _field(self, setting: Setting) -> Widget:
        value = self.app.settings[setting]
        if not setting.choices:
            return Input(value, placeholder=setting.placeholder, compact=True, name=setting.name)
        choices = [(title, choice) for choice, title in setting.choices]
        return Select(choices, value=value, allow_blank=False, compact=True, name=setting.name)

    @on(Select.Changed)
    def _chosen(self, event: Select.Changed) -> None:
        self._keep(event.select.name, str(event.value))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._keep(event.input.name, event.value.strip())

    def _keep(self, name: str | None, value: str) -> None:
        setting = next(one for one in self.app.settings.known if one.name == name)
        fault = ""
        try:
            self.app.keep_setting(setting, value)
        except ValueError as error:
            fault = str(error)
        except TutorError as error:
            self.app.notify_error(error)
        self.query_one("#problem", Static).update(fault and f"✗ {setting.title}: {fault}")

    def action_leave(self) -> None:
        """Back to where one was."""
        self.dismiss()
