"""What a class handed in and how it was judged, in one SQLite file.

A verdict is kept under a key made of all that it depends on; so what did not change since is never judged again, and
what one learner copied from another is judged once. It is kept as soon as it is there: whenever grading is ended, what
was judged stays.
"""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

import msgspec

from tutor.classroom.people import Person
from tutor.classroom.results import ClassResults, Finding, Grade, GradedExercise
from tutor.errors import UsageError
from tutor.files import text_hash
from tutor.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    from tutor.classroom.borrowed import Words
    from tutor.classroom.collect import HandedIn

APPLICATION_ID = 0x434E4E47
"""``CNNG``: tells a gradebook from any other SQLite file."""
FORMAT = 1
BUSY_TIMEOUT_S = 30.0
FINAL = "SELECT key FROM result WHERE is_final = 1"

SCHEMA = """
CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
CREATE TABLE person (
    place INTEGER PRIMARY KEY,
    learner TEXT NOT NULL UNIQUE,
    person TEXT NOT NULL              -- JSON
) STRICT;
CREATE TABLE source (
    sha256 TEXT PRIMARY KEY,
    text TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE submission (
    learner TEXT NOT NULL,
    exercise TEXT NOT NULL,           -- slug
    filename TEXT NOT NULL,
    found_at TEXT NOT NULL,
    at REAL,                          -- seconds since the epoch
    late_by_s REAL NOT NULL,
    source TEXT NOT NULL,             -- sha256
    key TEXT NOT NULL,
    PRIMARY KEY (learner, exercise)
) STRICT, WITHOUT ROWID;
CREATE TABLE result (
    key TEXT PRIMARY KEY,
    at REAL NOT NULL,                 -- when it was judged, in seconds since the epoch
    is_final INTEGER NOT NULL,        -- 0 where the grader itself could not judge
    verdict TEXT NOT NULL             -- JSON
) STRICT, WITHOUT ROWID;
CREATE TABLE question (
    key TEXT PRIMARY KEY,
    words TEXT NOT NULL               -- JSON
) STRICT, WITHOUT ROWID;
CREATE TABLE finding (
    place INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    learner TEXT NOT NULL,
    exercise TEXT NOT NULL,
    found_at TEXT NOT NULL,
    says TEXT NOT NULL
) STRICT;
"""


class GradebookError(UsageError):
    """The gradebook cannot be read or written; what was kept before still is."""


class Gradebook:
    """A class's gradebook; a context manager that closes it.

    Every method raises :class:`GradebookError` where the file cannot be read or written.

    Args:
        path: the SQLite file.
        make: whether to make one where there is none.

    Raises:
        GradebookError: it is not there, is no gradebook, or a newer cnn-tutor made it.
    """

    def __init__(self, path: Path, *, make: bool = False) -> None:
        self._path = path
        if not make and not path.is_file():
            raise GradebookError(f"{path}: there is no such gradebook", "cnn-tutor grade makes one.")
        with self._in_words():
            self._db = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        try:
            with self._in_words():
                self._begin()
        except BaseException:
            self._db.close()
            raise

    def begin(
        self,
        course: str,
        exercises: Sequence[GradedExercise],
        versions: Mapping[str, str],
        roster: Sequence[Person],
        people: Sequence[Person],
        handed_in: Iterable[tuple[HandedIn, str]],
        findings: Sequence[Finding],
    ) -> None:
        """Put down what is there to be judged, in the place of what was before; verdicts stay.

        Args:
            roster: the people of the class; empty where nothing says.
            people: those, and whoever handed something in.
            handed_in: with the key of each.
        """
        rows = list(handed_in)
        sources = {text_hash(one.source): one.source for one, _ in rows}
        with self._at_once():
            for table in ("person", "submission", "source", "finding"):
                self._db.execute(f"DELETE FROM {table}")
            told = {"course": course, "exercises": exercises, "versions": dict(versions), "roster": roster}
            self._db.executemany(
                "INSERT OR REPLACE INTO setting VALUES (?, ?)",
                [(name, msgspec.json.encode(value).decode()) for name, value in told.items()],
            )
            self._db.executemany(
                "INSERT INTO person (learner, person) VALUES (?, ?)",
                [(one.learner, msgspec.json.encode(one).decode()) for one in people],
            )
            self._db.executemany("INSERT INTO source VALUES (?, ?)", sources.items())
            self._db.executemany(
                "INSERT INTO submission VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        one.learner,
                        one.exercise.slug,
                        one.exercise.filename,
                        one.where,
                        one.at.timestamp() if one.at else None,
                        one.late_by_s,
                        text_hash(one.source),
                        key,
                    )
                    for one, key in rows
                ],
            )
            self._add_findings(findings)

    def roster(self) -> tuple[Person, ...]:
        """The people of the class, as they were told last; empty where they were not."""
        rows = self._execute("SELECT value FROM setting WHERE name = 'roster'")
        return msgspec.json.decode(rows[0][0], type=tuple[Person, ...]) if rows else ()

    def add_findings(self, findings: Sequence[Finding]) -> None:
        """Put down more that a person should look at."""
        with self._at_once():
            self._add_findings(findings)

    def keep(self, verdicts: Iterable[tuple[str, Verdict]]) -> None:
        """Keep verdicts, each with its key; one that is there already stays as it is."""
        rows = [
            (key, time.time(), verdict.verdict != "grader_error", json.dumps(verdict.to_dict()))
            for key, verdict in verdicts
        ]
        with self._at_once():
            self._db.executemany(
                "INSERT INTO result VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET "
                "at = excluded.at, is_final = excluded.is_final, verdict = excluded.verdict WHERE NOT is_final",
                rows,
            )

    def judged(self) -> set[str]:
        """The keys of all verdicts; without those where the grader itself could not judge, which are to be had anew."""
        return {key for (key,) in self._execute(FINAL)}

    def verdicts(self, keys: Iterable[str]) -> dict[str, Verdict]:
        """Those that are kept, by their keys."""
        found = self._by_key("SELECT verdict FROM result WHERE key = ?", keys)
        return {key: Verdict.from_json(verdict) for key, verdict in found}

    def keep_questions(self, words: Mapping[str, Words]) -> None:
        """Keep the words of learners' questions, each with its key."""
        rows = [(key, json.dumps(its, ensure_ascii=False)) for key, its in words.items()]
        with self._at_once():
            self._db.executemany("INSERT OR REPLACE INTO question VALUES (?, ?)", rows)

    def questions(self, keys: Iterable[str]) -> dict[str, Words]:
        """Those that are kept, by their keys."""
        found = self._by_key("SELECT words FROM question WHERE key = ?", keys)
        return {key: json.loads(words) for key, words in found}

    def sources(self) -> Iterator[tuple[str, str, str, str]]:
        """What was handed in: learner, slug, file name and text of each."""
        yield from self._execute(
            "SELECT learner, exercise, filename, text FROM submission JOIN source ON source = sha256 "
            "ORDER BY exercise, learner"
        )

    def results(self) -> ClassResults:
        """All of it.

        Raises:
            GradebookError: nothing was put down yet.
        """
        settings = dict(self._execute("SELECT name, value FROM setting"))
        if "exercises" not in settings:
            raise GradebookError(f"{self._path}: nothing was graded yet", "cnn-tutor grade does that.")
        people = [
            msgspec.json.decode(person, type=Person)
            for (person,) in self._execute("SELECT person FROM person ORDER BY place")
        ]
        rows = self._execute(
            "SELECT learner, exercise, found_at, submission.at, late_by_s, verdict "
            "FROM submission LEFT JOIN result USING (key)"
        )
        findings = self._execute("SELECT kind, learner, exercise, found_at, says FROM finding ORDER BY place")
        return ClassResults(
            course=msgspec.json.decode(settings["course"], type=str),
            exercises=msgspec.json.decode(settings["exercises"], type=tuple[GradedExercise, ...]),
            people=tuple(people),
            grades={(row[0], row[1]): _grade(*row) for row in rows},
            findings=tuple(Finding(*row) for row in findings),
            versions=msgspec.json.decode(settings["versions"], type=dict[str, str]),
        )

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _begin(self) -> None:
        (application,) = self._db.execute("PRAGMA application_id").fetchone()
        (found,) = self._db.execute("PRAGMA user_version").fetchone()
        (tables,) = self._db.execute("SELECT COUNT(*) FROM sqlite_schema").fetchone()
        if tables and application != APPLICATION_ID:
            raise GradebookError(f"{self._path} is no gradebook", "Name another file: --book FILE")
        if found > FORMAT:
            raise GradebookError(f"{self._path} was made by a newer cnn-tutor", "Install that one, or a newer one.")
        if not tables:
            self._db.executescript(
                f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA application_id = {APPLICATION_ID}; "
                f"PRAGMA user_version = {FORMAT}; COMMIT;"
            )

    def _add_findings(self, findings: Sequence[Finding]) -> None:
        self._db.executemany(
            "INSERT INTO finding (kind, learner, exercise, found_at, says) VALUES (?, ?, ?, ?, ?)",
            [(one.kind, one.learner, one.exercise, one.where, one.says) for one in findings],
        )

    @contextmanager
    def _at_once(self) -> Iterator[None]:
        """All of it, or nothing."""
        with self._in_words():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _execute(self, statement: str, *values: Any) -> list[Any]:
        with self._in_words(), closing(self._db.execute(statement, values)) as rows:
            return rows.fetchall()

    def _by_key(self, statement: str, keys: Iterable[str]) -> Iterator[tuple[str, str]]:
        for key in keys:
            for (text,) in self._execute(statement, key):
                yield key, text

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise GradebookError(f"{self._path}: cannot be read or written: {error}") from None


def _grade(learner: str, exercise: str, where: str, at: float | None, late_by_s: float, verdict: str | None) -> Grade:
    return Grade(
        learner,
        exercise,
        where,
        None if verdict is None else Verdict.from_json(verdict),
        None if at is None else datetime.fromtimestamp(at, UTC),
        late_by_s,
    )
