"""What a class wrote, laid out for JPlag, Dolos and compare50. No verdict of ours: on ten lines honest people agree."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.classroom.exports.plain import SURROGATE, cell, csv_lines
from tutor.errors import TutorError, UsageError
from tutor.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tutor.classroom.people import Person
    from tutor.course import Exercise

README = """\
Which programs of a class are alike? Each folder here is one exercise:

    starter/            what everybody was given
    submissions/NNN/    one learner's program; who.csv says whose

Any of these, inside such a folder; each leaves out what stems from the starter:

    java -jar jplag.jar -l python3 -bc starter submissions
    dolos run -f web -l python -i starter/*.py submissions/*/*.py
    compare50 submissions/* -d starter/*

JPlag: https://github.com/jplag/JPlag. Dolos: https://dolos.ugent.be. compare50: https://cs50.readthedocs.io

Look at what they point to yourself. These exercises are short, and there are few ways to write some of them well:
people who never met hand in the same ten lines. JPlag's makers advise against such tasks and against fixed thresholds.
Exercises that are worked out by hand are not here: everybody has numbers of their own, and `cnn-tutor grade` says who
answered somebody else's.
"""


@dataclass(frozen=True)
class LaidOut:
    """One file.

    Attributes:
        path: inside the folder, with ``/``; made of the course's names and of numbers alone.
    """

    path: str
    text: str


def laid_out(
    people: Iterable[Person], exercises: Iterable[Exercise], sources: Iterable[tuple[str, str, str, str]]
) -> Iterator[LaidOut]:
    """The files, of each exercise that is a program and that two learners at least handed in.

    Args:
        sources: learner, slug, file name and text of each submission.
    """
    known = list(people)
    ids = {person.learner: f"{place:0{len(str(len(known)))}d}" for place, person in enumerate(known, start=1)}
    handed_in: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for learner, slug, _, text in sources:
        handed_in[slug].append((ids[learner], text))
    yield LaidOut("README.txt", README)
    names = ([ids[one.learner], cell(one.learner), cell(one.name)] for one in known)
    yield LaidOut("who.csv", csv_lines([["id", "learner", "name"], *names]))
    for exercise in exercises:
        if exercise.is_compute or len(handed_in[exercise.slug]) < 2:
            continue
        folder = exercise.manifest.folder
        yield LaidOut(f"{folder}/starter/{exercise.filename}", exercise.starter(""))
        for one, text in handed_in[exercise.slug]:
            yield LaidOut(f"{folder}/submissions/{one}/{exercise.filename}", text)


def write_files(folder: Path, files: Iterable[LaidOut]) -> int:
    """Write them into a folder that is empty or not there yet: an older export must not be compared with.

    Returns:
        How many.

    Raises:
        UsageError: there is something in the folder.
        TutorError: it cannot be written.
    """
    count = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise UsageError(f"{folder} is not empty", "Name a folder that is not there yet.")
        for file in files:
            path = folder / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, SURROGATE.sub("\ufffd", file.text))
            count += 1
    except OSError as error:
        raise TutorError(f"{folder}: cannot be written: {error.strerror}") from error
    return count
