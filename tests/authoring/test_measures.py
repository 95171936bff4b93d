"""Margins, the table and the conclusions, on what provers could say."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import pytest
import torch
from rich.console import Console

from tutor.authoring.conclusions import conclude
from tutor.authoring.judged import difference, with_limit
from tutor.authoring.margins import largest_error, largest_error_of_entries
from tutor.authoring.new import Wish, lay_down
from tutor.authoring.outcomes import Outcome
from tutor.authoring.problems import Problem, warning
from tutor.authoring.report import Report, report_view, summary
from tutor.authoring.table import error_in_words, rows
from tutor.checks import Observation, Trouble
from tutor.course import CourseLocation, Exercise, load_course
from tutor.course.manifest import Tolerance

if TYPE_CHECKING:
    from pathlib import Path

TOLERANCE = Tolerance(atol=0.01, rtol=0.1, says="")


@pytest.fixture(scope="module")
def exercise(tmp_path_factory: pytest.TempPathFactory) -> Exercise:
    root = tmp_path_factory.mktemp("course")
    lay_down(root, Wish("layer", "implement"))
    return load_course(CourseLocation(root / "exercises", root / "solutions")).exercises[0]


def seen(**values: object) -> Observation:
    return Observation(values)


ONES = torch.ones(2, dtype=torch.float64)


@pytest.mark.parametrize(
    ("expected", "got", "error"),
    [
        (ONES, ONES, 0.0),
        (ONES, ONES + torch.tensor([0.0, 0.055]), 0.5),
        (ONES, ONES - 1.1, 10.0),
        (0 * ONES, 0 * ONES + 0.001, 0.1),
        (ONES, ONES.float(), math.inf),
        (ONES, torch.ones(3, dtype=torch.float64), math.inf),
        (ONES, ONES * math.nan, math.inf),
        (ONES, None, math.inf),
        (torch.tensor([True, False]), torch.tensor([True, False]), 0.0),
        (torch.tensor([1, 2]), torch.tensor([1, 4]), 2 / 0.21),
        (torch.ones(0), torch.ones(0), 0.0),
        ((1, 2), (1, 2), 0.0),
        ((1, 2), [1, 2], math.inf),
    ],
)
def test_the_largest_error_over_the_tolerance(expected: object, got: object, error: float) -> None:
    found = largest_error(seen(first=ONES, output=expected), seen(first=ONES, output=got), TOLERANCE)
    assert found == pytest.approx(error)


def test_a_value_that_is_missing_and_a_program_in_trouble_are_off_without_measure() -> None:
    assert largest_error(seen(output=ONES), seen(), TOLERANCE) == math.inf
    assert largest_error(seen(output=ONES), Observation(Trouble("no")), TOLERANCE) == math.inf


def test_without_tolerance_only_what_is_equal_is_near() -> None:
    exact = Tolerance(atol=0.0, rtol=0.0, says="")
    assert largest_error(seen(output=ONES), seen(output=ONES.clone()), exact) == 0
    assert largest_error(seen(output=ONES), seen(output=ONES + 1e-12), exact) == math.inf
    assert largest_error_of_entries({"a": 2.0, "b": 3.0}, {"a": 2.0, "b": 3.0}, 0.0) == 0
    assert largest_error_of_entries({"a": 2.0, "b": 3.0}, {"a": 2.0}, 0.1) == math.inf
    assert largest_error_of_entries({"a": 2.0, "b": 3.0}, {"a": 2.1, "b": 3.0}, 0.2) == pytest.approx(0.5)


# -- conclusions -------------------------------------------------------------------------------------------------------


def right(exercise: Exercise, seeds: int = 4) -> list[Outcome]:
    names = ["layer.py", "accepted/einsum.py", "accepted/loops.py"]
    return [Outcome(name, f"seed {seed}", {}) for seed in range(1, seeds + 1) for name in names]


def wrong(exercise: Exercise, seeds: int = 4) -> list[Outcome]:
    """Every wrong answer fails as it says."""
    return [
        Outcome(
            program=f"wrong/{answer.path.name}",
            draw=f"seed {seed}",
            failed={answer.check: "it is off"},
            skipped=("gradients",) if answer.check == "values" else (),
            misconception=answer.misconception,
            off=1e6,
        )
        for seed in range(1, seeds + 1)
        for answer in exercise.wrong
    ]


def concluded(exercise: Exercise, outcomes: list[Outcome]) -> list[tuple[str, str, bool]]:
    found = conclude(exercise, outcomes, [], rows(exercise, outcomes))
    return [(problem.file.rpartition("/")[2], problem.says, problem.is_fault) for problem in found]


def replaced(outcomes: list[Outcome], program: str, draws: tuple[int, ...], **fields: object) -> list[Outcome]:
    return [
        msgspec.structs.replace(outcome, **fields)
        if outcome.program == program and outcome.draw in {f"seed {draw}" for draw in draws}
        else outcome
        for outcome in outcomes
    ]


def test_where_all_is_as_it_should_be_there_is_nothing_to_say(exercise: Exercise) -> None:
    assert concluded(exercise, right(exercise) + wrong(exercise)) == []


@pytest.mark.parametrize(
    ("program", "draws", "fields", "says", "is_fault"),
    [
        ("accepted/loops.py", (2, 3), {"failed": {"values": ""}}, "not pass on 2 of 4 seeds (seed 2, seed 3)", True),
        ("accepted/loops.py", (3,), {"off": 0.2}, "comes to 0.2 of the tolerance (seed 3); below 0.1 is asked", True),
        ("accepted/loops.py", (3,), {"off": 0.09}, None, True),
        ("layer.py", (3,), {"off": 0.1}, "comes to 0.1 of the tolerance (seed 3)", True),
        ("wrong/averaged.py", (1, 2, 3, 4), {"failed": {}}, "passes: no check catches it on any of 4 seeds", True),
        ("wrong/averaged.py", (2, 3, 4), {"failed": {}}, "caught on 1 of 4 seeds only; not on seed 2, seed 3,", False),
        ("wrong/averaged.py", (2,), {"failed": {}}, "is caught on 3 of 4 seeds only; not on seed 2", False),
        ("wrong/averaged.py", (1,), {"failed": {}}, "not on seed 1, with which learners are judged", True),
        ("wrong/averaged.py", (2,), {"failed": {"gradients": ""}}, "at `gradients` on 1 of 4 seeds (seed 2)", True),
        ("wrong/averaged.py", (4,), {"misconception": None}, "not named on 1 of 4 seeds (seed 4)", True),
        ("wrong/averaged.py", (4,), {"misconception": "bias-ignored"}, "looks like `bias-ignored` on 1 of 4", True),
        ("wrong/averaged.py", (4,), {"alike": "wrong/x.py"}, "the same as solutions/01_layer/wrong/x.py", True),
        ("wrong/averaged.py", (4,), {"off": 10.0}, "comes to no more than 10 times the tolerance (seed 4)", True),
        ("wrong/averaged.py", (4,), {"off": 10.1}, None, True),
        ("wrong/averaged.py", (4,), {"off": None}, None, True),
    ],
)  # fmt: skip
def test_what_a_program_did_is_concluded_from(
    exercise: Exercise,
    program: str,
    draws: tuple[int, ...],
    fields: dict[str, object],
    says: str | None,
    is_fault: bool,
) -> None:
    found = concluded(exercise, replaced(right(exercise) + wrong(exercise), program, draws, **fields))
    if says is None:
        assert found == []
    else:
        assert [(file, says in words, fault) for file, words, fault in found] == [
            (program.rpartition("/")[2], True, is_fault)
        ], found


def test_a_wrong_answer_that_fails_elsewhere_is_counted_where_that_check_was_run(exercise: Exercise) -> None:
    outcomes = replaced(wrong(exercise, 8), "wrong/weight_detached.py", (4, 5, 6, 7, 8), whole=False)
    outcomes = replaced(outcomes, "wrong/weight_detached.py", (2, 3), failed={"values": "it is off"})
    ((file, says, _),) = concluded(exercise, right(exercise) + outcomes)
    assert file == "weight_detached.py"
    assert says.startswith("fails at `values` on 2 of 3 seeds (seed 2, seed 3), not at `gradients`")


def test_where_all_accepted_answers_disagree_with_it_the_oracle_may_be_wrong(exercise: Exercise) -> None:
    outcomes = right(exercise) + wrong(exercise)
    for name in ("accepted/loops.py", "accepted/einsum.py"):
        alone = replaced(right(exercise) + wrong(exercise), name, (2,), failed={"values": ""})
        assert remedies(exercise, alone) == ["Move it to wrong/, or mend the check."]
        outcomes = replaced(outcomes, name, (2,), failed={"values": ""})
    assert (
        remedies(exercise, outcomes)
        == ["So do all accepted answers: is oracle.py wrong, which they are compared with?"] * 2
    )


def remedies(exercise: Exercise, outcomes: list[Outcome]) -> list[str]:
    return [problem.do for problem in conclude(exercise, outcomes, [], rows(exercise, outcomes))]


def test_a_check_at_which_nothing_fails_is_idle(exercise: Exercise) -> None:
    idle = ("exercise.toml", "check `gradients` catches nothing: no wrong answer ever fails at it", False)
    names = ("wrong/weight_detached.py", "wrong/input_detached.py")
    outcomes = right(exercise) + wrong(exercise)
    assert idle not in concluded(exercise, outcomes)
    for name in names:
        outcomes = replaced(outcomes, name, (1, 2, 3, 4), failed={"values": "it is off"})
    assert idle in concluded(exercise, outcomes)
    # Where one of them could not be tried, nothing is said of the check: it may be there for that one.
    assert idle not in concluded(exercise, [outcome for outcome in outcomes if outcome.program != names[0]])
    # Nor where it is there for the learner to see something.
    entries = tuple(msgspec.structs.replace(entry, shows=entry.id == "gradients") for entry in exercise.manifest.check)
    shown = replace(exercise, manifest=msgspec.structs.replace(exercise.manifest, check=entries))
    assert idle not in concluded(shown, outcomes)


# -- words -------------------------------------------------------------------------------------------------------------


def test_errors_are_written_short() -> None:
    assert [error_in_words(off) for off in (None, 0.0, 0.00123, 1.5, 4321.0, 2.5e9)] == [
        "not by size", "0", "0.0012", "1.5", "4,321", "2.5e+09",
    ]  # fmt: skip


def test_where_two_verdicts_first_differ() -> None:
    one = {"checks": [{"message": "a", "points": 1}], "seed": 1}
    assert difference(one, one) == ""
    other = {"checks": [{"message": "b", "points": 2}], "seed": 1}
    assert difference(one, other) == '`checks[0].message` is "b", and was "a"'
    assert difference(one, {**one, "checks": []}) == '`checks` is [], and was [{"message": "a", "points": 1}]'


def test_the_time_limit_is_changed_and_nothing_else(exercise: Exercise) -> None:
    text = (exercise.folder / "exercise.toml").read_text()
    changed = with_limit(text, 0.5)
    assert "timeout_s = 0.500\n" in changed
    assert changed.replace("timeout_s = 0.500", "timeout_s = 10") == text


@pytest.mark.parametrize("width", [40, 80])
def test_a_report_fits_the_terminal(exercise: Exercise, width: int) -> None:
    outcomes = right(exercise) + wrong(exercise)
    report = Report(exercise, table=rows(exercise, outcomes), whole=4, seeds=200, judged=46, hostile=93)
    report.right_off = {"layer.py": 0.0, "accepted/loops.py": 0.001}
    report.problems = [
        warning("exercises/01_layer/lesson.md", "line 3 is wider than 78 columns", "Break it."),
        Problem("solutions/01_layer/wrong/averaged.py", "passes: no check catches it on any of 200 seeds"),
    ]
    console = Console(width=width, color_system=None)
    with console.capture() as captured:
        console.print(report_view(report))
        console.print(summary([report]))
    lines = captured.get().splitlines()
    assert max(map(len, lines)) <= width
    words = " ".join(" ".join(lines).split())
    assert "1 layer not proved" in words
    assert "fault solutions/01_layer/wrong/averaged.py: passes" in words
    assert words.index("fault sol") < words.index("warning exer")
    assert "0 of 1 exercise proved: 1 fault, 1 warning" in words
    assert not any("\x1b" in line for line in lines)


def test_the_data_for_programs_has_faults_margins_and_the_table(exercise: Exercise, tmp_path: Path) -> None:
    outcomes = right(exercise) + wrong(exercise)
    data = Report(exercise, table=rows(exercise, outcomes), whole=4, seeds=4).to_dict()
    assert data["proved"] is True
    assert data["table"]["rows"][0]["caught"] == {"values": 4, "gradients": 0}
    assert data["table"]["rows"][0]["reached"] == {"values": 4, "gradients": 0}
    assert data["margins"]["wrong"]["wrong/averaged.py"] == 1e6
