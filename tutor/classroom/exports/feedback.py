"""What a learner is told of an exercise, in the words of ``cnn-tutor check``, without what hidden checks found."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

from tutor.classroom.exports.plain import number
from tutor.draw.engine_words import message_of, shown_status
from tutor.draw.linear.verdict import verdict_lines
from tutor.draw.verdict import WORDS, counterexample_view
from tutor.verdict import DEFAULT_SEED, CheckResult, Verdict, VerdictName

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tutor.classroom.results import ClassResults, Grade, GradedExercise

COLUMNS = 80
BROKEN = ("error", "timeout")


def outcome(results: ClassResults, learner: str, exercise: GradedExercise) -> Verdict:
    """The verdict on a learner's submission; where there is none, one that says why."""
    grade = results.grade(learner, exercise.slug)
    if grade is not None and grade.verdict is not None:
        return grade.verdict
    name: VerdictName = "not_started" if grade is None else "grader_error"
    return Verdict(
        exercise=exercise.slug,
        number=exercise.number,
        verdict=name,
        score=0.0,
        max_score=exercise.max_score,
        seed=DEFAULT_SEED,
        tolerance={},
        checks=tuple(
            CheckResult(check.id, check.says, "skip", 0.0, check.max_points, "could not run")
            for check in exercise.checks
        ),
        message="nothing was handed in" if grade is None else "it is not judged yet",
    )


def standing(grade: Grade | None) -> str:
    """How it stands with an exercise, in one word: the verdict's name, ``missing`` or ``waiting``."""
    if grade is None:
        return "missing"
    return "waiting" if grade.verdict is None else grade.verdict.verdict


def for_learner(verdict: Verdict, exercise: GradedExercise) -> Verdict:
    """The verdict as far as a learner may read it.

    Hidden checks leave no trace: neither their points, nor a misconception that only they show, nor what was printed,
    which may be what they gave to the submission.
    """
    hidden = hidden_checks(exercise)
    if not hidden:
        return verdict
    checks = tuple(check for check in verdict.checks if check.id not in hidden)
    failed = [check for check in checks if check.status != "pass"]
    broke_unseen = any(check.status in BROKEN for check in verdict.checks if check.id in hidden)
    misconception = next((check.misconception for check in failed if check.misconception), None)
    return replace(
        verdict,
        verdict=_name(verdict, failed, broke_unseen=broke_unseen),
        score=sum(check.points for check in checks),
        max_score=sum(check.max_points for check in checks),
        checks=checks,
        misconception=misconception,
        looks_like=exercise.misconceptions.get(misconception, "") if misconception else "",
        # What stopped a check stands in both.
        message="" if broke_unseen and verdict.message not in [check.message for check in failed] else verdict.message,
        printed="",
    )


def _name(verdict: Verdict, failed: list[CheckResult], *, broke_unseen: bool) -> VerdictName:
    if verdict.verdict in ("not_started", "grader_error"):
        return verdict.verdict
    if not failed:
        return "pass"
    stands = {check.status for check in failed}
    if "timeout" in stands or "error" in stands:
        return "timeout" if "timeout" in stands else "error"
    return "fail" if broke_unseen else verdict.verdict


def hidden_checks(exercise: GradedExercise) -> frozenset[str]:
    """The checks that only the instructor's copy of the course has, by id."""
    return frozenset(check.id for check in exercise.checks if check.is_hidden)


def kept_back(exercise: GradedExercise) -> str:
    """What a learner is told of hidden checks: how many points they are for. Empty where there are none."""
    points = sum(check.max_points for check in exercise.checks if check.is_hidden)
    if not points:
        return ""
    return f"{number(points)} more {'point is' if points == 1 else 'points are'} for checks that your instructor keeps."


def feedback(verdict: Verdict, exercise: GradedExercise) -> list[str]:
    """A verdict in sentences, as ``cnn-tutor --plain check`` tells it, as far as a learner may read it."""
    return [*verdict_lines(for_learner(verdict, exercise)), *filter(None, (kept_back(exercise),))]


def check_feedback(check: CheckResult, verdict: Verdict) -> str:
    """What there is to say of one check: nothing where it passed and had nothing to show."""
    if verdict.verdict in ("not_started", "grader_error"):
        return verdict.message
    if check.status == "skip":
        return verdict.message or WORDS["skip"]
    parts = [] if check.status == "pass" else [f"{WORDS[shown_status(check)]}."]
    if verdict.looks_like and check.misconception == verdict.misconception and check.status != "pass":
        parts.append(f"Looks like {verdict.looks_like}")
    if check.message:
        parts.append(message_of(check, verdict, ""))
    if check.counterexample is not None:
        parts.append(_drawn(counterexample_view(check.counterexample)))
    return "\n\n".join(parts)


def _drawn(what: RenderableType) -> str:
    from rich.console import Console

    text = io.StringIO()
    console = Console(file=text, width=COLUMNS, color_system=None, force_terminal=False, legacy_windows=False)
    console.print(what)
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()).strip("\n")
