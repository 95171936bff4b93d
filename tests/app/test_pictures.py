"""Pictures in the app: stepping, playing, other sizes, other pictures."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input, Static

from tests.app.conftest import until
from tutor.app.screens.home import HomeScreen
from tutor.app.screens.picture import PictureScreen
from tutor.pictures import KINDS, read_words

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tutor.app.app import TutorApp

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
    monkeypatch.setattr("tutor.app.screens.picture.SECONDS", (0.01,) * 5)
    async with app.run_test() as pilot:
        await open_pictures(app, pilot)
        await pilot.press("space")
        await until(pilot, lambda: is_at(app, STEPS) and "playing" not in words(app, "says"), "it has played")
        monkeypatch.setattr("tutor.app.screens.picture.SECONDS", (60.0,) * 5)
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


async def test_the_pictures_of_an_exercise_come_first_and_all_others_after_them(app: TutorApp) -> None:
    async with app.run_test() as pilot:
        asked = [read_words(["convolution", "stride=1"])]
        app.call_later(app.push_screen, PictureScreen(asked))
        await until(pilot, lambda: isinstance(app.screen, PictureScreen) and is_at(app, 1, 17))
        assert value(app, "stride").value == "1"
        seen = []
        for _ in KINDS:
            seen.append(str(app.screen.query_one("#standing").render()).rpartition(" ")[2])
            await pilot.press("n")
        assert seen == ["convolution", *(name for name in KINDS if name != "convolution")]
        assert value(app, "stride").value == "1", "after the last comes the first, as one has left it"
