"""What the people of a class handed in: found in the folders and archives that courses are run with.

    submissions/ada/exercises/03_conv2d/conv2d.py           a folder for each learner, whatever lies in it
    submissions/ada.zip                                     or an archive for each
    submissions.zip: Ada Lovelace_17_assignsubmission_file_/conv2d.py       what Moodle exports
    submissions.zip: lovelaceada_LATE_12_345_conv2d-1.py                    what Canvas exports
    submissions/cnn-ada/…                                   GitHub repositories, whose username the roster has

What is not clear is reported, never guessed at.
"""

from __future__ import annotations

import difflib
import re
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tutor.classroom.members import (
    ARCHIVE,
    OTHER_ARCHIVES,
    Member,
    Refused,
    Unreadable,
    in_archive,
    in_folder,
    in_inner_archive,
)
from tutor.classroom.people import Person
from tutor.classroom.results import Finding
from tutor.errors import UsageError
from tutor.files import MAX_SOURCE_BYTES
from tutor.workspace import LEARNER_FILE, STATE_FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from tutor.classroom.members import Listed
    from tutor.classroom.results import FindingKind
    from tutor.classroom.roster import Roster
    from tutor.course import Exercise

MOODLE = re.compile(r"(?P<name>.+)_\d+_assignsubmission_(?:file|onlinetext)(?:_(?P<file>.*))?", re.DOTALL)
"""A folder, or a file where Moodle is told to make none. Source: mod/assign/locallib.php, ``download_submissions``."""
CANVAS = re.compile(r"(?P<login>[^_/]+)_(?P<late>LATE_)?(?P<user>\d+)_\d+_(?P<file>.+)", re.DOTALL)
"""Source: lib/submission_zip of Canvas' ``ContentZipper``."""
CANVAS_AGAIN = re.compile(r"-\d+(?=\.[^.]+$)")
"""What Canvas puts behind the name of a file that was handed in again."""
NEVER_THEIRS = frozenset({"__MACOSX", ".git", ".venv", "venv", "__pycache__", ".ipynb_checkpoints", "site-packages"})
"""Folders in which nothing that a learner wrote is looked for."""
MAX_STRAY = 10
"""How many files of a learner's that fit no exercise are named."""


@dataclass(frozen=True)
class HandedIn:
    """One learner's text for one exercise.

    Attributes:
        where: as a person finds it.
        at: when it was last changed, in UTC; None where nothing says.
        late_by_s: how long after the deadline, in seconds.
    """

    learner: str
    exercise: Exercise
    source: str
    where: str
    at: datetime | None = None
    late_by_s: float = 0.0


@dataclass(frozen=True)
class Collected:
    """All that a class handed in.

    Attributes:
        people: those of the roster, and whoever handed something in.
    """

    people: tuple[Person, ...]
    handed_in: tuple[HandedIn, ...]
    findings: tuple[Finding, ...]


@dataclass
class _Heap:
    """What one person handed in, before it is looked at."""

    person: Person
    files: list[Listed] = field(default_factory=list)
    is_late: bool = False


def collect(
    paths: Sequence[Path],
    exercises: Sequence[Exercise],
    roster: Roster,
    deadline: datetime | None = None,
    learner: str | None = None,
) -> Collected:
    """Find what was handed in.

    Args:
        paths: folders or zip archives, each with a folder or an archive for each learner.
        exercises: what is looked for.
        deadline: what was changed after it is late.
        learner: whose folder each path is, where it is one learner's and not a class's.

    Raises:
        UsageError: a path cannot be read, or is no class's folder.
    """
    heaps: dict[str, _Heap] = {}
    findings: list[Finding] = []
    with ExitStack() as opened:
        for path in paths:
            listed = in_folder(path) if path.is_dir() else opened.enter_context(in_archive(path))
            if learner is not None:
                person = roster.find(learner=learner) or Person(learner)
                heaps.setdefault(learner, _Heap(person)).files += [_moved_down(one, learner) for one in listed]
            else:
                findings += _deal_out(listed, path, roster, heaps)
        handed_in: list[HandedIn] = []
        for heap in heaps.values():
            theirs, about = _Sorted(heap, exercises, deadline).result()
            handed_in += theirs
            findings += about
    absent = [person for person in roster.people if person.learner not in heaps]
    findings += [_finding("missing", one.learner, "", "", "handed nothing in") for one in absent]
    people = sorted([*(heap.person for heap in heaps.values()), *absent], key=lambda one: one.called.casefold())
    return Collected(tuple(people), tuple(handed_in), tuple(findings))


def _moved_down(listed: Listed, folder: str) -> Listed:
    if isinstance(listed, Refused):
        return Refused((folder, *listed.parts), listed.where, listed.why)
    return Member((folder, *listed.parts), listed.where, listed.at, listed.read)


def _deal_out(listed: Iterable[Listed], path: Path, roster: Roster, heaps: dict[str, _Heap]) -> Iterator[Finding]:
    """Put each file on the heap of whose it is.

    Raises:
        UsageError: the path is one learner's folder.
    """
    for one in listed:
        if len(one.parts) > 1 and (one.parts[0] == "exercises" or one.parts[0] == STATE_FOLDER):
            raise UsageError(
                f"{path} is one learner's folder, not one with a folder for each",
                "Name the folder that it lies in; or say whose it is: --learner NAME",
            )
        if not one.parts:
            assert isinstance(one, Refused)
            yield _finding("refused", "", "", one.where, one.why)
        elif len(one.parts) == 1 and isinstance(one, Member) and (canvas := CANVAS.fullmatch(one.name)):
            person = roster.find(canvas_id=canvas["user"]) or Person(canvas["login"], canvas_id=canvas["user"])
            heap = heaps.setdefault(person.learner, _Heap(person))
            heap.is_late |= bool(canvas["late"])
            name = CANVAS_AGAIN.sub("", canvas["file"])
            heap.files.append(Member((canvas["login"], name), one.where, one.at, one.read))
        elif len(one.parts) == 1 and isinstance(one, Member) and (moodle := MOODLE.fullmatch(one.name)):
            person = _whose(one.name, roster)
            its = (one.name, moodle["file"] or one.name)
            heaps.setdefault(person.learner, _Heap(person)).files.append(Member(its, one.where, one.at, one.read))
        elif len(one.parts) == 1 and not (isinstance(one, Member) and one.is_archive):
            if not one.parts[0].startswith("."):
                what = one.why if isinstance(one, Refused) else "lies beside the learners' folders: whose is it?"
                yield _finding("refused" if isinstance(one, Refused) else "misnamed", "", "", one.where, what)
        elif one.parts[0] not in NEVER_THEIRS and not one.parts[0].startswith("."):
            person = _whose(one.parts[0][: -len(ARCHIVE)] if len(one.parts) == 1 else one.parts[0], roster)
            heaps.setdefault(person.learner, _Heap(person)).files.append(one)


def _whose(folder: str, roster: Roster) -> Person:
    """The person that a folder is named for."""
    if moodle := MOODLE.fullmatch(folder):
        name = moodle["name"]
        return roster.find(name=name) or Person(_as_text(name), name=name)
    for known in (folder, *(folder[place + 1 :] for place, sign in enumerate(folder) if sign == "-")):
        found = roster.find(learner=known, username=known, email=known, id_number=known, name=known)
        if found is not None:
            return found
    return Person(_as_text(folder))


def _as_text(name: str) -> str:
    """A name as it can be kept: names of files may hold bytes that are no text."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def _finding(kind: FindingKind, learner: str, exercise: str, where: str, says: str) -> Finding:
    return Finding(kind, learner, exercise, _as_text(where), says)


class _Sorted:
    """One person's files, by exercise."""

    def __init__(self, heap: _Heap, exercises: Sequence[Exercise], deadline: datetime | None) -> None:
        self._heap = heap
        self._learner = heap.person.learner
        self._exercises = exercises
        self._deadline = deadline
        self._findings: list[Finding] = []

    def result(self) -> tuple[list[HandedIn], list[Finding]]:
        """What was handed in, and what is to be said about it."""
        members = list(self._readable())
        by_name: dict[str, list[Member]] = {}
        for member in members:
            by_name.setdefault(member.name, []).append(member)
        handed_in = [
            found
            for exercise in self._exercises
            if (found := self._of(exercise, by_name.get(exercise.filename, []))) is not None
        ]
        self._say_what_fits_nothing(members, {one.exercise.filename for one in handed_in})
        self._say_if_named_otherwise(members, handed_in)
        return handed_in, self._findings

    def _readable(self) -> Iterator[Member]:
        """All files, those in archives too."""
        for one in self._heap.files:
            if isinstance(one, Refused):
                self._say("refused", "", one.where, one.why)
            elif one.is_archive:
                try:
                    inner = in_inner_archive(one)
                except Unreadable as error:
                    self._say("unreadable", "", one.where, str(error))
                    continue
                for its in inner:
                    if isinstance(its, Refused):
                        self._say("refused", "", its.where, its.why)
                    elif NEVER_THEIRS.isdisjoint(its.parts):
                        yield its
            elif NEVER_THEIRS.isdisjoint(one.parts[1:]):
                yield one

    def _of(self, exercise: Exercise, found: list[Member]) -> HandedIn | None:
        if not found:
            self._say("missing", exercise.slug, "", f"no {exercise.filename}")
            return None
        texts = {}
        for member in found:
            try:
                texts[member] = _text(member)
            except Unreadable as error:
                self._say("unreadable", exercise.slug, member.where, str(error))
        in_place = [member for member in texts if member.parts[-2] == exercise.manifest.folder]
        if len(set(texts.values())) > 1:
            chosen = in_place if len({texts[member] for member in in_place}) == 1 else []
            what = f"the one in {exercise.manifest.folder}/ is judged" if chosen else "none is judged"
            self._say(
                "duplicate",
                exercise.slug,
                ", ".join(member.where for member in texts),
                f"{len(texts)} different files are called {exercise.filename}; {what}",
            )
        else:
            chosen = in_place or list(texts)
        if not chosen:
            return None
        one = chosen[0]
        late_by_s = self._late_by_s(exercise, one)
        return HandedIn(self._learner, exercise, texts[one], _as_text(one.where), one.at, late_by_s)

    def _late_by_s(self, exercise: Exercise, member: Member) -> float:
        if self._heap.is_late:
            self._say("late", exercise.slug, member.where, "Canvas says that it is late")
        elif self._deadline is not None and member.at is not None and member.at > self._deadline:
            late = member.at - self._deadline
            self._say("late", exercise.slug, member.where, f"late by {_duration(late.total_seconds())}")
            return late.total_seconds()
        return 0.0

    def _say_what_fits_nothing(self, members: list[Member], found: set[str]) -> None:
        """Programs under other names, where an exercise is missing."""
        missing = {one.filename: one for one in self._exercises if one.filename not in found}
        known = {one.filename for one in self._exercises}
        stray = [
            one
            for one in members
            if one.name not in known and one.name.lower().endswith((".py", ".ipynb", ".txt", *OTHER_ARCHIVES))
        ]
        for member in stray[:MAX_STRAY] if missing else []:
            near = difflib.get_close_matches(member.name.lower(), missing, n=1, cutoff=0.7)
            if member.name.lower().endswith(OTHER_ARCHIVES):
                self._say("unreadable", "", member.where, "this kind of archive is not read; a zip archive is")
            elif near:
                self._say(
                    "misnamed", missing[near[0]].slug, member.where, f"perhaps meant for {near[0]}; it is not judged"
                )
            elif member.name.endswith(".py"):
                self._say("misnamed", "", member.where, "has the name of no exercise's file; it is not judged")
        if missing and len(stray) > MAX_STRAY:
            self._say("misnamed", "", "", f"{len(stray) - MAX_STRAY:,} more files have the name of no exercise's file")

    def _say_if_named_otherwise(self, members: list[Member], handed_in: list[HandedIn]) -> None:
        """The name in a learner's workspace decides the questions that they answered."""
        if not any(one.exercise.is_compute for one in handed_in):
            return
        for member in members:
            if member.parts[-2:] == (STATE_FOLDER, LEARNER_FILE):
                try:
                    name = _text(member).strip()
                except Unreadable:
                    continue
                if name != self._learner:
                    says = f"their workspace is {name!r}'s, whose questions they answered; they were judged by those of"
                    self._say("other_name", "", member.where, f"{says} {self._learner!r}")

    def _say(self, kind: FindingKind, exercise: str, where: str, says: str) -> None:
        self._findings.append(_finding(kind, self._learner, exercise, where, says))


def _text(member: Member) -> str:
    """A member's text.

    Raises:
        Unreadable: it is none, or too large.
    """
    data = member.read(MAX_SOURCE_BYTES + 1)
    if len(data) > MAX_SOURCE_BYTES:
        raise Unreadable(f"is larger than {MAX_SOURCE_BYTES >> 20} MiB")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise Unreadable(f"is not UTF-8 text (byte {error.start})") from None


def _duration(seconds: float) -> str:
    minutes = int(seconds // 60)
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [f"{count} {unit}" for count, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if count]
    return " ".join(parts[:2]) or "less than a minute"
