"""The whole way through exercises, judged by the real engine."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Markdown, Static

from tests.app.conftest import (
    RIGHT,
    WRONG,
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
from tutor.app.widgets.answer_form import Cell
from tutor.app.widgets.verdict_pane import VerdictPane
from tutor.course.answer_file import indices, write_answers

if TYPE_CHECKING:
    from tutor.app.app import TutorApp
    from tutor.course import Question

SIZES = [(80, 24), (120, 40)]


def right_values(question: Question) -> dict[str, list[str]]:
    columns = list(zip(*question.given["rows"], strict=True))
    return {
        f"{question.name}_total": [str(sum(column)) for column in columns],
        f"{question.name}_mean": [f"{sum(column)}/{len(column)}" for column in columns],
    }


def cell(app: TutorApp, blank: str, *index: int) -> Cell:
    return next(one for one in app.screen.query(Cell) if (one.blank, one.index) == (blank, index))


def is_in(app: TutorApp, blank: str, column: int) -> bool:
    return cell(app, blank, column).has_focus


def recorded(app: TutorApp, count: int) -> bool:
    return attempts(app, "scale") == count


def shown(app: TutorApp, widget: str) -> bool:
    return app.screen.query_one(widget).region.area > 0


@pytest.mark.parametrize("size", SIZES)
async def test_compute_wrong_then_right_then_next(real_app: TutorApp, size: tuple[int, int]) -> None:
    app = real_app
    exercise = app.course.find("sum-by-hand")
    assert app.workspace is not None
    answers = {
        name: values for question in exercise.questions("ada") for name, values in right_values(question).items()
    }
    async with app.run_test(size=size) as pilot:
        await open_exercise(app, pilot, "sum-by-hand")
        await pilot.press("f4")
        await until(pilot, lambda: cell(app, "q1_total", 0).has_focus)
        await pilot.press("4", "right", "9", "right", "5", "ctrl+s")
        await until(pilot, lambda: status_of(app).startswith("✗ Not yet"), "the verdict")
        assert "q1_total = [4, 9, 5]\n" in file_of(app, "sum-by-hand").read_text()
        assert cell(app, "q1_total", 1).has_class("-wrong")
        assert str(cell(app, "q1_total", 1).mark.visual) == "✗"
        assert not cell(app, "q1_total", 0).has_class("-wrong")
        said = [str(one.visual) for one in app.screen.query(".said").results(Static)]
        assert [words[:1] for words in said] == ["✗", "·", "·"], "what is not filled in is not wrong"
        assert shown(app, "AnswerPane")

        for name, values in answers.items():
            for column, value in enumerate(values):
                cell(app, name, column).value = value
        await pilot.press("ctrl+s")
        await until(pilot, lambda: status_of(app).startswith("✓ Passed"), "the pass")
        assert f"q2_mean = [{', '.join(answers['q2_mean'])}]" in file_of(app, "sum-by-hand").read_text()
        assert not list(app.screen.query("Cell.-wrong"))
        assert shown(app, "VerdictPane")
        await until(pilot, lambda: "shares a total out evenly" in text_of(app.screen.query_one(VerdictPane)))
        assert "def totals(rows)" in app.screen.query_one("#explanation", Markdown).source
        await pilot.press("f6")
        await until(pilot, lambda: "2 Scale a tensor" in text_of(app.screen))
    assert attempts(app, "sum-by-hand") == 2


@pytest.mark.parametrize("size", SIZES)
async def test_implement_fail_hint_pass_next(real_app: TutorApp, size: tuple[int, int]) -> None:
    app = real_app
    async with app.run_test(size=size) as pilot:
        await open_exercise(app, pilot, "scale")
        verdict = app.screen.query_one(VerdictPane)
        for attempt in (1, 2):
            await pilot.press("f4")
            type_program(app, f"{WRONG}# {attempt}\n")
            await pilot.press("ctrl+s")
            await until(pilot, partial(recorded, app, attempt), "the verdict is recorded")
            await until(pilot, lambda: status_of(app).startswith("✗ Not yet"), "the verdict")
            assert app.screen.query_one("#offer", Static).display == (attempt == 2)
        assert "Looks like the factor is added" in text_of(verdict)
        await pilot.press("f2")
        await until(pilot, lambda: "Hint 1 of 2\nMultiply." in text_of(verdict))
        assert shown(app, "#verdict")
        assert app.workspace is not None
        with app.workspace.progress() as progress:
            assert progress.hints_shown("scale") == 1
        await pilot.press("f6")
        assert "2 Scale a tensor" in text_of(app.screen), "there is no going on before the pass"
        await pilot.press("f4")
        type_program(app, RIGHT)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: status_of(app).startswith("✓ Passed"), "the pass")
        await until(pilot, lambda: "The reference solution" in app.screen.query_one("#explanation", Markdown).source)
        await pilot.press("f6")
        await until(pilot, lambda: "3 An affine module" in text_of(app.screen))


async def test_the_last_verdict_and_hints_are_there_when_one_comes_back(app: TutorApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await open_exercise(app, pilot, "scale")
        type_program(app, RIGHT)
        await pilot.press("ctrl+s", "f2")
        await until(pilot, lambda: status_of(app).startswith("✓ Passed"))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        await open_exercise(app, pilot, "scale")
        await until(pilot, lambda: status_of(app).startswith("✓ Passed"))
        assert "Hint 1 of 2" in text_of(app.screen.query_one(VerdictPane))
        assert program(app) == RIGHT


async def test_an_entry_that_is_no_python_is_said_before_anything_is_written(app: TutorApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await open_exercise(app, pilot, "sum-by-hand")
        before = file_of(app, "sum-by-hand").read_text()
        await until(pilot, lambda: cell(app, "q1_total", 0).has_focus)
        await pilot.press("2", "comma", "5", "ctrl+s")
        await until(pilot, lambda: "write 2.5" in text_of(app.screen))
        assert cell(app, "q1_total", 0).has_class("-faulty")
        assert file_of(app, "sum-by-hand").read_text() == before
        await pilot.press("escape")
        await until(pilot, lambda: "Leaving again drops" in text_of(app.screen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))


async def test_arrows_move_between_the_entries(app: TutorApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await open_exercise(app, pilot, "sum-by-hand")
        await until(pilot, lambda: cell(app, "q1_total", 0).has_focus)
        way = [
            ("right", "q1_total", 1),
            ("down", "q1_mean", 1),
            ("down", "q2_total", 1),
            ("up", "q1_mean", 1),
            ("left", "q1_mean", 0),
            ("left", "q1_total", 2),
            ("tab", "q1_mean", 0),
            ("enter", "q2_total", 0),
        ]
        for key, blank, column in way:
            await pilot.press(key)
            await until(pilot, partial(is_in, app, blank, column), f"{key}: {blank}")


ODD = "def scale(x, factor):\n\x0c    return x * factor  # \x1b]0;title\x07\u202e \x9b2J \u2028 \x85 end\n"


def drawn(app: TutorApp) -> str:
    """What goes to the terminal."""
    return "\n".join("".join(segment.text for segment in line) for line in app.screen._compositor.render_strips())


async def test_a_program_is_drawn_without_what_a_terminal_would_obey_and_stays_as_it_is(app: TutorApp) -> None:
    file = file_of(app, "scale")
    file.write_text(ODD)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_exercise(app, pilot, "scale")
        await until(pilot, lambda: "\ufffd]0;title\ufffd\ufffd \ufffd2J" in drawn(app))
        assert not set(drawn(app)) & set("\x1b\x07\u202e\x9b\x0c\u2028\x85")
        assert app.screen.query_one("#answer").border_subtitle == "saved"
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
    assert file.read_text() == ODD


async def test_answers_are_drawn_without_what_a_terminal_would_obey_and_stay_as_they_are(app: TutorApp) -> None:
    file = file_of(app, "sum-by-hand")
    text = "q1_total = [(1 +\n2), '\x1b[2J\u202e', 3]\nq1_mean = '\x1b]0;title'\n"
    file.write_text(text)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_exercise(app, pilot, "sum-by-hand")
        await until(pilot, lambda: "'\ufffd[2J\ufffd'" in drawn(app))
        assert "The file says `'\ufffd]0;title'`" in text_of(app.screen)
        assert not set(drawn(app)) & set("\x1b\u202e")
        assert cell(app, "q1_total", 0).value == "1 +\n2"
        assert "1 + 2" in drawn(app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
    assert file.read_text() == text


async def test_a_file_that_is_nested_too_deeply_is_said_so_and_stays(app: TutorApp) -> None:
    file = file_of(app, "sum-by-hand")
    deep = f"q1_total = {'+'.join(['1'] * 100_000)}\n"
    file.write_text(deep)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_exercise(app, pilot, "sum-by-hand")
        await until(pilot, lambda: "nested too deeply" in text_of(app.screen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
    assert file.read_text() == deep


async def test_a_file_that_is_no_python_is_said_so_and_stays(app: TutorApp) -> None:
    file = file_of(app, "sum-by-hand")
    file.write_text("q1_total = [1,\n")
    async with app.run_test(size=(120, 40)) as pilot:
        await open_exercise(app, pilot, "sum-by-hand")
        await until(pilot, lambda: "no Python any more" in text_of(app.screen))
        assert "line 1" in text_of(app.screen)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen))
        assert file.read_text() == "q1_total = [1,\n"
        await open_exercise(app, pilot, "sum-by-hand")
        blanks = [blank for question in app.course.find("sum-by-hand").questions("ada") for blank in question.blanks]
        answers = {blank.name: dict.fromkeys(indices(blank.shape), "7") for blank in blanks}
        file.write_text(write_answers("", blanks, answers))
        await until(pilot, lambda: cell(app, "q3_mean", 2).value == "7", "the mended file is read")
