from __future__ import annotations

import gc
from functools import partial
from typing import TYPE_CHECKING, cast

import pytest
from textual.widgets import Button, Input, OptionList, Static

from tests.app.conftest import FakeEngine, open_exercise, text_of, until, verdict_on
from tutor.app.app import TutorApp
from tutor.app.screens.exercise import ExerciseScreen
from tutor.app.screens.home import HomeScreen
from tutor.app.screens.welcome import WelcomeScreen
from tutor.course import builtin_course, load_course
from tutor.draw.moment import moment
from tutor.workspace import find_workspace, make_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from tutor.course import Course
    from tutor.workspace import Workspace


async def test_welcome_makes_a_workspace_and_goes_on(small_course: Course, tmp_path: Path, fake: FakeEngine) -> None:
    app = TutorApp(small_course, tmp_path, engine=fake)
    async with app.run_test(size=(80, 24)) as pilot:
        assert isinstance(app.screen, WelcomeScreen)
        assert "decides" in text_of(app.screen)
        app.screen.query_one("#name", Input).value = "Grace"
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
    workspace = find_workspace(tmp_path / "cnn-course")
    assert workspace.learner == "Grace"
    assert workspace.path(small_course.find("scale")).is_file()
    assert fake.closed.wait(5)


async def test_garbage_is_collected_from_the_first_screen_on(
    small_course: Course, tmp_path: Path, fake: FakeEngine
) -> None:
    gc.disable()  # as whoever starts the app does
    try:
        async with TutorApp(small_course, tmp_path, engine=fake).run_test() as pilot:
            await until(pilot, gc.isenabled)
    finally:
        gc.enable()
        gc.unfreeze()


async def test_welcome_says_what_is_wrong_and_loses_nothing(
    small_course: Course, tmp_path: Path, fake: FakeEngine
) -> None:
    (tmp_path / "taken").write_text("a file")
    app = TutorApp(small_course, tmp_path, engine=fake)
    async with app.run_test(size=(80, 24)) as pilot:
        app.screen.query_one("#folder", Input).value = "taken"
        app.screen.query_one("#name", Input).value = "Grace"
        await pilot.press("enter")
        problem = app.screen.query_one("#problem", Static)
        await until(pilot, lambda: "cannot be written" in str(problem.visual))
        assert app.screen.query_one("#name", Input).value == "Grace"
        assert not app.screen.query_one("#begin", Button).loading
        app.screen.query_one("#folder", Input).value = ""
        await pilot.press("enter")
        await until(pilot, lambda: "no name" in str(problem.visual))
        assert app.workspace is None
    assert (tmp_path / "taken").read_text() == "a file"


async def test_home_shows_every_state_and_what_is_next(app: TutorApp, fake: FakeEngine) -> None:
    course, workspace = app.course, app.workspace
    assert workspace is not None
    with workspace.progress() as progress:
        progress.record(verdict_on(course.find("sum-by-hand"), "pass"), "text")
        progress.record(verdict_on(course.find("scale"), "fail"), "text")
    async with app.run_test(size=(80, 24)) as pilot:
        options = app.screen.query_one(OptionList)
        highlighted = options.highlighted_option
        assert highlighted is not None
        assert highlighted.id == "scale"
        assert "1 of 3 passed" in text_of(app.screen)
        shown = "\n".join(strip.text for strip in options.render_lines(options.content_region.reset_offset))
        for words in ("✓ passed", "… tried, best 0 of 2", "· not begun", "by hand", "code", "2 min"):
            assert words in shown
        await until(pilot, fake.started.is_set)


@pytest.mark.parametrize("columns", [40, 60, 80])
async def test_the_list_shows_every_title_and_state_whole(columns: int, tmp_path: Path, fake: FakeEngine) -> None:
    course = load_course(builtin_course())
    workspace, _ = make_workspace(tmp_path, course, "ada")
    with workspace.progress() as progress:
        progress.record(verdict_on(course.find("conv2d"), "fail"), "text")
    app = TutorApp(course, workspace.root, engine=fake)
    async with app.run_test(size=(columns, 4 * len(course.exercises))) as pilot:
        options = app.screen.query_one(OptionList)
        await until(pilot, lambda: options.option_count)
        strips = options.render_lines(options.outer_size.region)
        shown = " ".join(" ".join(strip.text.replace("│", " ") for strip in strips).split())
        for exercise in course.exercises:
            assert f" {exercise.number} {exercise.title} " in shown
        assert "… tried, best 0 of 10" in shown
        assert shown.count("· not begun") == len(course.exercises) - 1
        assert columns == 80 or "15 min" not in shown


async def test_enter_opens_and_escape_comes_back_to_a_fresh_list(app: TutorApp, fake: FakeEngine) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: "1 Sums and means by hand" in text_of(app.screen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        assert app.workspace is not None
        with app.workspace.progress() as progress:
            progress.record(verdict_on(app.course.find("sum-by-hand"), "pass"), "text")
        await open_exercise(app, pilot, "scale")
        await pilot.press("escape")
        await until(pilot, lambda: "1 of 3 passed" in text_of(app.screen))


async def test_what_is_known_of_an_exercise_says_when_it_was_last_tried(app: TutorApp) -> None:
    with cast("Workspace", app.workspace).progress() as progress:
        progress.record(verdict_on(app.course.find("sum-by-hand"), "fail"), "text")
        last = progress.standings()["sum-by-hand"].last_at
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: f"{moment(last)}  not yet" in text_of(app.screen))


async def test_words_find_exercises_and_escape_shows_all_again(app: TutorApp) -> None:
    with cast("Workspace", app.workspace).progress() as progress:
        progress.record(verdict_on(app.course.find("sum-by-hand"), "pass"), "text")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        everything = listed(app)
        for words, slugs in (
            ("hand", ["sum-by-hand"]),
            ("sca", ["scale"]),
            ("3", ["affine"]),
            ("open code", ["scale", "affine"]),
            ("passed", ["sum-by-hand"]),
            ("no such word", []),
        ):
            await pilot.press("slash", *("space" if letter == " " else letter for letter in words))
            await until(pilot, partial(lists, app, slugs), words)
            await pilot.press("escape")
            await until(pilot, partial(lists, app, everything))
        await pilot.press("slash", "s", "c", "a", "enter", "enter")
        await until(pilot, lambda: isinstance(app.screen, ExerciseScreen))


def listed(app: TutorApp) -> list[str]:
    options = app.screen.query_one("#list", OptionList)
    return [option.id for option in options.options if option.id]


def lists(app: TutorApp, slugs: list[str]) -> bool:
    return listed(app) == slugs


async def test_the_theme_that_one_has_chosen_is_there_the_next_time(
    small_course: Course, workspace: Workspace, fake: FakeEngine
) -> None:
    app = TutorApp(small_course, workspace.root, engine=fake)
    async with app.run_test():
        app.theme = "cnn-light"
    again = TutorApp(small_course, workspace.root, engine=fake)
    async with again.run_test() as pilot:
        assert again.theme == "cnn-light"
        await pilot.pause()
    with workspace.progress() as progress:
        progress.set_setting("theme", "no-such-theme")
    fallen_back = TutorApp(small_course, workspace.root, engine=fake)
    async with fallen_back.run_test() as pilot:
        assert fallen_back.theme == "cnn-dark"
        await until(pilot, lambda: any("no-such-theme" in toast.message for toast in fallen_back._notifications))


async def test_f1_shows_every_key_of_the_place_and_closes_again(app: TutorApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f1")
        await until(pilot, lambda: "Open the exercise under the cursor" in text_of(app.screen))
        assert "Lab: Train networks" in text_of(app.screen)
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        await open_exercise(app, pilot, "scale")
        await pilot.press("f4", "f1")
        await until(pilot, lambda: "Save your answer and check it" in text_of(app.screen))
        assert "Delete left to start of word" in text_of(app.screen)


async def test_every_key_with_an_id_is_in_the_palette(app: TutorApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await open_exercise(app, pilot, "scale")
        titles = {command.title for command in app.get_system_commands(app.screen)}
        assert {"Check", "Hint", "Lesson", "Answer", "Verdict", "Reset", "Help", "Theme"} <= titles
        assert "Next" not in titles, "not before a pass"


async def test_the_cursor_stays_where_it_was_unless_something_else_is_next(app: TutorApp) -> None:
    def under_cursor() -> str | None:
        option = app.screen.query_one("#list", OptionList).highlighted_option
        return None if option is None else option.id

    async with app.run_test() as pilot:
        await until(pilot, lambda: under_cursor() == "sum-by-hand")
        await pilot.press("down", "down")
        assert under_cursor() == "affine"
        await pilot.press("f1")
        await until(pilot, lambda: not isinstance(app.screen, HomeScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        await pilot.pause()
        assert under_cursor() == "affine"
