"""The process that records what an author's programs give: ``python -I -m tutor.authoring.recorder`` with

EXERCISES SOLUTIONS     the author's course
SLUG FILE CHECKS        what to record and where, and the checks to record, with commas; as often as is wanted
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from tutor.checks.check import Observation, Trouble
from tutor.checks.compare import same_observation
from tutor.course import CourseLocation, Exercise, load_course
from tutor.engine.program import KnownPrograms
from tutor.engine.recorded import Recording, size
from tutor.errors import TutorError
from tutor.verdict import DEFAULT_SEED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tutor.engine.recorded import CaseKey


def main() -> int:
    """Record what is asked; the last line of stderr says what went wrong."""
    torch.set_num_threads(1)
    exercises, solutions, *asked = sys.argv[1:]
    try:
        course = load_course(CourseLocation(Path(exercises), Path(solutions)))
        for slug, file, checks in zip(*(asked[place::3] for place in range(3)), strict=True):
            Path(file).write_bytes(recorded(course.find(slug), checks.split(",")).to_bytes())
    except TutorError as error:
        print(" ".join(filter(None, (error.message, error.remedy))), file=sys.stderr)
        return error.exit_code
    return 0


def recorded(exercise: Exercise, checks: list[str]) -> Recording:
    """What the programs of an exercise give on the cases of some of its checks.

    Of the wrong answers those that one of these checks catches: the others are right here, and say nothing.

    Raises:
        TutorError: the exercise cannot be run.
    """
    known = KnownPrograms(exercise, DEFAULT_SEED)
    keys = [key for check in checks for key in known.keys(check)]
    expected = {key: known.expected(key) for key in keys}

    def seen(gave: Observation, key: CaseKey) -> Observation:
        """With the right value itself wherever it is the same: what is a wrong answer's own takes room in the file."""
        right, its = expected[key].values, gave.values
        if isinstance(right, Trouble) or isinstance(its, Trouble):
            return gave
        return Observation({name: right[name] if is_same(name, right, its) else value for name, value in its.items()})

    def is_same(name: str, right: Mapping[str, Any], its: Mapping[str, Any]) -> bool:
        if name not in right:
            return False
        one, other = (Observation({name: values[name]}) for values in (right, its))
        return same_observation(one, other, exercise.manifest.tolerance)

    wrong = [
        (answer.misconception, {key: seen(known.given(answer, key), key) for key in keys})
        for answer in exercise.wrong
        if answer.check in checks
    ]
    return Recording(DEFAULT_SEED, torch.__version__, {key: size(known.case(key)) for key in keys}, expected, wrong)


if __name__ == "__main__":
    sys.exit(main())
