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
