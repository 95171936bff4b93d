"""What a prover says: which program it runs now, what came of it, what is wrong. Imports no torch."""

from __future__ import annotations

import msgspec


class Doing(msgspec.Struct, frozen=True, tag="doing"):
    """The prover begins with a file; if nothing follows, what is in it never ends.

    Attributes:
        file: relative to the course's folder.
        draw: on what it runs, e.g. ``seed 7`` or ``learner-7``.
    """

    file: str
    draw: str


class Outcome(msgspec.Struct, frozen=True, tag="outcome"):
    """What became of one of the author's programs on one seed, or for one learner.

    Attributes:
        program: its file, relative to the exercise's solution folder.
        draw: the seed or the learner.
        failed: the checks that failed, each with what was said.
        skipped: the checks that waited for one that failed.
        whole: whether all checks were run; else the one that the program names, until it had clearly failed.
        misconception: what was named, where all checks were run.
        alike: another wrong answer that did the same everywhere, so that neither can be named.
        off: the largest error over the tolerance: of a right answer anywhere, of a wrong one at the check that it
            names. None where a value differs in another way than by size, or the tolerance is 0.
        slip: what a wrong answer raised because something is mistyped or missing in it; empty where nothing is.
    """

    program: str
    draw: str
    failed: dict[str, str]
    skipped: tuple[str, ...] = ()
    whole: bool = True
    misconception: str | None = None
    alike: str = ""
    off: float | None = 0.0
    slip: str = ""


class Drawn(msgspec.Struct, frozen=True, tag="drawn"):
    """The questions of one learner, as a hash."""

    draw: str
    questions: str


class Noted(msgspec.Struct, frozen=True, tag="noted"):
    """Something is wrong, or may be; the proof goes on.

    Attributes:
        file: relative to the course's folder.
    """

    file: str
    says: str
    do: str = ""
    is_fault: bool = True


class Broken(msgspec.Struct, frozen=True, tag="broken"):
    """Something is so wrong that no more can be proved."""

    file: str
    says: str
    do: str = ""


class Done(msgspec.Struct, frozen=True, tag="done"):
    """The prover has done what it was asked."""


Step = Doing | Outcome | Drawn | Noted | Broken
Message = Step | Done


class Task(msgspec.Struct, frozen=True):
    """What a prover is asked.

    Attributes:
        slug: of the exercise.
        basics: whether to look at starter and reference by themselves first.
        numbers: the seeds; learners are numbered likewise.
        whole: those of them on which every wrong answer goes through every check.
        trains_on: what is trained on where the checks that train are to be run, e.g. ``synthetic``; empty where not.
    """

    slug: str
    basics: bool
    numbers: tuple[int, ...]
    whole: tuple[int, ...]
    trains_on: str = ""
