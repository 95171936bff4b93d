"""Keys that arrive at once do what they would do if they were typed slowly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.events import Key
from textual.widgets import Input

from tests.app.conftest import FakeEngine, open_exercise, program, type_program, until
from tutor.app.screens.exercise import ExerciseScreen
from tutor.app.widgets.answer_form import Cell
from tutor.app.widgets.code_answer import PythonArea

if TYPE_CHECKING:
    from tutor.app.app import TutorApp


def type_at_once(app: TutorApp, *keys: str) -> None:
    for key in keys:
        app.post_message(Key(key, key if len(key) == 1 else None))


@pytest.mark.parametrize(
    ("keys", "then"),
    [
        (["a", "b", "c", "backspace", "d"], "abd"),
        (["a", "b", "left", "x", "end", "y"], "axby"),
        (["a", "enter", "b", "up", "c"], "ac\nb"),
        (["a", "b", "ctrl+z", "c"], "c"),
    ],
)
async def test_in_the_editor(app: TutorApp, keys: list[str], then: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await open_exercise(app, pilot, "scale")
        type_program(app, "")
        app.screen.query_one(PythonArea).history.clear()
        type_at_once(app, *keys)
        await until(pilot, lambda: program(app) == then, then)


async def test_a_save_has_all_that_was_typed_before_it_and_nothing_typed_after(app: TutorApp, fake: FakeEngine) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await open_exercise(app, pilot, "scale")
        type_program(app, "")
        type_at_once(app, "x", "y", "backspace", "ctrl+s", "z")
        await until(pilot, lambda: fake.checked == ["x"])
        await until(pilot, lambda: program(app) == "xz")


async def test_between_the_fields_of_a_form(app: TutorApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await open_exercise(app, pilot, "sum-by-hand")
        cells = list(app.screen.query(Cell))
        cells[0].focus()
        await until(pilot, lambda: cells[0].has_focus)
        type_at_once(app, "1", "tab", "2", "3", "backspace", "4", "tab", "5", "shift+tab", "6")
        await until(pilot, lambda: [cell.value for cell in cells[:3]] == ["1", "246", "5"])
        type_at_once(app, "right", "7")
        await until(pilot, lambda: "7" in cells[2].value, "the arrow leaves a field at its end")


async def test_from_one_screen_to_another(app: TutorApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        type_at_once(app, "slash", *"scale", "enter", "enter")
        await until(pilot, lambda: isinstance(app.screen, ExerciseScreen))
        assert "scale" in str(app.screen.query_one("#answer").border_title)
        type_at_once(app, "escape", "slash", "x")
        await until(pilot, lambda: isinstance(app.focused, Input) and app.focused.value == "x")
