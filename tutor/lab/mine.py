"""``--mine``: networks made of the learner's own layers, from exercises that pass. Imports no torch.

A face has the present texts judged once more (:func:`prepare`), and lays copies of what has passed into the run's
folder (:func:`lay_down`). The training imports those copies: :func:`tutor.lab.networks.own.layers_from`.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.errors import GraderError, TutorError, UsageError
from tutor.files import write_atomically
from tutor.lab.experiments import NETWORKS, find_network

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from tutor.course import Course, Exercise
    from tutor.verdict import Verdict
    from tutor.workspace import Workspace

    Judge = Callable[[Exercise, str], Verdict]

FOLDER = "mine"
"""Where the copies lie in a run's folder."""

NOT_PASSED = {"not_started": "is not begun yet", "timeout": "takes too long"}


@dataclass(frozen=True)
class Own:
    """What of a learner's can stand in a network.

    Attributes:
        slug: the exercise.
        symbol: the class or the function in the learner's file.
        layers: the fields of :class:`tutor.lab.networks.Layers` for which it stands.
    """

    slug: str
    symbol: str
    layers: frozenset[str]

    @property
    def filename(self) -> str:
        """The learner's file, and what tracebacks call it."""
        return f"{self.slug.replace('-', '_')}.py"


# What is not here fits no place: batch-norm-train has no eval mode, TextCNN reads text, a U-Net's long skip takes two
# inputs, and what is computed by hand is no program.
OWN = {
    own.slug: own
    for own in (
        Own("conv2d", "conv2d", frozenset({"conv2d"})),
        Own("pool2d", "max_pool2d", frozenset({"max_pool2d"})),
        Own("lenet", "LeNet", frozenset({"lenet"})),
        Own("batch-norm-2d", "BatchNorm2d", frozenset({"batch_norm2d", "batch_norm1d"})),
        Own("dropout", "Dropout", frozenset({"dropout"})),
        Own("residual-block", "ResidualBlock", frozenset({"residual_block"})),
        Own("projection-block", "ProjectionBlock", frozenset({"projection_block"})),
        Own("basic-block", "BasicBlock", frozenset({"basic_block"})),
    )
}


def choose(typed: str, networks: Sequence[str], course: Course) -> tuple[Own, ...]:
    """What a learner wants to stand in the networks of a run.

    Args:
        typed: exercises by number, slug or file, with commas between them.
        networks: the run's networks; one that has such a layer is enough.

    Raises:
        UnknownExercise: one of the exercises does not exist.
        UsageError: one is no layer, none of the networks has such a layer, or nothing was typed.
    """
    exercises = course.select(tuple(word.strip() for word in typed.split(",") if word.strip()))
    if not exercises:
        raise UsageError("which layers are to be yours?", f"Of these exercises: {', '.join(OWN)}")
    for exercise in exercises:
        if exercise.slug not in OWN:
            raise UsageError(
                f"exercise {exercise.number}, {exercise.slug}, is no layer of the lab's networks",
                f"Those that are: {', '.join(OWN)}",
            )
    chosen = tuple(OWN[slug] for slug in dict.fromkeys(exercise.slug for exercise in exercises))
    trained = " and ".join(networks)
    for own in chosen:
        if any(_has_place_for(own, network, chosen) for network in networks):
            continue
        if any(_has_place_for(own, network, (own,)) for network in networks):
            raise UsageError(
                f"{trained}: your lenet is all of it, and leaves no place for your {own.slug}",
                "Leave out one of the two.",
            )
        elsewhere = ", ".join(name for name in NETWORKS if _has_place_for(own, name, (own,)))
        raise UsageError(f"{trained}: no place for your {own.slug}", f"Networks that have one: {elsewhere}")
    return chosen


def with_a_place_in(networks: Sequence[str]) -> tuple[Own, ...]:
    """What of a learner's could stand in one of these networks at least."""
    return tuple(own for own in OWN.values() if any(_has_place_for(own, network, (own,)) for network in networks))


def prepare(typed: str, networks: Sequence[str], course: Course, workspace: Workspace, judge: Judge) -> dict[str, str]:
    """The learner's present texts of what shall stand in the networks of a run, each judged again.

    Args:
        typed, networks: see :func:`choose`.
        judge: has the engine judge a text; called once for each exercise.

    Returns:
        For each file's name its text, which passes.

    Raises:
        UsageError: see :func:`choose`; or a file is missing, or does not pass.
        GraderError: the engine could not judge.
    """
    texts = {}
    for own in choose(typed, networks, course):
        exercise = course.find(own.slug)
        source = workspace.read(exercise)
        _refuse_unless_passed(exercise, judge(exercise, source))
        texts[own.filename] = source
    return texts


def lay_down(run_folder: Path, texts: Mapping[str, str]) -> None:
    """Copy texts that have passed into a run's folder, before its training begins.

    Raises:
        OSError: the folder cannot be written to.
    """
    if texts:
        (run_folder / FOLDER).mkdir(parents=True)
    for filename, text in texts.items():
        write_atomically(run_folder / FOLDER / filename, text)


def own_in(run_folder: Path) -> tuple[Own, ...]:
    """What of a run's networks is the learner's own."""
    return tuple(own for own in OWN.values() if (run_folder / FOLDER / own.filename).exists())


def told_as_theirs(error: BaseException) -> TutorError | None:
    """A failure inside a learner's own layer, with their line; None where it came about elsewhere.

    That memory has run out is nobody's line's fault.
    """
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return None
    by_file = {own.filename: own for own in OWN.values()}
    theirs = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in by_file]
    if isinstance(error, SyntaxError) and error.filename in by_file:
        own, where = by_file[error.filename], f"line {error.lineno}"
    elif theirs:
        own, where = by_file[theirs[-1].filename], f"line {theirs[-1].lineno}, `{theirs[-1].line}`"
    else:
        return None
    says = " ".join(str(error).split())
    return UsageError(
        f"Your {own.filename}, {where}: {type(error).__name__}{': ' if says else ''}{says}",
        f"It was trained with as it was when it passed. Change your file, check it with `cnn-tutor check {own.slug}`, "
        "and train again.",
    )


def _has_place_for(own: Own, network: str, chosen: Iterable[Own]) -> bool:
    """Whether a network, by its name or that of its family, would be made of this one among others."""
    has = (NETWORKS[network] if network in NETWORKS else find_network(network)[0]).layers
    is_whole = "lenet" in has and OWN["lenet"] in chosen
    return own.slug == "lenet" if is_whole else not has.isdisjoint(own.layers)


def _refuse_unless_passed(exercise: Exercise, verdict: Verdict) -> None:
    if verdict.passed:
        return
    which = f"exercise {exercise.number}, {exercise.slug}"
    if verdict.verdict == "grader_error":
        raise GraderError(f"{which}, could not be judged: {verdict.message}", "Try again, or train without it.")
    raise UsageError(
        f"{which}, {NOT_PASSED.get(verdict.verdict, 'does not pass as your file is now')}",
        f"What is wrong: cnn-tutor check {exercise.number}. Or leave it out of --mine.",
    )
