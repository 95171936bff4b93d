"""What the engine makes of an exercise's programs: the proof holds for what a learner gets. Imports no torch."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tutor.authoring.problems import Problem, within
from tutor.errors import GraderError, ManifestError
from tutor.lab.datasets import SYNTHETIC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from tutor.course import Answer, Exercise
    from tutor.engine.client import EngineClient
    from tutor.hostile import HostileSubmission
    from tutor.verdict import Verdict

COMMENT = "\n# A comment makes it another text, and no answer.\n"

MIN_LIMIT_S = 0.1
LIMIT_OVER_REFERENCE = 2
"""A hostile program gets so many times what the reference takes, which is part of it, and so many seconds at least."""


@dataclass
class Judged:
    """What came of one exercise in the engine.

    Attributes:
        problems: where a verdict was not the one that it should be.
        verdicts: the verdict on each program on the first seed, as JSON.
        reference_s: how long the reference took, in seconds, once all that it is compared with was known.
        tried: how many verdicts were asked for.
        hostile: how many hostile programs were tried.
    """

    problems: list[Problem] = field(default_factory=list)
    verdicts: dict[str, str] = field(default_factory=dict)
    reference_s: float = 0.0
    tried: int = 0
    hostile: int = 0


def judge_known(engine: EngineClient, exercise: Exercise, root: Path, seeds: Sequence[int], data: str) -> Judged:
    """Judge every known program as a learner's: right ones on every seed, wrong ones on the first.

    Args:
        seeds: the seeds; for a compute exercise the learners are numbered likewise. In a train exercise only the first
            counts: a training does not depend on them.
        data: what a train exercise trains on.

    Raises:
        GraderError, ManifestError: the engine cannot judge.
    """
    found = Judged()
    judge = _Judge(engine, exercise, root, data, found)
    if exercise.is_train:
        seeds = seeds[:1]
    judge.starter(seeds[0])
    # Training takes long, and the accepted answers have been trained.
    for answer in (exercise.reference_answer, *(() if exercise.is_train else exercise.accepted)):
        judge.right(answer, seeds)
    for answer in exercise.wrong:
        judge.wrong(answer, seeds[:1])
    return found


def judge_again(
    engine: EngineClient,
    exercise: Exercise,
    root: Path,
    seed: int,
    data: str,
    verdicts: dict[str, str],
    *,
    every: bool = True,
) -> Judged:
    """Judge known programs a second time, in another engine and another order: the verdicts must be the same.

    Args:
        verdicts: the first ones, as JSON.
        every: whether all of them, or of those that are not trained the reference and a wrong one.

    Raises:
        GraderError, ManifestError: the engine cannot judge.
    """
    judge = _Judge(engine, exercise, root, data, found := Judged())
    answers = (exercise.reference_answer, *exercise.accepted, *exercise.wrong)
    timed: tuple[Answer, ...] = (exercise.reference_answer,)
    if exercise.is_train:
        answers = (exercise.reference_answer, *exercise.wrong_untrained)
        # They go through what the reference does, and are not trained then.
        timed = exercise.wrong_untrained
    if not every:
        answers = (*(() if exercise.is_train else timed), *exercise.wrong_untrained[:1])
    for answer in reversed(answers):
        file = within(answer.path, root)
        verdict = judge.check(answer, file, seed)
        if answer in timed:
            found.reference_s = max(found.reference_s, verdict.duration_ms / 1000)
        if (first := verdicts.get(file)) is not None and first != found.verdicts[file]:
            where = difference(json.loads(first), json.loads(found.verdicts[file]))
            says = f"the verdict on seed {seed} is another the second time: {where}"
            do = "Nothing that a check draws or compares may depend on chance, on the clock or on an object's address."
            found.problems.append(Problem(file, says, do))
    return found


def try_hostile(
    engine: EngineClient,
    exercise: Exercise,
    root: Path,
    seed: int,
    programs: Iterable[HostileSubmission],
    *,
    set_limit: Callable[[float], None],
    reference_s: float,
) -> Judged:
    """Judge hostile programs: each must get a verdict that is right for it.

    One that gets as far as a training trains on drawn digits: it is not to be seen how well it learns.

    Args:
        engine: on a copy of the course, whose time limit ``set_limit`` sets: what never ends is cut off sooner there.
        reference_s: how long the reference takes.

    Raises:
        GraderError, ManifestError: the engine cannot judge.
    """
    found = Judged()
    whole_s = exercise.manifest.timeout_s
    short_s = min(whole_s, max(MIN_LIMIT_S, LIMIT_OVER_REFERENCE * reference_s))
    set_limit(short_s)

    def judged(hostile: HostileSubmission) -> Verdict:
        try:
            return engine.check(exercise, hostile.source, learner=learner(seed), seed=seed, data=SYNTHETIC)
        except (GraderError, ManifestError) as error:
            raise type(error)(f"{error.message}, on the hostile program `{hostile.name}`", error.remedy) from error

    for hostile in programs:
        verdict = judged(hostile)
        if verdict.verdict == "timeout" and "timeout" not in hostile.verdicts and short_s < whole_s:
            # Slow, but not endless: with all of its time it may come to another end.
            set_limit(whole_s)
            verdict = judged(hostile)
            set_limit(short_s)
        is_right = verdict.verdict in hostile.verdicts
        layers_on = {layer.name for layer in verdict.sandbox if layer.on}
        # Without the layer that would stop it, it proves nothing; `cnn-tutor doctor` says which are on.
        if not is_right and not hostile.needs <= layers_on:
            continue
        found.hostile += 1
        if not is_right:
            says = f"the hostile program `{hostile.name}` gets the verdict {verdict.verdict}"
            do = f"Right would be {' or '.join(sorted(hostile.verdicts))}. {_first_message(verdict)}".rstrip()
            found.problems.append(Problem(within(exercise.checks_file, root), says, do))
    return found


def learner(number: int) -> str:
    """A learner's name by number, as :mod:`tutor.authoring.hand_proof` has it."""
    return f"learner-{number}"


def difference(one: Any, other: Any, path: str = "") -> str:
    """Where two pieces of JSON data first differ, in words; empty where nowhere."""
    match one, other:
        case dict(), dict():
            for name in sorted({*one, *other}):
                if found := difference(one.get(name), other.get(name), f"{path}.{name}" if path else name):
                    return found
            return ""
        case list(), list() if len(one) == len(other):
            for place, (mine, its) in enumerate(zip(one, other, strict=True)):
                if found := difference(mine, its, f"{path}[{place}]"):
                    return found
            return ""
    return "" if one == other else f"`{path}` is {_cut(other)}, and was {_cut(one)}"


def with_limit(manifest: str, limit_s: float) -> str:
    """A manifest's text with another time limit."""
    return re.sub(r"(?m)^timeout_s\s*=.*$", f"timeout_s = {limit_s:.3f}", manifest, count=1)


class _Judge:
    """Asks the engine, and says what is not as it should be."""

    def __init__(self, engine: EngineClient, exercise: Exercise, root: Path, data: str, found: Judged) -> None:
        self._engine = engine
        self._exercise = exercise
        self._root = root
        self._data = data
        self._found = found

    def starter(self, seed: int) -> None:
        """The starter is not begun; and a starter with a comment is no pass."""
        file = within(self._exercise.folder / self._exercise.filename, self._root)
        text = self._exercise.starter(learner(seed))
        verdict = self._ask(text, seed)
        if verdict.verdict != "not_started":
            self._say(file, f"the starter gets the verdict {verdict.verdict}, not not_started")
        verdict = self._ask(text + COMMENT, seed)
        if verdict.passed:
            self._say(file, "the starter passes as it is", "Take the answer out of it, or check for more.")

    def right(self, answer: Answer, seeds: Sequence[int]) -> None:
        """The reference or an accepted answer passes."""
        file = within(answer.path, self._root)
        for seed in seeds:
            verdict = self.check(answer, file, seed)
            if not verdict.passed:
                says = f"the engine's verdict is {verdict.verdict} on {self._draw(seed)}: {_first_message(verdict)}"
                self._say(file, says)

    def wrong(self, answer: Answer, seeds: Sequence[int]) -> None:
        """A wrong answer fails at the check, and with the misconception, that it names."""
        file = within(answer.path, self._root)
        for seed in seeds:
            verdict = self.check(answer, file, seed)
            failed = next((result for result in verdict.checks if result.status != "pass"), None)
            on = f"in the engine, on {self._draw(seed)}"
            if failed is None:
                self._say(file, f"passes {on}")
            elif failed.id != answer.check:
                self._say(file, f"fails at `{failed.id}` {on}, not at `{answer.check}`")
            elif verdict.misconception != answer.misconception:
                named = verdict.misconception or "no misconception"
                self._say(file, f"`{named}` is named {on}, not `{answer.misconception}`")

    def check(self, answer: Answer, file: str, seed: int) -> Verdict:
        """The verdict on a known answer; the first one is kept."""
        verdict = self._ask(self._exercise.program(answer, learner(seed)), seed)
        data = verdict.to_dict()
        del data["duration_ms"]
        self._found.verdicts.setdefault(file, json.dumps(data, sort_keys=True))
        return verdict

    def _ask(self, source: str, seed: int) -> Verdict:
        self._found.tried += 1
        return self._engine.check(self._exercise, source, learner=learner(seed), seed=seed, data=self._data)

    def _draw(self, seed: int) -> str:
        return learner(seed) if self._exercise.is_compute else f"seed {seed}"

    def _say(self, file: str, says: str, do: str = "") -> None:
        # One problem a file is enough: the others have the same cause.
        if all(problem.file != file for problem in self._found.problems):
            self._found.problems.append(Problem(file, says, do))


def _first_message(verdict: Verdict) -> str:
    messages = [verdict.message, *(result.message for result in verdict.checks if result.status != "pass")]
    return next((message.splitlines()[0] for message in messages if message), "")


def _cut(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"
