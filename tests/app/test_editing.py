"""The editor of a program: it indents, and marks the line that raised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.app.conftest import RIGHT, open_exercise, program, status_of, type_program, until
from tutor.app.widgets.code_answer import PythonArea, indentation_below

if TYPE_CHECKING:
    from tutor.app.app import TutorApp


@pytest.mark.parametrize(
    ("line", "below"),
    [
        ("def f(x):", "    "),
        ("    if x:  # why", "        "),
        ("    y = x", "    "),
        ("        return y", "    "),
        ("        return f(", "        "),
        ("    returned = 1", "    "),
        ("raise ValueError", ""),
        ("", ""),
    ],
)
def test_the_next_line_begins_where_python_wants_it(line: str, below: str) -> None:
    assert indentation_below(line) == below


async def test_enter_indents_and_is_undone_as_one(app: TutorApp) -> None:
    async with app.run_test() as pilot:
        await open_exercise(app, pilot, "scale")
        type_program(app, "def scale(x, factor):")
        app.screen.query_one(PythonArea).move_cursor((0, 99))
        await pilot.press("enter", *"if x:", "enter", *"return x", "enter", "enter")
        await until(pilot, lambda: program(app) == "def scale(x, factor):\n    if x:\n        return x\n    \n    ")
        # Within a line, what stands behind the cursor goes along.
        type_program(app, "    a = 1; b = 2")
        app.screen.query_one(PythonArea).move_cursor((0, 10))
        await pilot.press("enter")
        await until(pilot, lambda: program(app) == "    a = 1;\n     b = 2")


async def test_the_line_that_raised_is_marked_until_one_types(real_app: TutorApp) -> None:
    app = real_app

    def marked(row: int) -> bool:
        line = app.screen.query_one(PythonArea).get_line(row)
        return any("underline" in str(span.style) for span in line.spans)

    async with app.run_test(size=(120, 40)) as pilot:
        await open_exercise(app, pilot, "scale")
        type_program(app, "def scale(x, factor):\n    y = x\n    return y * faktor\n")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: status_of(app).startswith("✗ Error"), "the verdict")
        assert [marked(row) for row in range(3)] == [False, False, True]
        await pilot.press("space")
        await until(pilot, lambda: not marked(2))
        type_program(app, RIGHT)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: status_of(app).startswith("✓"), "the verdict")
        assert not any(map(marked, range(2)))


def colours(area: PythonArea) -> list[list[str]]:
    """For each character of each line how it is drawn."""
    lines = [area.get_line(row) for row in range(area.document.line_count)]
    return [
        [
            " ".join(str(span.style) for span in line.spans if span.start <= place < span.end)
            for place in range(len(line))
        ]
        for line in lines
    ]


@pytest.mark.parametrize(
    ("program", "place", "keys"),
    [
        ('"""What it\nsays."""\nx = 1\n', (1, 2), ["a", "f", "1"]),
        ("def scale(x):\n    return x\n", (1, 10), ["backspace", "backspace", "s"]),
        ("x = 'a'\ny = 2\n", (0, 0), ["#"]),
        ("x = 'a'\ny = 2\n", (0, 7), ["delete", "left", "enter", "'"]),
        ("x = 1\n", (0, 5), ['"', '"', '"', "enter", "i", "f"]),
    ],
)
async def test_what_is_typed_has_the_colours_that_it_would_have_if_it_were_loaded(
    app: TutorApp, program: str, place: tuple[int, int], keys: list[str]
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await open_exercise(app, pilot, "scale")
        area = app.screen.query_one(PythonArea)
        type_program(app, program)
        area.move_cursor(place)
        await pilot.press(*keys)
        typed = area.text
        assert typed != program
        await until(pilot, lambda: area._until_coloured is None, "nothing is typed for a while")
        seen = colours(area)
        area.load_text(typed)
        assert seen == colours(area)


async def test_until_then_it_has_those_of_what_it_is_typed_into(app: TutorApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.app.widgets.code_answer.COLOUR_AFTER_S", 1000.0)
    async with app.run_test(size=(120, 40)) as pilot:
        await open_exercise(app, pilot, "scale")
        area = app.screen.query_one(PythonArea)
        type_program(app, '"""What it\nsays."""\nx = 1\n')
        before = colours(area)
        area.move_cursor((1, 2))
        await pilot.press("i", "f", "space")
        after = colours(area)
        assert after[1] == before[1][:1] * 3 + before[1], "not those of a keyword"
        assert (after[0], after[2]) == (before[0], before[2])
        await pilot.press("backspace", "backspace", "backspace")
        assert colours(area) == before
