"""Settings: chosen with keys, holding at once and the next time, falling back where they cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.color import Color
from textual.widgets import Input, Select

from tests.app.conftest import FakeEngine, open_exercise, text_of, until
from tutor.app.app import TutorApp
from tutor.app.screens.home import HomeScreen
from tutor.app.screens.settings import SettingsScreen
from tutor.app.theme import OWN_THEMES, default_theme
from tutor.app.widgets.code_answer import PythonArea

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot
    from textual.theme import Theme

    from tutor.course import Course
    from tutor.workspace import Workspace


@pytest.fixture
def start(small_course: Course, workspace: Workspace) -> Callable[..., TutorApp]:
    def start(*, animation: bool = True) -> TutorApp:
        return TutorApp(small_course, workspace.root, engine=FakeEngine(), animation=animation)

    return start


async def open_settings(app: TutorApp, pilot: Pilot[int]) -> None:
    await pilot.press("comma")
    await until(pilot, lambda: isinstance(app.screen, SettingsScreen) and app.screen.query(Select))


def field(app: TutorApp, name: str) -> Input:
    return next(field for field in app.screen.query(Input) if field.name == name)


async def test_a_theme_is_chosen_with_keys_and_is_there_the_next_time(start: Callable[..., TutorApp]) -> None:
    app = start()
    async with app.run_test() as pilot:
        await open_settings(app, pilot)
        assert app.theme == "cnn-dark"
        await pilot.press("enter", *"cnn-light", "enter")
        await until(pilot, lambda: app.theme == "cnn-light", "it is worn at once")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
    again = start()
    async with again.run_test() as pilot:
        assert again.theme == "cnn-light"
        await open_settings(again, pilot)
        assert next(select for select in again.screen.query(Select) if select.name == "theme").value == "cnn-light"


@pytest.mark.parametrize("how", ["set", "option"])
async def test_without_animation_nothing_glides_or_blinks(
    start: Callable[..., TutorApp], workspace: Workspace, how: str
) -> None:
    if how == "set":
        with workspace.progress() as progress:
            progress.set_setting("animation", "off")
    app = start(animation=how != "option")
    async with app.run_test() as pilot:
        assert app.animation_level == "none"
        await open_exercise(app, pilot, "scale")
        area = app.screen.query_one(PythonArea)
        area.focus()
        await until(pilot, lambda: area.has_focus and not area.cursor_blink)
        await pilot.press("escape", "slash")
        await until(pilot, lambda: isinstance(app.focused, Input) and not app.focused.cursor_blink)


async def test_with_it_they_do(start: Callable[..., TutorApp]) -> None:
    app = start()
    async with app.run_test() as pilot:
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(app.focused, Input) and app.focused.cursor_blink)
        assert app.animation_level == "full"


async def test_what_was_kept_and_is_no_value_falls_back_with_a_message(
    start: Callable[..., TutorApp], workspace: Workspace
) -> None:
    with workspace.progress() as progress:
        progress.set_setting("animation", "perhaps")
        progress.set_setting("editor", "'vi")
        progress.set_setting("picture_speed", "99")
    app = start()
    async with app.run_test() as pilot:
        says = "\n".join(toast.message for toast in app._notifications)
        for part in ("'perhaps', but on, off", "It is on now", "cannot be read as a command", "'99'"):
            assert part in says
        await open_settings(app, pilot)
        assert field(app, "editor").value == ""


async def test_an_editor_that_is_no_command_is_refused_where_it_is_typed(start: Callable[..., TutorApp]) -> None:
    app = start()
    async with app.run_test() as pilot:
        await open_settings(app, pilot)
        field(app, "editor").focus()
        await pilot.press(*"vim '")
        await until(pilot, lambda: "Your editor: " in text_of(app.screen) and "cannot be read" in text_of(app.screen))
        await pilot.press("backspace")
        await until(pilot, lambda: "cannot be read" not in text_of(app.screen), "it is mended")
    assert start().settings[app.settings.known[3]] == "vim"


async def test_what_is_chosen_before_there_is_a_workspace_is_kept_in_it(
    small_course: Course, tmp_path: Path, fake: FakeEngine
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    app = TutorApp(small_course, empty, engine=fake)
    async with app.run_test() as pilot:
        app.theme = "nord"
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        assert app.workspace is not None
        with app.workspace.progress() as progress:
            assert progress.setting("theme") == "nord"


async def test_the_lab_takes_mnist_from_where_it_is_set(start: Callable[..., TutorApp], workspace: Workspace) -> None:
    with workspace.progress() as progress:
        progress.set_setting("data", "synthetic")
    app = start()
    async with app.run_test() as pilot:
        await pilot.press("t")
        await until(pilot, lambda: "Synthetic digits, drawn here" in text_of(app.screen))


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2, from 1 to 21."""

    def luminance(colour: str) -> float:
        parts = (channel / 255 for channel in Color.parse(colour).rgb)
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", OWN_THEMES, ids=lambda theme: theme.name)
def test_all_that_is_written_can_be_read(theme: Theme) -> None:
    """WCAG 2.2, success criterion 1.4.3, and for the high-contrast themes 1.4.6."""
    least = 7.0 if "contrast" in theme.name else 4.5
    inks = (theme.foreground, theme.primary, theme.secondary, theme.accent, theme.success, theme.warning, theme.error)
    for ink in inks:
        for paper in (theme.background, theme.surface, theme.panel):
            assert ink is not None
            assert paper is not None
            assert contrast(ink, paper) >= least, (ink, paper)


def test_a_terminal_of_sixteen_colours_shows_its_own() -> None:
    assert [default_theme(system) for system in ("standard", "256", "truecolor", None)] == [
        "ansi-dark",
        *3 * ["cnn-dark"],
    ]
