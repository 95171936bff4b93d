"""What is drawn, held against the width that there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from tutor.draw.listing import listing
from tutor.draw.verdict import MAX_CHANNELS, MAX_WINDOW_ROWS, counterexample_view, verdict_view
from tutor.verdict import CheckResult, Counterexample, Verdict, Window
from tutor.watch.view import KEYS, KeyLine, ProgressBar

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tutor.course import Course

SMALL = Window(
    "x[0, :], rows -1 to 1, columns 1 to 3; · is padding", ((("·", "·", "·"), ("1", "-2", "3"), ("0", "12", "1")),) * 3
)
LARGE = Window("x[0, :, 0:15, 0:9]", (tuple(tuple(f"{i * j - 3.5}" for j in range(9)) for i in range(15)),) * 6)


def drawn(view: RenderableType, columns: int) -> str:
    console = Console(width=columns, record=True, force_terminal=False)
    with console.capture() as captured:
        console.print(view)
    return captured.get()


def example(window: Window | None = None) -> Counterexample:
    return Counterexample("conv2d(x, weight)", "output", (0, 1, 0, 2), "3.5", "4", 3, 10, window)


@pytest.mark.parametrize("columns", [40, 80, 120])
@pytest.mark.parametrize("window", [SMALL, LARGE])
def test_a_window_fits(window: Window, columns: int) -> None:
    text = drawn(counterexample_view(example(window)), columns)
    assert max(len(line.rstrip()) for line in text.splitlines()) <= columns
    assert "▸ output[0, 1, 0, 2]" in text
    for number in range(min(len(window.channels), MAX_CHANNELS)):
        assert f"channel {number}" in text


def test_every_entry_of_a_small_window_is_shown_in_its_row() -> None:
    lines = drawn(counterexample_view(example(SMALL)), 40).splitlines()
    rows = [line.replace("│", " ").split() for line in lines if line.count("│") == 4]
    assert rows == [["·"] * 6, ["1", "-2", "3"] * 2, ["0", "12", "1"] * 2]
    assert "x[0, :], rows -1 to 1" in drawn(counterexample_view(example(SMALL)), 80)


def test_a_window_on_one_channel_names_that_channel() -> None:
    lines = drawn(counterexample_view(example(Window("x[0, 2, 0:1, 0:1]", ((("7",),),), 2))), 40).splitlines()
    assert [line.strip() for line in lines if "channel" in line] == ["channel 2"]


def test_what_it_looks_like_stands_above_the_check_that_shows_it() -> None:
    checks = tuple(
        CheckResult(name, name, "fail", 0.0, 1.0, f"{name} is off", misconception)
        for name, misconception in (("q1", None), ("q2", "slip"), ("q3", "slip"))
    )
    verdict = Verdict("scale", 2, "fail", 0.0, 3.0, 1, {"says": "how"}, checks, "slip", "a slip")
    text = drawn(verdict_view(verdict), 80)
    assert text.index("Looks like a slip") < text.index("q2 is off")
    assert "q1 is off" not in text


def test_what_is_cut_off_a_large_window_is_said() -> None:
    text = drawn(counterexample_view(example(LARGE)), 40)
    assert "…" in text
    assert "⋮" in text
    assert f"and {6 - MAX_CHANNELS} more channels" in text
    assert text.count("-3.5  -3.5") >= MAX_CHANNELS
    assert len(text.splitlines()) < 12 + MAX_CHANNELS * (MAX_WINDOW_ROWS + 5)


def test_without_a_window_the_counterexample_stands_alone() -> None:
    text = drawn(counterexample_view(example()), 40)
    assert "expected 3.5" in text
    assert "It comes from" not in text


def test_what_a_learner_wrote_is_no_markup() -> None:
    check = CheckResult("one", "[bold]says[/bold] [/]", "fail", 0.0, 1.0, "[red]off[/red] [/]")
    verdict = Verdict("scale", 2, "fail", 0.0, 1.0, 1, {"says": "[i]how[/i]"}, (check,), printed="[/oops]\x1b[31mred")
    text = drawn(verdict_view(verdict), 80)
    for words in ("[bold]says[/bold] [/]", "[red]off[/red] [/]", "[i]how[/i]", "[/oops]"):
        assert words in text
    assert "\x1b" not in text


@pytest.mark.parametrize("columns", [40, 60, 100])
def test_keys_are_never_parted_from_what_they_do(columns: int) -> None:
    lines = drawn(KeyLine(), columns).splitlines()
    assert max(map(len, lines)) <= columns
    assert [item for line in lines for item in line.split("  ")] == [f"{key} {says}" for key, says in KEYS.items()]


@pytest.mark.parametrize(("passed", "total"), [(0, 9), (3, 9), (9, 9), (1, 1)])
def test_the_bar_says_how_many_are_passed(passed: int, total: int) -> None:
    bar = drawn(ProgressBar(passed, total), 40).rstrip("\n")
    assert len(bar) == 40
    assert bar.endswith(f"] {passed}/{total}")
    assert (bar.count("#") == 0) == (passed == 0)
    assert ("·" in bar or ">" in bar) == (passed < total)


@pytest.mark.parametrize("columns", [40, 60, 100])
def test_the_listing_fits(course: Course, columns: int) -> None:
    from tutor.draw.course import rows_of

    rows = rows_of(course)
    stands = {rows[0][1]: (True, 3.0), rows[1][1]: (False, 1.5)}
    lines = listing(rows, stands, columns, colour=False)
    assert max(map(len, lines)) <= columns
    text = " ".join(" ".join(lines).split())
    for row in rows:
        assert row[2] in text
    assert text.count("✓ passed") == 1
    assert f"… tried, best 1.5 of {rows[1][5]:g}" in text
