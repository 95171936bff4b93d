"""Proving what a train exercise trains: once for each program, as no seed of the proof enters into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.authoring.outcomes import Broken, Doing, Outcome, Step
from tutor.authoring.proof import Files, Stop
from tutor.checks import Trouble
from tutor.checks.loading import load_trained_checks
from tutor.engine.laboratory import Laboratory
from tutor.engine.program import load_known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.course import Exercise

DRAW = "training"


def training_outcomes(exercise: Exercise, data: str) -> Iterator[Step]:
    """Train every right answer, and every wrong one that names a check which trains.

    Args:
        data: what is trained on; see :func:`tutor.lab.data.load`.

    Raises:
        Stop: a program cannot be loaded.
    """
    files = Files(exercise)
    checks = load_trained_checks(exercise)
    wrong = [answer for answer in exercise.wrong if answer not in exercise.wrong_untrained]
    for answer in (exercise.reference_answer, *exercise.accepted, *wrong):
        yield Doing(files.of(answer), DRAW)
        program = load_known(exercise, answer)
        if isinstance(program, Trouble):
            raise Stop(Broken(files.of(answer), program.says))
        laboratory = Laboratory(exercise, data, say=lambda _: None)
        failed: dict[str, str] = {}
        named = ""
        for check in checks:
            finding, misconception = laboratory.check(check, program)
            if finding.status != "pass":
                failed[check.id] = finding.message
                named = named or misconception
        yield Outcome(
            program=files.program(answer),
            draw=DRAW,
            failed=failed,
            misconception=named or None,
            off=None if failed else 0.0,
        )
