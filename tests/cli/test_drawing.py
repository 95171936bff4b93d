"""What is drawn, held against the width that there is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from tutor.draw.listing import listing
from tutor.draw.plain import in_one_line, without_controls
from tutor.draw.verdict import MAX_CHANNELS, MAX_PRINTED_LINES, MAX_WINDOW_ROWS, counterexample_view, verdict_view
from tutor.draw.words import fitted, reflowed
from tutor.junit import junit_xml
from tutor.verdict import CheckResult, CheckStatus, Counterexample, SideBySide, Verdict, VerdictName, Window, WrongValue
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


BOTH = SideBySide(
    "output[0, 1, :, 2:10]",
    tuple(tuple(f"{row * column}.25" for column in range(8)) for row in range(3)),
    tuple(tuple(f"{row * column}.25" if column else "-1" for column in range(8)) for row in range(3)),
    tuple(tuple(column == 0 for column in range(8)) for _ in range(3)),
)


@pytest.mark.parametrize(("columns", "beside"), [(40, False), (80, False), (160, True)])
def test_what_was_expected_stands_beside_what_came_where_there_is_room(columns: int, *, beside: bool) -> None:
    lines = drawn(counterexample_view(replace(example(), around=BOTH)), columns).splitlines()
    assert max(len(line.rstrip()) for line in lines) <= columns
    assert "output[0, 1, :, 2:10]:" in map(str.strip, lines)
    assert any("expected" in line and "got" in line for line in lines) == beside
    text = "\n".join(lines)
    assert text.count("(-1)") == 3, "what differs is marked without colours"
    assert text.count("(0.25)") == 3


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


LONG = "Stuck? More of its kind, each of them worked out in full: cnn-tutor practice 1 --count 3. Or go on."


def test_words_are_broken_between_words_and_commands_stay_whole() -> None:
    assert fitted(LONG, 120) == LONG
    assert fitted(LONG, 40).splitlines() == [
        "Stuck? More of its kind, each of them",
        "worked out in full:",
        "cnn-tutor practice 1 --count 3. Or go",
        "on.",
    ]
    assert fitted("one two  three\n  four five six", 12).splitlines() == ["one two", "three", "  four five", "  six"]
    assert fitted("/a/path/without/any/blank says no", 10).splitlines() == ["/a/path/without/any/blank", "says no"]


def test_a_paragraph_is_broken_anew_for_another_width() -> None:
    assert reflowed("\none\ntwo three\n\nfour\n") == "one two three\n\nfour"


def failed(id: str, status: CheckStatus, message: str, *wrong: WrongValue) -> CheckResult:  # noqa: A002
    return CheckResult(id, f"says {id}", status, 0.0, 1.0, message, wrong_values=wrong)


def verdict_of(name: VerdictName, *checks: CheckResult, **more: Any) -> Verdict:
    return Verdict("scale", 2, name, 0.0, 1.0, 1, {"says": "exactly"}, checks, **more)


ONE_OFF = "q2 (sum): 1 of 2 right. Off: number 1 (you: 3)"


def test_what_is_wrong_is_told_before_what_is_not_begun() -> None:
    empty = failed("q1", "fail", "q1 (sum) is not filled in yet")
    verdict = verdict_of("fail", empty, failed("q2", "fail", ONE_OFF, WrongValue("q2", (0,), "3")), empty)
    text = drawn(verdict_view(verdict), 80)
    assert text.count("not filled in 0/1") == 2
    assert " · says q1" in text
    assert ONE_OFF in text
    assert "q1 (sum)" not in text
    assert "q1 (sum) is not filled in yet" in drawn(verdict_view(verdict_of("fail", empty)), 80)


def test_a_mistake_that_has_a_name_needs_no_long_list_of_blanks() -> None:
    blanks = [f"q1_{n} (part {n}) is not filled in yet" for n in range(2)]
    blanks += [f"q1_{n} (part {n}) is off: you have 1" for n in range(2, 6)]
    check = failed("q1", "fail", "\n".join(blanks), WrongValue("q1_2", (), "1"))
    named = drawn(verdict_view(verdict_of("fail", check, misconception="m", looks_like="a mistake")), 80)
    assert [line.strip() for line in named.splitlines() if "q1_" in line] == blanks[2:4]
    assert "… and 4 more" in named
    unnamed = drawn(verdict_view(verdict_of("fail", check)), 80)
    assert all(line in unnamed for line in blanks)


SOURCE = """import torch

class Net:
    def forward(self, x):
        raise NotImplementedError

raise NotImplementedError
"""


@pytest.mark.parametrize(
    ("line", "message", "source", "says"),
    [
        (5, "", SOURCE, "Net.forward is not written yet (line 5)"),
        (5, ": first the loop", SOURCE, "Net.forward is not written yet (line 5): first the loop"),
        (7, "", SOURCE, "this is not written yet (line 7)"),
        (5, "", "def no python", "this is not written yet (line 5)"),
    ],
)
def test_a_function_that_is_still_the_starters_is_no_error(line: int, message: str, source: str, says: str) -> None:
    raised = f"your code raised NotImplementedError{message}\n  line 2: f(x)\n  line {line}: raise NotImplementedError"
    check = failed("one", "error", raised)
    text = drawn(verdict_view(verdict_of("error", check), source), 80)
    assert text.startswith("Not yet")
    assert "not written 0/1" in text
    assert says in text
    other = failed("two", "error", "your code raised ValueError: no")
    assert drawn(verdict_view(verdict_of("error", check, other), source), 80).startswith("Error")


@pytest.mark.parametrize("told", ["your code raised NotImplementedError: no such kernel\n  line 3: x.sort()", "no"])
def test_other_errors_stay_errors(told: str) -> None:
    text = drawn(verdict_view(verdict_of("error", failed("one", "error", told))), 80)
    assert text.startswith("Error")
    assert "written" not in text


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("conv2d", "there is no conv2d in the file; the function must have that name"),
        ("LeNet", "there is no LeNet in the file; the class must have that name"),
        ("q2_mean", "there is no q2_mean in the file; the answer must have that name"),
    ],
)
def test_a_name_that_is_missing_is_asked_for(name: str, says: str) -> None:
    check = failed("one", "error", f"there is no {name} in the file")
    assert says in drawn(verdict_view(verdict_of("error", check)), 80)


def test_how_numbers_are_compared_is_said_where_there_are_numbers() -> None:
    def text(*checks: CheckResult, **more: Any) -> str:
        return drawn(verdict_view(verdict_of("fail", *checks, **more)), 80)

    wrong = failed("one", "fail", "output differs")
    assert "How numbers are compared" in text(wrong)
    assert "How numbers are compared" not in text(wrong, message="your program did not finish within 10 s")
    assert "How numbers are compared" not in text(failed("one", "error", "your code raised NameError: name 'y'"))
    assert "How numbers are compared" not in text(message="your code raised SyntaxError: invalid syntax")


def test_of_much_that_is_printed_the_beginning_is_shown() -> None:
    check = failed("one", "fail", "output differs")
    verdict = verdict_of("fail", check, printed="".join(f"line {n}\n" for n in range(48)))
    text = drawn(verdict_view(verdict), 80)
    printed = [line.strip() for line in text.splitlines() if line.strip().startswith("line ")]
    assert printed == [f"line {n}" for n in range(MAX_PRINTED_LINES)]
    assert f"… {48 - MAX_PRINTED_LINES} more lines: cnn-tutor check 2 --printed" in text
    assert "line 47" in drawn(verdict_view(verdict, all_printed=True), 80)
    assert "more lines" not in drawn(verdict_view(verdict, all_printed=True), 80)


@pytest.mark.parametrize("sign", ["\x1b", "\x07", "\x85", "\x9b", "\u202e", "\u2066", "\u2069", "\u2028", "\u2029"])
def test_what_a_terminal_would_obey_is_replaced(sign: str) -> None:
    example = Counterexample(f"f({sign})", "output", (), sign, sign, 1, 1)
    check = CheckResult("one", "says", "fail", 0.0, 1.0, f"off {sign} by one", None, example)
    verdict = Verdict("scale", 2, "fail", 0.0, 1.0, 1, {"says": "how"}, (check,), printed=f"printed {sign}")
    text = drawn(verdict_view(verdict), 80)
    assert sign not in text
    assert "off \ufffd by one" in text
    assert sign not in junit_xml([verdict])
    assert (without_controls(f"a{sign}b"), in_one_line(f"a\n{sign}\tb\r")) == ("a\ufffdb", "a \ufffd b ")


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
