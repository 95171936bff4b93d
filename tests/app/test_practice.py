"""Another one: variants of an exercise by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Static

from tests.app.conftest import attempts, open_exercise, text_of, until
from tutor.app.screens.exercise import ExerciseScreen
from tutor.app.screens.practice import PracticeScreen
from tutor.app.widgets.answer_form import Cell
from tutor.course.questions import PRACTISED

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tutor.app.app import TutorApp
    from tutor.course import Question


def asked(app: TutorApp) -> Question:
    title = str(app.screen.query_one("#answer").border_title)
    variant = int(title.removeprefix("Variant "))
    questions = app.course.find("sum-by-hand").practice(variant)
    return next(one for one in questions if one.name == PRACTISED)


def fill_in(app: TutorApp, *, off_by: int = 0) -> None:
    columns = list(zip(*asked(app).given["rows"], strict=True))
    for cell in app.screen.query(Cell):
        total, count = sum(columns[cell.index[0]]), len(columns[cell.index[0]])
        is_total = cell.blank.endswith("_total")
        off = off_by if is_total and cell.index == (0,) else 0
        cell.value = str(total + off) if is_total else f"{total}/{count}"


def body(app: TutorApp) -> str:
    return str(app.screen.query_one("#body", Static).visual)


def standing(app: TutorApp) -> str:
    return str(app.screen.query_one("#standing", Static).visual)


async def open_practice(app: TutorApp, pilot: Pilot[int]) -> None:
    await open_exercise(app, pilot, "sum-by-hand")
    await pilot.press("ctrl+n")
    await until(pilot, lambda: isinstance(app.screen, PracticeScreen) and app.screen.query(Cell))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_wrong_answer_is_marked_and_explained_and_a_right_one_counted(
    real_app: TutorApp, size: tuple[int, int]
) -> None:
    app = real_app
    async with app.run_test(size=size) as pilot:
        await open_practice(app, pilot)
        fill_in(app, off_by=1)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: body(app).startswith("Not yet"), "the verdict")
        first = next(iter(app.screen.query(Cell)))
        assert first.has_class("-wrong")
        assert standing(app) == "0 of 1 right"
        await pilot.press("f2")
        await until(pilot, lambda: "How it is worked out" in text_of(app.screen))
        shown = "".join(text_of(app.screen).split())
        assert "".join(asked(app).worked.replace("*", "").split())[:20] in shown
        before = asked(app)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: asked(app) != before, "another one")
        assert not any(cell.value for cell in app.screen.query(Cell))
        fill_in(app)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: body(app).startswith("Passed"))
        assert standing(app) == "1 of 2 right"
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, ExerciseScreen))
    assert attempts(app, "sum-by-hand") == 0


async def test_who_has_been_shown_is_not_counted_and_what_is_no_python_is_not_judged(real_app: TutorApp) -> None:
    app = real_app
    async with app.run_test() as pilot:
        await open_practice(app, pilot)
        next(iter(app.screen.query(Cell))).value = "1 +"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: body(app).startswith("!"))
        await pilot.press("f2")
        fill_in(app)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: body(app).startswith("Passed"))
        assert standing(app) == ""


async def test_an_exercise_that_is_a_program_has_no_variants(app: TutorApp) -> None:
    async with app.run_test() as pilot:
        await open_exercise(app, pilot, "scale")
        assert "Another" not in {command.title for command in app.get_system_commands(app.screen)}


async def test_what_is_not_filled_in_yet_is_not_judged(real_app: TutorApp) -> None:
    app = real_app
    async with app.run_test() as pilot:
        await open_practice(app, pilot)
        fill_in(app)
        cells = list(app.screen.query(Cell))
        cells[0].value = " "
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "1 entry is still empty" in body(app))
        assert standing(app) == ""


async def test_how_it_is_worked_out_comes_into_view(real_app: TutorApp) -> None:
    app = real_app
    async with app.run_test(size=(80, 24)) as pilot:
        await open_practice(app, pilot)
        await pilot.press("f2")
        outcome, worked = app.screen.query_one("#outcome"), app.screen.query_one("#worked")
        window = outcome.content_region
        await until(pilot, lambda: worked.region.y == window.y or worked.region.bottom == window.bottom, "all there is")
