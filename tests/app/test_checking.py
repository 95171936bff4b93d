"""Checks that run while one goes on, and the file that other programs write too; judged by the fake engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual import events

from tests.app.conftest import (
    RIGHT,
    WRONG,
    FakeEngine,
    attempts,
    file_of,
    open_exercise,
    program,
    status_of,
    text_of,
    type_program,
    until,
)
from tutor.app.screens.home import HomeScreen
from tutor.app.widgets.answer_pane import AnswerPane
from tutor.app.widgets.verdict_pane import VerdictPane
from tutor.errors import GraderError

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tutor.app.app import TutorApp

SIZE = (120, 40)


def kept_text(app: TutorApp) -> str | None:
    assert app.workspace is not None
    with app.workspace.progress() as progress:
        return progress.last_kept_text("scale")


async def save(pilot: Pilot[int], app: TutorApp, text: str) -> None:
    type_program(app, text)
    await pilot.press("ctrl+s")


async def test_a_check_that_runs_says_so_and_is_cancelled_by_escape(app: TutorApp, fake: FakeEngine) -> None:
    fake.gate.clear()
    async with app.run_test(size=SIZE) as pilot:
        await open_exercise(app, pilot, "scale")
        await save(pilot, app, RIGHT)
        await until(pilot, lambda: "Checking 1 of 1" in status_of(app))
        await until(pilot, lambda: "▸" in text_of(app.screen.query_one(VerdictPane)))
        await pilot.press("escape")
        await until(pilot, lambda: fake.cancelled == 1)
        assert "Cancelled" in text_of(app.screen.query_one(VerdictPane))
        assert attempts(app, "scale") == 0
        assert file_of(app, "scale").read_text() == RIGHT
        fake.gate.set()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: status_of(app).startswith("✓ Passed"))
        assert attempts(app, "scale") == 1


async def test_a_second_save_takes_the_place_of_the_check_that_runs(app: TutorApp, fake: FakeEngine) -> None:
    fake.gate.clear()
    async with app.run_test(size=SIZE) as pilot:
        await open_exercise(app, pilot, "scale")
        await save(pilot, app, WRONG)
        await until(pilot, lambda: fake.checked == [WRONG])
        await save(pilot, app, RIGHT)
        await until(pilot, lambda: fake.checked == [WRONG, RIGHT])
        assert fake.cancelled == 1
        fake.gate.set()
        await until(pilot, lambda: status_of(app).startswith("✓ Passed"))
        assert attempts(app, "scale") == 1


async def test_what_the_engine_cannot_judge_is_said_in_words(
    app: TutorApp, fake: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise GraderError("the engine ended unexpectedly: boom", "Try again.")

    monkeypatch.setattr(fake, "check", broken)
    async with app.run_test(size=SIZE) as pilot:
        await open_exercise(app, pilot, "scale")
        await save(pilot, app, RIGHT)
        await until(pilot, lambda: "boom" in text_of(app.screen.query_one(VerdictPane)))
        assert "Try again." in text_of(app.screen.query_one(VerdictPane))
        assert program(app) == RIGHT


async def test_saving_in_another_editor_reloads_and_checks(app: TutorApp, fake: FakeEngine) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_exercise(app, pilot, "scale")
        file_of(app, "scale").write_text(RIGHT)
        await until(pilot, lambda: status_of(app).startswith("✓ Passed"))
        assert program(app) == RIGHT
        assert fake.checked == [RIGHT]


@pytest.mark.parametrize(("key", "wins", "kept"), [("f8", WRONG, "inside\n"), ("ctrl+s", "inside\n", WRONG)])
async def test_a_change_outside_beside_unsaved_text_asks_and_loses_nothing(
    app: TutorApp, key: str, wins: str, kept: str
) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_exercise(app, pilot, "scale")
        type_program(app, "inside\n")
        file_of(app, "scale").write_text(WRONG)
        await until(pilot, lambda: app.screen.query_one(AnswerPane).conflict)
        assert "F8 loads the text from outside" in text_of(app.screen)
        assert (program(app), file_of(app, "scale").read_text()) == ("inside\n", WRONG)
        await pilot.press(key)
        await until(pilot, lambda: attempts(app, "scale") == 1)
        assert (program(app), file_of(app, "scale").read_text()) == (wins, wins)
        assert kept_text(app) == kept
        assert not app.screen.query_one(AnswerPane).conflict


async def test_saving_just_after_a_change_outside_writes_nothing_yet(app: TutorApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_exercise(app, pilot, "scale")
        pane = app.screen.query_one(AnswerPane)
        type_program(app, "inside\n")
        file_of(app, "scale").write_text(WRONG)
        pane.save()
        assert pane.conflict
        assert file_of(app, "scale").read_text() == WRONG
        await pilot.pause()


async def test_reset_lays_down_the_starter_and_keeps_the_text(app: TutorApp) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_exercise(app, pilot, "scale")
        starter = program(app)
        await save(pilot, app, WRONG)
        await until(pilot, lambda: status_of(app).startswith("✗"))
        await pilot.press("f7")
        await until(pilot, lambda: "starter is laid down" in status_of(app))
        assert program(app) == file_of(app, "scale").read_text() == starter
        assert kept_text(app) == WRONG


@pytest.mark.parametrize("key", ["escape", "ctrl+q"])
async def test_leaving_saves_what_is_unsaved(app: TutorApp, fake: FakeEngine, key: str) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_exercise(app, pilot, "scale")
        type_program(app, RIGHT)
        await pilot.press(key)
        if key == "escape":
            await until(pilot, lambda: isinstance(app.screen, HomeScreen))
    assert file_of(app, "scale").read_text() == RIGHT
    assert fake.checked == []
    assert fake.closed.wait(5)


@pytest.mark.parametrize("last", ["ctrl+s", "ctrl+q"])
async def test_keys_that_come_at_once_are_all_saved(app: TutorApp, last: str) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await open_exercise(app, pilot, "scale")
        type_program(app, "")
        await pilot.pause()
        for character in "typed":
            app.post_message(events.Key(character, character))
        app.post_message(events.Key(last, None))
        await until(pilot, lambda: file_of(app, "scale").read_text() == "typed")


async def test_leaving_cancels_the_check_that_runs(app: TutorApp, fake: FakeEngine) -> None:
    fake.gate.clear()
    async with app.run_test(size=SIZE) as pilot:
        await open_exercise(app, pilot, "scale")
        await save(pilot, app, RIGHT)
        await until(pilot, lambda: fake.checked)
        await pilot.press("ctrl+q")
    assert fake.cancelled == 1
    assert attempts(app, "scale") == 0


async def test_a_file_that_was_deleted_is_laid_down_again(app: TutorApp) -> None:
    file_of(app, "scale").unlink()
    async with app.run_test(size=SIZE) as pilot:
        await open_exercise(app, pilot, "scale")
        assert "NotImplementedError" in program(app)
        assert file_of(app, "scale").exists()


async def test_a_file_that_is_no_text_is_said_so_and_stays(app: TutorApp) -> None:
    file_of(app, "scale").write_bytes(b"\xff\xfe")
    async with app.run_test(size=SIZE) as pilot:
        await open_exercise(app, pilot, "scale")
        await until(pilot, lambda: "not UTF-8" in text_of(app.screen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
    assert file_of(app, "scale").read_bytes() == b"\xff\xfe"
