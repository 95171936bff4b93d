"""Whether any right answer of the course is ever refused: all of them, on every case of many seeds.

Aim: at least 60 accepted answers, 1,000 seeds, none refused.

Run it with ``python -m benchmarks.false_alarms [SEEDS] [EXERCISE ...]``. The programs run in this process, as they do
in ``cnn-tutor verify``, which also sends them through the engine; here it is the draws that matter.
"""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

import torch

from tutor.checks import Trouble
from tutor.checks.compare import difference
from tutor.course import builtin_course, load_course
from tutor.engine.by_hand import HandJudge, KnownAnswers
from tutor.engine.program import KnownPrograms, load_known

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.course import Answer, Exercise

SEEDS = 1000
SEEDS_AT_ONCE = 25


def refused(slug: str, seeds: range) -> list[str]:
    """Which right answers of an exercise are refused on these seeds, and why."""
    torch.set_num_threads(1)
    exercise = load_course(builtin_course()).find(slug)
    find = _refused_by_hand if exercise.is_compute else _refused_programs
    return [f"{slug} {answer.path.name}, seed {seed}: {why}" for seed in seeds for answer, why in find(exercise, seed)]


def _refused_programs(exercise: Exercise, seed: int) -> Iterator[tuple[Answer, str]]:
    known = KnownPrograms(exercise, seed)
    keys = [key for entry in exercise.manifest.check for key in known.keys(entry.id)]
    for answer in right_answers(exercise):
        program = load_known(exercise, answer, watch=False)
        if isinstance(program, Trouble):
            yield answer, program.says
            continue
        for key in keys:
            got, expected = known.observe(key, program), known.expected(key)
            program.forget_modules()
            if isinstance(got.values, Trouble):
                yield answer, f"{key[0]}: {got.values.says}"
            elif (found := difference(expected, got, exercise.manifest.tolerance)) is not None:
                yield answer, f"{key[0]}: {found.says}"


def _refused_by_hand(exercise: Exercise, seed: int) -> Iterator[tuple[Answer, str]]:
    questions = exercise.questions(f"learner {seed}")
    known = KnownAnswers(exercise, questions)
    for answer in right_answers(exercise):
        judge = HandJudge(exercise, known)
        for question in questions:
            finding = judge.check(question.name, known.program(answer))
            if finding.status != "pass":
                yield answer, f"{question.name}: {finding.message}"


def right_answers(exercise: Exercise) -> tuple[Answer, ...]:
    """The reference and all accepted answers."""
    return (exercise.reference_answer, *exercise.accepted)


def main() -> None:
    """Try them all on all cores, and say what is refused."""
    words = sys.argv[1:]
    count = int(words.pop(0)) if words and words[0].isdigit() else SEEDS
    course = load_course(builtin_course())
    exercises = [course.find(word) for word in words] or list(course.exercises)
    chunks = [range(first, min(first + SEEDS_AT_ONCE, count)) for first in range(0, count, SEEDS_AT_ONCE)]
    began = time.monotonic()
    found: list[str] = []
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("forkserver")) as pool:
        runs = {exercise: [pool.submit(refused, exercise.slug, chunk) for chunk in chunks] for exercise in exercises}
        for exercise, parts in runs.items():
            alarms = [alarm for part in parts for alarm in part.result()]
            found += alarms
            answers = len(right_answers(exercise))
            print(f"{exercise.number:2} {exercise.slug}: {answers} right answers, {len(alarms)} refused", flush=True)
    print(*found, sep="\n")
    answers = sum(len(right_answers(exercise)) for exercise in exercises)
    print(
        f"{answers} right answers, {answers - len(exercises)} of them beside the references, on {count} seeds each: "
        f"{len(found)} refused, in {time.monotonic() - began:.0f} s"
    )
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
