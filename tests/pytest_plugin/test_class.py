"""A class judged with pytest: an item for each check, the same in one process and in two, and hostile ones fail."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.conftest import SMALL_COURSE
from tutor.hostile import hostile_submissions

from .conftest import ADDS, AFFINE, BIAS_IGNORED, COURSE, RIGHT, SMALL, by_hand, cases, hand_in, outcome, properties

if TYPE_CHECKING:
    import xml.etree.ElementTree as ET
    from pathlib import Path

    from .conftest import Done, Run

HOSTILE = {
    each.name: each.source
    for each in hostile_submissions(SMALL.find("scale"))
    if each.name
    in ("exits_at_import", "sys_exit", "forged_verdict_on_every_descriptor", "equal_to_everything", "endless_loop")
}
SPEAKS_TO_THE_TERMINAL = r"""
print("\x1b[2J\x1b]52;c;aGk=\x07")


def scale(x, factor):
    raise ValueError("\x1b[2J\u202e\x00 done")
"""


CLASS = {
    "ada/02_scale/scale.py": RIGHT,
    "ada/03_affine/affine.py": AFFINE,
    "ada/01_sum_by_hand/sum_by_hand.py": by_hand("ada"),
    # Answers to somebody else's questions.
    "bob/01_sum_by_hand/sum_by_hand.py": by_hand("ada"),
    "bob/02_scale/scale.py": ADDS,
    "bob/exercises/03_affine/affine.py": BIAS_IGNORED,
    "cyd/scale.py": "def scale(x, factor) return",
    "cyd/affine.py": (SMALL_COURSE / "exercises" / "03_affine" / "affine.py").read_text(),
    "dan/02_scale/scale.py": SPEAKS_TO_THE_TERMINAL,
    **{f"{name}/02_scale/scale.py": source for name, source in HOSTILE.items()},
}


@dataclass(frozen=True)
class Judged:
    """A run, and its report."""

    done: Done
    cases: dict[str, ET.Element]


@pytest.fixture(scope="module")
def submissions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = hand_in(tmp_path_factory.mktemp("class") / "submissions", CLASS)
    (folder / "eve" / "02_scale").mkdir(parents=True)
    (folder / "eve" / "02_scale" / "scale.py").symlink_to(folder / "ada" / "02_scale" / "scale.py")
    (folder / "fay").symlink_to(folder / "ada")
    hand_in(folder, {"gus\x1b[2J\n/02_scale/scale.py": RIGHT, "hal/02_scale/scale.py/inside.txt": ""})
    (folder / "ian" / "02_scale").mkdir(parents=True)
    (folder / "ian" / "02_scale" / "scale.py").write_bytes(b"\xff\xfe")
    return folder


def judged(run: Run, submissions: Path, *options: str) -> Judged:
    report = submissions.parent / f"{len(options)}.xml"
    done = run("submissions", COURSE, f"--junitxml={report}", "-rA", *options, cwd=submissions.parent)
    return Judged(done, cases(report))


@pytest.fixture(scope="module")
def serial(hardened: Run, submissions: Path) -> Judged:
    return judged(hardened, submissions)


@pytest.fixture(scope="module")
def spread(hardened: Run, submissions: Path) -> Judged:
    return judged(hardened, submissions, "-n", "2")


def of(run: Judged, learner: str) -> dict[str, ET.Element]:
    """A learner's cases by the name of the check."""
    mine = {name: case for name, case in run.cases.items() if name.startswith(f"submissions.{learner}.")}
    return {name.rpartition("::")[2]: case for name, case in mine.items()}


def test_each_check_is_an_item_that_is_named_by_learner_and_check(serial: Judged) -> None:
    assert {name: outcome(case) for name, case in of(serial, "ada").items()} == {
        "q1": "passed", "q2": "passed", "q3": "passed", "values": "passed", "forward": "passed", "gradients": "passed",
    }  # fmt: skip
    assert re.search(r"PASSED submissions/ada/02_scale/scale\.py::values\n", serial.done.stdout)


def test_points_and_the_verdict_are_properties(serial: Judged) -> None:
    assert properties(of(serial, "bob")["forward"]) == {
        "exercise": "affine",
        "check": "forward",
        "says": "Affine(features)(x) gives x * weight + bias",
        "learner": "bob",
        "verdict": "fail",
        "points": "0.0",
        "max_points": "2.0",
    }
    assert properties(of(serial, "ada")["gradients"])["points"] == "2.0"


def test_a_failure_reads_like_the_verdict_and_not_like_a_traceback(serial: Judged) -> None:
    failure = of(serial, "bob")["values"].find("failure")
    assert failure is not None
    assert failure.get("message") == "looks like the factor is added; it multiplies."
    for words in ("Not yet  2 scale  0 of 2 points", "The smallest case that fails:", "output = scale(x, 3)"):
        assert words in (failure.text or "")
    assert "bob: exercise 2, scale, values" in serial.done.stdout
    assert "FAILED submissions/bob/02_scale/scale.py::values - looks like the fac" in serial.done.stdout
    for ours in ("Traceback", "nodes.py", "pytest_plugin/", "Failed:"):
        assert ours not in serial.done.stdout.replace("pytest_plugin/hardened.ini", "")


def test_a_check_that_waits_for_another_is_skipped_and_says_so(serial: Judged) -> None:
    skipped = of(serial, "bob")["gradients"].find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "waits until forward passes"
    assert "SKIPPED [1] submissions/bob/exercises/03_affine/affine.py:1: waits until forward" in serial.done.stdout


@pytest.mark.parametrize(("learner", "check", "words"), [("cyd", "values", "SyntaxError"), ("cyd", "forward", "")])
def test_what_no_check_explains_is_blamed_on_the_first(serial: Judged, learner: str, check: str, words: str) -> None:
    failure = of(serial, learner)[check].find("failure")
    assert failure is not None
    assert words in (failure.get("message") or "")


def test_questions_are_drawn_from_the_folders_name(serial: Judged) -> None:
    # Question 1 is everybody's.
    assert [outcome(of(serial, "bob")[name]) for name in ("q1", "q2", "q3")] == ["passed", "failure", "failure"]


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_submission_fails_in_words(serial: Judged, name: str) -> None:
    case = of(serial, name)["values"]
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("message")
    assert properties(case)["points"] == "0.0"


def test_nothing_that_a_terminal_obeys_is_printed(serial: Judged) -> None:
    assert "\ufffd[2J" in serial.done.stdout
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", serial.done.stdout)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("fay", "is a symbolic link, and is not followed: hand in the folder itself"),
        (r"'gus\x1b[2J\n'", "its name has characters that cannot be shown; nothing in it was judged"),
        ("scale.py", "is no regular file"),
    ],
)
def test_what_is_not_looked_into_fails_and_says_why(serial: Judged, name: str, words: str) -> None:
    said = [case.find("failure") for case in serial.cases.values() if case.get("name") == name.replace("[", "(")]
    assert f"{name}: {words}" in [failure.get("message") for failure in said if failure is not None]


@pytest.mark.parametrize(
    ("learner", "words"),
    [
        ("ian", "is not UTF-8 text"),
        # It leads to what somebody else handed in, and could lead to the solution.
        ("eve", "is a symbolic link, and is not followed: hand in the file itself"),
    ],
)
def test_what_cannot_be_judged_fails_and_says_so(serial: Judged, learner: str, words: str) -> None:
    failure = of(serial, learner)["values"].find("failure")
    assert failure is not None
    assert words in (failure.get("message") or "")


def test_a_link_is_not_followed_where_it_is_named_either(hardened: Run, class_folder: Path) -> None:
    hand_in(class_folder, {"eve/02_scale/about.txt": ""})
    (class_folder / "eve" / "02_scale" / "scale.py").symlink_to(class_folder / "ada" / "02_scale" / "scale.py")
    (class_folder / "fay").symlink_to(class_folder / "ada")
    named = ["submissions/eve/02_scale/scale.py", "submissions/fay"]
    done = hardened(*named, COURSE, "-q", cwd=class_folder.parent)
    assert done.returncode == 1
    assert "2 failed" in done.stdout
    assert "hand in the file itself" in done.stdout
    assert "hand in the folder itself" in done.stdout


def test_two_processes_find_the_same_as_one(serial: Judged, spread: Judged) -> None:
    assert (serial.done.returncode, spread.done.returncode) == (1, 1)
    assert summaries(serial) == summaries(spread)
    assert len(spread.cases) == len(serial.cases)


def summaries(run: Judged) -> dict[str, tuple[object, ...]]:
    # From another process a failure begins with that process's name.
    return {
        name: (
            outcome(case),
            properties(case),
            [child.get("message") for child in case],
            re.sub(r"\[gw\d\] [^\n]*\n", "", "".join(case.itertext())).strip(),
        )
        for name, case in run.cases.items()
    }


def test_what_is_asked_for_alone_is_never_green_for_what_is_not(hardened: Run, class_folder: Path) -> None:
    hand_in(class_folder, {"bob/03_affine/affine.py": BIAS_IGNORED})
    done = hardened("submissions", COURSE, "-q", "-k", "bob and gradients", cwd=class_folder.parent)
    assert done.returncode == 1
    assert "1 failed" in done.stdout
    assert "Looks like the bias is never added." in done.stdout


def test_minus_x_stops_at_the_first_failure(hardened: Run, class_folder: Path) -> None:
    hand_in(class_folder, {"aaa/03_affine/affine.py": BIAS_IGNORED})
    done = hardened("submissions", COURSE, "-q", "-x", cwd=class_folder.parent)
    assert done.returncode == 1
    assert "1 failed" in done.stdout
    assert "passed" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["submissions", "-k", "ada"], 0),
        (["submissions", "-m", "cnn_tutor(learner='ada')"], 0),
        (["submissions", "--cnn-tutor-exercise", "affine"], 5),
        (["submissions", "--cnn-tutor-exercise", "afine"], 4),
        (["submissions", "--cnn-tutor-course", "nowhere/at/all"], 4),
        (["nowhere"], 4),
        (["submissions/ada/02_scale/scale.py::values"], 0),
        (["submissions/ada/02_scale/scale.py::nothing"], 4),
    ],
)
def test_the_exit_status_is_pytests(hardened: Run, class_folder: Path, arguments: list[str], status: int) -> None:
    # What is found can be seen without judging it.
    done = hardened(COURSE, *arguments, "-q", "--collect-only", cwd=class_folder.parent)
    assert done.returncode == status, done.stdout + done.stderr
    if status == 4:
        assert "Traceback" not in done.stdout + done.stderr


def test_a_wrong_selector_is_told_the_nearest(hardened: Run, class_folder: Path) -> None:
    done = hardened(COURSE, "submissions", "--cnn-tutor-exercise", "afine", cwd=class_folder.parent)
    assert "there is no exercise 'afine'\nDid you mean 3 affine?" in done.stderr


def test_collecting_needs_no_torch(plain: Run, class_folder: Path) -> None:
    (class_folder.parent / "no_torch.py").write_text("import sys\nsys.modules['torch'] = None\n")
    done = plain(
        *("--cnn-tutor", "submissions", COURSE, "--collect-only", "-q", "-p", "no_torch"),
        cwd=class_folder.parent,
        PYTHONPATH=str(class_folder.parent),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[:2] == [
        "submissions/ada/02_scale/scale.py::values",
        "submissions/bob/exercises/02_scale/scale.py::values",
    ]


def test_all_is_one_learners_where_that_is_said(hardened: Run, tmp_path: Path) -> None:
    hand_in(tmp_path, {"checkout/01_sum_by_hand/sum_by_hand.py": by_hand("grace")})
    done = hardened(COURSE, "checkout", "--cnn-tutor-learner", "grace", "-q", cwd=tmp_path)
    assert done.returncode == 0, done.stdout


def test_very_deep_folders_spoil_nothing(hardened: Run, class_folder: Path) -> None:
    deep = class_folder / "zoe" / "/".join("x" * 200)
    deep.mkdir(parents=True)
    (deep / "scale.py").write_text(RIGHT)
    done = hardened(COURSE, "submissions", "--collect-only", "-q", cwd=class_folder.parent)
    assert done.returncode == 0, done.stdout
    assert "submissions/ada/02_scale/scale.py::values" in done.stdout
    assert len(done.stdout.splitlines()) == 5
