"""The fixture ``cnn_tutor`` in an ordinary test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .conftest import ADDS, COURSE, RIGHT, hand_in

if TYPE_CHECKING:
    from .conftest import Done, Run

TESTS = '''
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ADDS = """
def scale(x, factor):
    return x + factor
"""


def test_a_file(cnn_tutor):
    assert cnn_tutor.check("scale", HERE / "right.py").passed


def test_its_number_and_a_path_as_text(cnn_tutor):
    assert cnn_tutor.check(2, str(HERE / "right.py")).score == 2


def test_a_program(cnn_tutor):
    verdict = cnn_tutor.check("scale", ADDS)
    assert (verdict.verdict, verdict.misconception) == ("fail", "adds")


def test_a_wrong_one(cnn_tutor):
    verdict = cnn_tutor.check("scale", ADDS)
    assert verdict.passed


def test_a_wrong_one_told_in_full(cnn_tutor):
    cnn_tutor.assert_passes("scale", ADDS)


def test_no_such_exercise(cnn_tutor):
    cnn_tutor.check("scael", ADDS)


def test_no_such_file(cnn_tutor):
    cnn_tutor.check("scale", HERE / "nowhere.py")


def test_nothing_is_imported(cnn_tutor):
    import sys

    assert "torch" not in sys.modules
'''


@pytest.fixture(scope="module")
def done(plain: Run, tmp_path_factory: pytest.TempPathFactory) -> Done:
    folder = hand_in(tmp_path_factory.mktemp("own"), {"test_own.py": TESTS, "right.py": RIGHT, "adds.py": ADDS})
    return plain(COURSE, "-rA", "-p", "no:cacheprovider", cwd=folder)


@pytest.mark.parametrize("name", ["a_file", "its_number_and_a_path_as_text", "a_program", "nothing_is_imported"])
def test_it_judges(done: Done, name: str) -> None:
    assert f"PASSED test_own.py::test_{name}\n" in done.stdout


def test_a_bare_assert_says_what_was_wrong_in_a_line(done: Done) -> None:
    assert (
        "E        +  where False = <scale: fail, 0 of 2 points; looks like the factor is added; it multiplies.>.passed"
        in done.stdout
    )


def test_it_can_be_told_in_full(done: Done) -> None:
    told = done.stdout.partition("_ test_a_wrong_one_told_in_full _")[2].partition("\n____")[0]
    assert told.splitlines()[1] == "Not yet  2 scale  0 of 2 points"
    assert "The smallest case that fails:" in told
    assert "fixture.py" not in told


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no_such_exercise", "there is no exercise 'scael'\nDid you mean 2 scale?"),
        ("no_such_file", "nowhere.py: cannot be read: No such file or directory"),
    ],
)
def test_a_wrong_call_is_told_in_words(done: Done, name: str, words: str) -> None:
    told = done.stdout.partition(f"_ test_{name} _")[2].partition("\n____")[0]
    assert words in told
    assert "fixture.py" not in told
