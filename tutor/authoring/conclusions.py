"""From what each program did on each seed to what is wrong with the exercise. Imports no torch."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tutor.authoring.bounds import RIGHT_BELOW, WRONG_ABOVE
from tutor.authoring.problems import Problem, warning
from tutor.authoring.table import error_in_words
from tutor.verdict import DEFAULT_SEED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tutor.authoring.outcomes import Drawn, Outcome
    from tutor.authoring.table import Row
    from tutor.course import Answer, Exercise

PRACTICE = "practice"


def conclude(
    exercise: Exercise, outcomes: Sequence[Outcome], drawn: Sequence[Drawn], table: Sequence[Row]
) -> Iterator[Problem]:
    """What is wrong with an exercise, going by what its programs did.

    Args:
        outcomes: of every program on every seed, in the seeds' order.
        drawn: the questions that learners get.
        table: which check catches which wrong answer.
    """
    by_program: dict[str, list[Outcome]] = {}
    practised: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        (practised if outcome.draw.startswith(PRACTICE) else by_program).setdefault(outcome.program, []).append(outcome)
    all_disagree = len(exercise.accepted) > 1 and all(
        any(outcome.failed for outcome in by_program.get(exercise.name_of(answer), [])) for answer in exercise.accepted
    )
    for answer in (exercise.reference_answer, *exercise.accepted):
        name = exercise.name_of(answer)
        yield from _right(exercise, answer, by_program.get(name, []), all_disagree=all_disagree)
        yield from _right(exercise, answer, practised.get(name, []), all_disagree=all_disagree, in_practice=True)
    for answer in exercise.wrong:
        name = exercise.name_of(answer)
        yield from _wrong(exercise, answer, by_program.get(name, []))
        yield from _wrong_in_practice(exercise, answer, practised.get(name, []))
    # One that is not tried, or slips, may be the one that a check is there for.
    tried = [exercise.name_of(answer) in by_program for answer in exercise.wrong]
    if all(tried) and not any(outcome.slip for outcome in outcomes):
        yield from _idle_checks(exercise, table)
    yield from _shared_questions(exercise, drawn)


def _right(
    exercise: Exercise,
    answer: Answer,
    outcomes: Sequence[Outcome],
    *,
    all_disagree: bool,
    in_practice: bool = False,
) -> Iterator[Problem]:
    """The reference and the accepted answers pass, and not by a hair.

    Args:
        all_disagree: whether no accepted answer passes: what they are compared with may be wrong.
    """
    file = _file(exercise, answer)
    is_reference = answer == exercise.reference_answer
    failing = [outcome for outcome in outcomes if outcome.failed]
    if failing:
        check, message = next(iter(failing[0].failed.items()))
        says = f"does not pass on {_of(failing, outcomes)}: at `{check}`, {_line(message)}"
        if is_reference:
            do = "Is the check at fault? Then mend that."
        elif all_disagree:
            compared = "checks.py" if exercise.is_compute else exercise.name_of(exercise.oracle_answer)
            do = f"So do all accepted answers: is {compared} wrong, which they are compared with?"
        else:
            do = "Move it to wrong/, or mend the check."
        yield Problem(file, says, do)
        return
    # In a compute exercise a learner may round as far as the tolerance goes, and an accepted answer shows it.
    if in_practice or not outcomes or (exercise.is_compute and not is_reference):
        return
    worst = max(outcomes, key=lambda outcome: _number(outcome.off))
    if _number(worst.off) >= RIGHT_BELOW:
        error = f"its error comes to {error_in_words(worst.off)} of the tolerance ({worst.draw})"
        says = f"{error}; below {RIGHT_BELOW:g} is asked"
        yield Problem(file, says, "Widen the tolerance in exercise.toml, or compute more exactly.")


def _wrong(exercise: Exercise, answer: Answer, outcomes: Sequence[Outcome]) -> Iterator[Problem]:
    """A wrong answer fails on every seed, where it says, as what it says, and clearly."""
    if not outcomes:
        return
    file = _file(exercise, answer)
    if slipped := next((outcome for outcome in outcomes if outcome.slip), None):
        says = f"raises {slipped.slip} on {slipped.draw}: something is mistyped or missing"
        yield Problem(file, says, "Mend it: a misconception is shown by a program that runs, and is wrong.")
        return
    passing = [outcome for outcome in outcomes if not outcome.failed]
    if len(passing) == len(outcomes):
        says = f"passes: no check catches it on any of {_many(outcomes)}"
        yield Problem(file, says, "Add a case that shows the mistake, or take the answer out.")
        return
    elsewhere = [outcome for outcome in outcomes if outcome.failed and next(iter(outcome.failed)) != answer.check]
    if elsewhere:
        other, message = next(iter(elsewhere[0].failed.items()))
        # A program goes on most seeds through no check but the one that it names; an answer by hand through all.
        ran = [outcome for outcome in outcomes if outcome.whole or exercise.is_compute]
        failing = [outcome for outcome in ran if next(iter(outcome.failed), None) == other]
        says = f"fails at `{other}` on {_of(failing, ran)}, not at `{answer.check}`: {_line(message)}"
        yield Problem(file, says, "Name that check in its first line, if it is the right one to catch it.")
        return
    if passing:
        says = f"is caught on {len(outcomes) - len(passing)} of {_many(outcomes)} only; not on {_draws(passing)}"
        do = "Add a case on which the mistake shows whatever is drawn."
        is_default = any(outcome.draw == f"seed {DEFAULT_SEED}" for outcome in passing)
        if is_default:
            yield Problem(file, f"{says}, with which learners are judged", do)
        else:
            yield warning(file, says, do)
    yield from _named(exercise, answer, [outcome for outcome in outcomes if outcome.failed and outcome.whole])
    caught = [outcome for outcome in outcomes if outcome.failed and outcome.off is not None]
    closest = min(caught, key=lambda outcome: _number(outcome.off), default=None)
    if closest is not None and _number(closest.off) <= WRONG_ABOVE:
        says = (
            f"its error at `{answer.check}` comes to no more than {error_in_words(closest.off)} times the tolerance "
            f"({closest.draw}); above {WRONG_ABOVE:g} is asked"
        )
        yield Problem(file, says, "Narrow the tolerance in exercise.toml, or draw cases on which the mistake is large.")


def _named(exercise: Exercise, answer: Answer, outcomes: Sequence[Outcome]) -> Iterator[Problem]:
    """Its misconception is named, and no other."""
    file, folder = _file(exercise, answer), exercise.manifest.folder
    alike = [outcome for outcome in outcomes if outcome.alike]
    if alike:
        twin = f"solutions/{folder}/{alike[0].alike}"
        says = f"does the same as {twin} wherever it fails, on {_of(alike, outcomes)}, so that neither can be named"
        yield Problem(file, says, "Give both one misconception, or add a case that tells them apart.")
        return
    unnamed = [outcome for outcome in outcomes if outcome.misconception is None]
    if unnamed:
        says = f"its misconception is not named on {_of(unnamed, outcomes)}"
        yield Problem(file, says, "It must differ from what is right on three cases at least: add some that show it.")
    others = [outcome for outcome in outcomes if outcome.misconception not in (None, answer.misconception)]
    if others:
        named = others[0].misconception
        says = f"looks like `{named}` on {_of(others, outcomes)}, not like `{answer.misconception}`"
        yield Problem(file, says, "Name that one in its first line, or add a case that tells them apart.")


def _wrong_in_practice(exercise: Exercise, answer: Answer, outcomes: Sequence[Outcome]) -> Iterator[Problem]:
    # One that shows in the last question alone, which may ask for more, is right in the others.
    if outcomes and not any(outcome.failed for outcome in outcomes):
        says = f"is right on {_of(outcomes, outcomes)}"
        do = "Let variant(rng) draw until the mistake shows."
        yield warning(_file(exercise, answer), says, do)


def _idle_checks(exercise: Exercise, table: Sequence[Row]) -> Iterator[Problem]:
    for entry in exercise.manifest.check:
        if table and not entry.shows and not any(row.caught[entry.id] for row in table):
            file = f"exercises/{exercise.manifest.folder}/exercise.toml"
            says = f"check `{entry.id}` catches nothing: no wrong answer ever fails at it"
            yield warning(file, says, "Add a wrong answer that only this check catches, or take the check out.")


def _shared_questions(exercise: Exercise, drawn: Sequence[Drawn]) -> Iterator[Problem]:
    counts = Counter(draw.questions for draw in drawn)
    shared = sum(count for count in counts.values() if count > 1)
    if shared:
        file = f"solutions/{exercise.manifest.folder}/questions.py"
        says = f"{shared} of {len(drawn)} learners get the same questions as another"
        yield warning(file, says, "Let variant(rng) choose from more.")


def _file(exercise: Exercise, answer: Answer) -> str:
    return f"solutions/{exercise.manifest.folder}/{exercise.name_of(answer)}"


def _number(off: float | None) -> float:
    return float("inf") if off is None else off


def _of(some: Sequence[Outcome], all_of_them: Sequence[Outcome]) -> str:
    """Which of the seeds, e.g. ``3 of 200 seeds (4, 9, 17)``."""
    if len(some) == len(all_of_them):
        return f"all {_many(some)}" if len(some) > 1 else some[0].draw
    return f"{len(some)} of {_many(all_of_them)} ({_draws(some)})"


def _many(outcomes: Sequence[Outcome]) -> str:
    """How many of what, e.g. ``200 seeds``."""
    draw = outcomes[0].draw
    if draw.startswith(PRACTICE):
        return f"{len(outcomes)} questions to practise on"
    return f"{len(outcomes)} {'learners' if draw.startswith('learner') else 'seeds'}"


def _draws(outcomes: Sequence[Outcome]) -> str:
    """The first few by name."""
    shown = ", ".join(outcome.draw for outcome in outcomes[:3])
    return f"{shown}, …" if len(outcomes) > 3 else shown


def _line(message: str) -> str:
    """What a learner would have been told, for the author of the program."""
    return message.splitlines()[0].replace("your code ", "it ") if message else "no reason given"
