"""Pictures in the app: stepping, playing, other sizes, other pictures."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input, Static

from tests.app.conftest import FakeEngine, open_exercise, program, until
from tutor.app.app import TutorApp
from tutor.app.screens.home import HomeScreen
from tutor.app.screens.picture import PictureScreen
from tutor.course import builtin_course, load_course
from tutor.pictures import KINDS
from tutor.workspace import Workspace, make_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

STEPS = 5
"""The convolution's, as it is by default: the input, and four positions of the window."""


def words(app: TutorApp, id: str) -> str:  # noqa: A002 - a widget's
    return str(app.screen.query_one(f"#{id}", Static).visual)


def is_at(app: TutorApp, step: int, of: int = STEPS) -> bool:
    return words(app, "says").startswith(f"Step {step} of {of} ")


async def open_pictures(app: TutorApp, pilot: Pilot[int]) -> None:
    await pilot.press("p")
    await until(pilot, lambda: isinstance(app.screen, PictureScreen) and is_at(app, 1), "the pictures are open")


def value(app: TutorApp, name: str) -> Input:
    return next(field for field in app.screen.query(Input) if field.name == name)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_one_steps_with_keys_and_reads_what_happens(app: TutorApp, size: tuple[int, int]) -> None:
    async with app.run_test(size=size) as pilot:
        await open_pictures(app, pilot)
        assert "The output will be 2×2." in words(app, "says")
        for key, step in (("right", 2), ("l", 3), ("left", 2), ("end", STEPS), ("right", STEPS), ("home", 1)):
            await pilot.press(key)
            await until(pilot, partial(is_at, app, step), f"step {step} after {key}")
        await pilot.press("left", "right")
        assert "( 7)" in words(app, "frame")
        frame = app.screen.query_one("#frame").region
        assert app.screen.query_one("#drawing").region.contains_region(frame), "all of it is in view"
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))


async def test_it_plays_to_the_end_and_from_there_again(app: TutorApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.app.widgets.picture_view.SECONDS", (0.01,) * 5)
    async with app.run_test() as pilot:
        await open_pictures(app, pilot)
        await pilot.press("space")
        await until(pilot, lambda: is_at(app, STEPS) and "playing" not in words(app, "says"), "it has played")
        monkeypatch.setattr("tutor.app.widgets.picture_view.SECONDS", (60.0,) * 5)
        await pilot.press("space")
        await until(pilot, lambda: is_at(app, 1) and "playing" in words(app, "says"), "it begins anew")
        await pilot.press("space")
        await until(pilot, lambda: "playing" not in words(app, "says"), "it is held")


async def test_other_sizes_are_drawn_and_impossible_ones_refused(app: TutorApp) -> None:
    async with app.run_test() as pilot:
        await open_pictures(app, pilot)
        await pilot.press("s")
        await until(pilot, lambda: value(app, "input").has_focus)
        # In a field the arrows are the field's, and letters are typed.
        await pilot.press("home", "delete", "6", "right", "l", "backspace", "enter")
        await until(pilot, lambda: "input 6×4" in words(app, "title"), "it is drawn anew")
        assert app.screen.query_one("#drawing").has_focus
        await pilot.press("s", "tab", "9", "enter")
        await until(pilot, lambda: "kernel: '9' is not" in words(app, "problem"), "it is refused")
        assert "input 6×4" in words(app, "title"), "the last one that could be drawn stays"
        await pilot.press("backspace", "3", "enter")
        await until(pilot, lambda: not app.screen.query_one("#problem").display, "it is mended")


@pytest.fixture
def course_app(tmp_path: Path, fake: FakeEngine) -> TutorApp:
    """The app with the course that ships, whose exercises have pictures."""
    course = load_course(builtin_course())
    return TutorApp(course, make_workspace(tmp_path / "all", course, "ada")[0].root, engine=fake)


async def test_the_pictures_of_an_exercise_come_first_and_all_others_after_them(course_app: TutorApp) -> None:
    app = course_app
    async with app.run_test(size=(120, 40)) as pilot:
        await open_exercise(app, pilot, "conv2d")
        await pilot.press("f9")
        await until(pilot, lambda: drawing_has_focus(app) and is_at(app, 1, 7))
        assert value(app, "stride").value == "1x2", "as the exercise's manifest has it"
        seen = []
        for _ in KINDS:
            seen.append(str(app.screen.query_one("#picture").border_subtitle).rpartition(" ")[2])
            await pilot.press("n")
        assert seen == ["convolution", *(name for name in KINDS if name != "convolution")]
        await until(pilot, lambda: is_at(app, 1, 7))
        assert value(app, "stride").value == "1x2", "after the last comes the first, as one has left it"


def drawing_has_focus(app: TutorApp) -> bool:
    return any(drawing.has_focus for drawing in app.screen.query("#drawing"))


def is_seen(app: TutorApp, pane: str) -> bool:
    return any(widget.region.area > 0 for widget in app.screen.query(f"#{pane}"))


@pytest.mark.parametrize(("size", "beside"), [((80, 24), set()), ((120, 40), {"answer", "verdict"})])
async def test_in_an_exercise_the_picture_takes_the_place_of_the_lesson(
    course_app: TutorApp, size: tuple[int, int], beside: set[str]
) -> None:
    app = course_app
    async with app.run_test(size=size) as pilot:
        await open_exercise(app, pilot, "conv2d")
        await pilot.press("f4", "x", "f9")
        await until(pilot, lambda: is_seen(app, "picture") and drawing_has_focus(app) and is_at(app, 1, 7))
        assert {pane for pane in ("lesson", "answer", "verdict") if is_seen(app, pane)} == beside
        await pilot.press("right")
        await until(pilot, lambda: is_at(app, 2, 7))
        await pilot.press("s")
        await until(pilot, lambda: isinstance(app.focused, Input))
        await pilot.press("escape")
        await until(pilot, lambda: drawing_has_focus(app), "out of the field")
        await pilot.press("escape")
        await until(pilot, lambda: is_seen(app, "lesson") and not is_seen(app, "picture"), "back to the lesson")
        await pilot.press("f4")
        assert program(app).startswith("x"), "what was typed is still there"
        await pilot.press("f9")
        await until(pilot, lambda: drawing_has_focus(app) and is_at(app, 2, 7), "it is as one has left it")


async def test_where_the_terminal_is_large_the_picture_stands_below_the_lesson(course_app: TutorApp) -> None:
    app = course_app
    async with app.run_test(size=(80, 24)) as pilot:
        await open_exercise(app, pilot, "conv2d")
        assert not app.screen.query("#picture")
        await pilot.resize_terminal(200, 60)
        await until(pilot, lambda: all(is_seen(app, pane) for pane in ("lesson", "picture", "answer", "verdict")))
        lesson, picture = (app.screen.query_one(f"#{pane}").region for pane in ("lesson", "picture"))
        assert lesson.bottom <= picture.y
        assert not app.screen.query_one("#picture").has_focus_within, "it draws no attention to itself"


async def test_an_exercise_without_pictures_has_no_place_for_them(app: TutorApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await open_exercise(app, pilot, "scale")
        assert "F9" not in str(app.screen.query_one("#tabs", Static).visual)
        await pilot.press("f9")
        await pilot.pause()
        assert is_seen(app, "lesson")


async def test_the_speed_is_there_the_next_time(app: TutorApp, workspace: Workspace) -> None:
    async with app.run_test() as pilot:
        await open_pictures(app, pilot)
        await pilot.press("plus", "plus", "plus", "minus")
        await pilot.pause()
    with workspace.progress() as progress:
        assert progress.setting("picture_speed") == "3", "very fast is the end of it, and one back"
