"""What was typed and not saved outlives a crash."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, cast

import pytest

from tests.app.conftest import RIGHT, WRONG, FakeEngine, file_of, open_exercise, program, text_of, type_program, until
from tutor.app.app import TutorApp
from tutor.app.widgets.answer_form import Cell

if TYPE_CHECKING:
    from pathlib import Path

    from tutor.course import Course
    from tutor.workspace import Workspace


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.app.widgets.answer_pane.KEEP_DRAFT_AFTER_S", 0.01)


@pytest.fixture(scope="module")
def gone() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def drafts(app: TutorApp) -> list[Path]:
    return sorted((cast("Workspace", app.workspace).state / "drafts").glob("*.*"))


def crash(app: TutorApp, gone: int) -> None:
    """What the drafts are once the app's process is no more."""
    for path in drafts(app):
        path.rename(path.with_name(f"{path.stem}.{gone}"))


async def test_the_next_app_shows_it_unsaved_and_the_file_is_as_it_was(
    app: TutorApp, small_course: Course, workspace: Workspace, fake: FakeEngine, gone: int
) -> None:
    async with app.run_test() as pilot:
        await open_exercise(app, pilot, "scale")
        before = file_of(app, "scale").read_text()
        type_program(app, WRONG)
        await until(pilot, lambda: [path.read_text() for path in drafts(app)] == [WRONG])
    crash(app, gone)
    again = TutorApp(small_course, workspace.root, engine=fake)
    async with again.run_test() as pilot:
        await open_exercise(again, pilot, "scale")
        await until(pilot, lambda: program(again) == WRONG)
        assert "typed and not saved" in text_of(again.screen)
        assert file_of(again, "scale").read_text() == before
        await pilot.press("f4", "ctrl+s")
        await until(pilot, lambda: file_of(again, "scale").read_text() == WRONG and not drafts(again))


async def test_entries_of_a_form_too(
    app: TutorApp, small_course: Course, workspace: Workspace, fake: FakeEngine, gone: int
) -> None:
    async with app.run_test() as pilot:
        await open_exercise(app, pilot, "sum-by-hand")
        await pilot.press("f4", "4", "2")
        await until(pilot, lambda: any("42" in path.read_text() for path in drafts(app)))
    crash(app, gone)
    again = TutorApp(small_course, workspace.root, engine=fake)
    async with again.run_test() as pilot:
        await open_exercise(again, pilot, "sum-by-hand")
        await until(pilot, lambda: next(iter(again.screen.query(Cell))).value == "42")


async def test_of_several_the_newest_is_shown_and_the_others_are_kept(
    app: TutorApp, workspace: Workspace, gone: int
) -> None:
    folder = workspace.state / "drafts"
    folder.mkdir()
    for number, text in ((gone, WRONG), (4_000_000, RIGHT)):
        (folder / f"scale.{number}").write_text(text)
    older, newer = (folder / f"scale.{gone}"), (folder / "scale.4000000")
    stamp = newer.stat().st_mtime_ns
    os.utime(older, ns=(stamp - 10**9, stamp - 10**9))
    async with app.run_test() as pilot:
        await open_exercise(app, pilot, "scale")
        await until(pilot, lambda: program(app) == RIGHT)
    assert [kept.text for kept in workspace.kept_texts(app.course.find("scale"))] == [WRONG]


async def test_an_app_that_is_open_keeps_its_own(app: TutorApp, small_course: Course, fake: FakeEngine) -> None:
    async with app.run_test() as pilot:
        await open_exercise(app, pilot, "scale")
        starter = program(app)
        type_program(app, WRONG)
        await until(pilot, lambda: len(drafts(app)) == 1)
        other = TutorApp(small_course, app.start_folder, engine=fake)
    async with other.run_test() as pilot:
        await open_exercise(other, pilot, "scale")
        assert program(other) == starter
        assert len(drafts(other)) == 1


async def test_leaving_as_one_should_leaves_no_draft(app: TutorApp) -> None:
    async with app.run_test() as pilot:
        await open_exercise(app, pilot, "scale")
        type_program(app, RIGHT)
        await until(pilot, lambda: len(drafts(app)) == 1)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not drafts(app))
    assert file_of(app, "scale").read_text() == RIGHT


async def test_a_fault_of_ours_saves_what_is_typed_and_prints_no_traceback(
    app: TutorApp, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CNN_TUTOR_DEBUG", raising=False)
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - it is raised when the app is left
        async with app.run_test() as pilot:
            await open_exercise(app, pilot, "scale")
            type_program(app, WRONG)
            app.call_later(lambda: 1 / 0)
            while app.fault is None:
                await pilot.pause(0.01)
    assert file_of(app, "scale").read_text() == WRONG
    assert isinstance(app.fault, ZeroDivisionError), "the command line says it in words"
    assert "Traceback" not in "".join(capfd.readouterr())
