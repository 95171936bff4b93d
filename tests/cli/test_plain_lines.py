"""What is printed for the ear: signs as words, tables row by row, drawings as the words in them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from tutor.draw.linear import is_wanted
from tutor.draw.linear.columns import table_lines, text_lines
from tutor.draw.linear.course import course_lines
from tutor.draw.linear.markdown import linear, sections
from tutor.draw.linear.meanwhile import meanwhile
from tutor.draw.linear.results import results_lines
from tutor.draw.linear.signs import spoken
from tutor.draw.linear.text_diff import text_diff_lines
from tutor.draw.linear.verdict import verdict_lines
from tutor.draw.verdict import MAX_CODE_LINES, MAX_PRINTED_LINES
from tutor.lab import events
from tutor.lab.run_state import RunState
from tutor.verdict import CheckResult, Counterexample, SideBySide, Verdict, Window

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

LESSON = """\
# A convolution

A **kernel** of 3×3
on `x`:

- first
- second

| | rows | columns |
|---|---|---|
| kernel | K | O |
| stride | S | |

## Drawn

```
x ──┬──► conv 3 → 10 ───┐
    └───────────────────► +    F(x)
```

1. one

   ```
   a = 1
   b = 2
   ```
"""


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("4×4", "4 by 4"),
        ("4 × 4", "4 by 4"),
        ("3 → 10", "3 to 10"),
        ("σ² = 2·1", "σ squared = 2 times 1"),
        ("γ · x̂", "γ dot x hat"),
        ("√(σ² + ε)", "root of (σ squared + ε)"),
        ("10⁻⁵ and xᵢ and y₁", "10 to the power of −5 and x i and y 1"),
        ("✓ and ✗", "right and wrong"),
        ("a ** 2, 1e-5, x[0, :] - 1, 180°, −3 ≤ ∞", "a ** 2, 1e-5, x[0, :] - 1, 180°, −3 ≤ ∞"),
    ],
)
def test_signs_that_speech_passes_over_are_words(written: str, read: str) -> None:
    assert spoken(written) == read


def test_a_lesson_is_read_by_sections() -> None:
    first, drawn = sections(LESSON)
    assert first.title == "A convolution"
    assert [line for block in first.blocks for line in block.lines] == [
        "A kernel of 3 by 3 on x:",
        "- first",
        "- second",
        "Table, 2 rows:",
        "kernel; rows: K; columns: O.",
        "stride; rows: S.",
    ]
    assert [block.lines for block in drawn.blocks] == [
        ("Drawing, its words line by line:", "x to conv 3 to 10", "to +; F(x)", "End of the drawing."),
        ("1. one",),
        ("Block, 2 lines:", "a = 1", "b = 2", "End of the lines."),
    ]
    assert "Section: Drawn" in linear(LESSON)


def test_a_text_without_a_heading_is_read_as_well() -> None:
    assert linear("just\nwords") == ["just words", ""]


def test_tables_side_by_side_are_read_one_after_the_other() -> None:
    prompt = (
        "One channel:\n    input        kernel\n    2  3  3       2   1\n    2  4  2      -1   1\n    1  1  1\nWhat?"
    )
    assert text_lines(prompt) == [
        "One channel:",
        *("input:", "2, 3, 3", "2, 4, 2", "1, 1, 1"),
        *("kernel:", "2, 1", "-1, 1"),
        "What?",
    ]


def test_rows_with_names_are_read_with_their_tables_names() -> None:
    block = ["            one        two", "input       2  1       0  0", "            3  4       5  6"]
    assert table_lines(block) == ["input. one: 2, 1; two: 0, 0", "one: 3, 4; two: 5, 6"]


def test_what_is_no_table_stays() -> None:
    assert table_lines(["rows     =  2·1", "columns  =  3"]) == ["rows     =  2 times 1", "columns  =  3"]
    assert table_lines(["mean   0.5   1"]) == ["mean   0.5, 1"]


def failed(**changes: object) -> Verdict:
    window = Window("rows 0 to 1; · is padding", ((("·", "1"), ("0", "-2")),), 2)
    example = Counterexample("conv2d(x)", "output", (0, 1), "3.5", "4", 3, 10, window)
    check = CheckResult("w", "one window", "fail", 0, 1, "2×2 is off", "turned", example)
    of: dict[str, object] = {
        "exercise": "conv2d", "number": 3, "verdict": "fail", "score": 1, "max_score": 2, "seed": 1,
        "tolerance": {"says": "exact"}, "checks": (CheckResult("s", "a shape", "pass", 1, 1), check),
        "looks_like": "the kernel is turned",
    }  # fmt: skip
    return Verdict(**{**of, **changes})  # type: ignore[arg-type]


def test_a_verdict_is_told_check_by_check_and_row_by_row() -> None:
    assert verdict_lines(failed()) == [
        "Not yet: exercise 3, conv2d, 1 of 2 points.",
        "a shape: passed, 1 of 1 point.",
        "one window: failed, 0 of 1 point.",
        "It looks like this: the kernel is turned",
        "2 by 2 is off",
        "The smallest case that fails, in Python:",
        "conv2d(x)",
        "There, output at index 0, 1:",
        "expected 3.5",
        "got 4",
        "It comes from rows 0 to 1:",
        "channel 2, row 1: padding, 1",
        "channel 2, row 2: 0, -2",
        "How numbers are compared: exact",
    ]


def test_checks_that_were_not_run_are_counted() -> None:
    skipped = CheckResult("k", "later", "skip", 0, 1)
    assert "One check was not run." in verdict_lines(failed(checks=(skipped,)))
    assert verdict_lines(failed(checks=(skipped, skipped)))[1] == "2 checks were not run."


def test_what_lies_around_is_told_row_by_row() -> None:
    around = SideBySide("y[0, :, :]", (("1", "2"), ("3", "4")), (("1", "2"), ("0", "5")), ((False,) * 2, (True,) * 2))
    check = CheckResult(
        "w", "w", "fail", 0, 1, "off", None, Counterexample("f()", "y", (), "1", "2", 1, 1, None, around)
    )
    told = verdict_lines(failed(checks=(check,)))
    begin = told.index("Around it, y[0, :, :]:")
    assert told[begin + 1 : begin + 3] == ["row 1, right: 1, 2", "row 2, off in column 1, 2: expected 3, 4; got 0, 5"]


def test_a_verdict_that_says_no_more_than_its_name_says_why() -> None:
    assert verdict_lines(failed(verdict="grader_error", message="gone"))[1:] == ["gone"]
    assert "no such module" in verdict_lines(failed(verdict="error", message="no such module", checks=()))


def test_long_texts_are_cut_and_it_is_said() -> None:
    lines = "\n".join(f"line {number}" for number in range(60))
    cut = verdict_lines(failed(printed=lines))
    assert f"and {60 - MAX_PRINTED_LINES} lines more: cnn-tutor check 3 --printed" in cut
    assert "line 59" in verdict_lines(failed(printed=lines), all_printed=True)
    window = Window("x", ((("1",),) * 60,) * 9)
    long = CheckResult("w", "w", "fail", 0, 1, "off", None, Counterexample(lines, "y", (), "1", "2", 1, 1, window))
    told = verdict_lines(failed(checks=(long,)))
    assert f"and {60 - MAX_CODE_LINES} lines more." in told
    assert "and 48 rows more." in told
    assert "and 5 channels more." in told


def test_what_a_submission_says_obeys_nothing() -> None:
    assert not any("\x1b" in line or "\r" in line for line in verdict_lines(failed(printed="\x1b[2J\rgone")))


def test_the_course_is_told_with_where_one_stands() -> None:
    rows = [
        (1, "a", "Adding", 1, "Sums", 3.0),
        (2, "b", "More", 2, "Products", 3.0),
        (3, "c", "Last", 2, "Products", 3.0),
    ]
    assert course_lines(rows, {"a": (True, 3.0), "b": (False, 1.0)}) == [
        "1 of 3 exercises are passed.",
        "Part 1: Sums.",
        "Exercise 1, Adding: passed.",
        "Part 2: Products.",
        "Exercise 2, More: tried, best 1 of 3.",
        "Exercise 3, Last: not begun.",
    ]


def test_a_difference_is_told_line_by_line() -> None:
    assert text_diff_lines("a\nb\nc", "a\nx\nc\nd") == ["Gone, line 2: b", "New, line 2: x", "New, line 4: d"]
    assert text_diff_lines("a", "a") == ["The two texts are the same."]
    assert text_diff_lines("a", "a\n") == ["They differ only in how their lines end."]


def test_a_training_is_told_network_by_network() -> None:
    assert results_lines(RunState()) == ["Nothing was trained."]
    state = RunState()
    state.add(events.Started("bn", ("base",), {"base": 1234}, "cpu", "a CPU", "MNIST", 60000, 10000, 64, 1, 10, 0))
    state.add(events.Tested("base", 10, 0.1, 97.5))
    state.add(events.Ended("finished", 3.0))
    title, told, *_ = results_lines(state)
    assert title == "Batch normalisation:"
    assert told == "base CNN: 1,234 parameters, test accuracy 97.50 %, on the slides 97.53 % on MNIST."


def test_what_takes_long_is_said_and_what_does_not_is_not() -> None:
    said, heard = [], threading.Semaphore(0)

    def say(words: str) -> None:
        said.append(words)
        heard.release()

    with meanwhile("starting", say, first_after_s=0, then_every_s=0.001) as update:
        assert heard.acquire(timeout=60)
        update("checking")
        while "checking" not in said:
            assert heard.acquire(timeout=60)
    assert said[0] == "starting"
    with meanwhile("no more than this", say, first_after_s=60):
        pass
    assert "no more than this" not in said


@pytest.mark.parametrize(("value", "wanted"), [("1", True), ("yes", True), ("0", False), ("", False)])
def test_a_variable_asks_for_plain_lines(value: str, wanted: bool) -> None:
    assert is_wanted({"CNN_TUTOR_PLAIN": value}) is wanted


def test_commands_honour_the_variable_and_the_option(cnn_tutor: Run, folder: Path) -> None:
    told = cnn_tutor("--plain", "list", cwd=folder).stdout
    assert "Exercise 1, Output shape of a convolution: not begun." in told
    assert cnn_tutor("list", cwd=folder, CNN_TUTOR_PLAIN="1").stdout == told
    for arguments in (["solution", "26", "--give-up"], ["show", "24"], ["hint", "22"], ["doctor"], ["show"]):
        done = cnn_tutor(*arguments, cwd=folder, CNN_TUTOR_PLAIN="1", FORCE_COLOR="1")
        assert not any("\u2500" <= sign <= "\u257f" or sign in "\x1b\r✓✗" for sign in done.stdout + done.stderr)
    assert "Hint 1" not in cnn_tutor("hint", "22", cwd=folder, CNN_TUTOR_PLAIN="1").stdout


def test_a_variant_is_told_and_worked_out_in_plain_lines(cnn_tutor: Run, folder: Path) -> None:
    done = cnn_tutor("practice", "2", "--seed", "3", "--count", "1", cwd=folder, stdin="?\n", CNN_TUTOR_PLAIN="1")
    assert "Variant 3\n" in done.stdout
    assert "kernel:\n" in done.stdout
    assert "How it is worked out" in done.stdout
    assert not any("\u2500" <= sign <= "\u257f" or sign in "·×²" for sign in done.stdout)
