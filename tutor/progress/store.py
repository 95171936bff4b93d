"""What a learner did: every attempt with its text, in one SQLite file in the learner's folder.

Two programs may have it open at once: each write is one short transaction. The journal is SQLite's ordinary one, not a
write-ahead log, because a learner's folder may lie on a network drive, may be copied file by file, and must be readable
on a full disk; a log can do none of the three (https://sqlite.org/wal.html).
"""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from tutor.errors import UsageError
from tutor.progress.sql import BUSY_TIMEOUT_S, FORMAT, HINTS_SHOWN, SET_HINTS_SHOWN, SETTING, STANDINGS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from tutor.verdict import Verdict

UNREADABLE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_SCHEMA)
REMEDIES = {
    sqlite3.SQLITE_BUSY: "Another program holds it. Close that one, or try again.",
    sqlite3.SQLITE_LOCKED: "Another program holds it. Close that one, or try again.",
    sqlite3.SQLITE_FULL: "Make room on the disk, then try again.",
    sqlite3.SQLITE_IOERR: "Is the disk full, or a quota used up? Make room, then try again.",
    sqlite3.SQLITE_READONLY: "Make the file and its folder writable for you.",
    sqlite3.SQLITE_CANTOPEN: "Make the file and its folder readable and writable for you.",
    sqlite3.SQLITE_PERM: "Make the file and its folder readable and writable for you.",
}

SCHEMA = """
CREATE TABLE IF NOT EXISTS attempt (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,                 -- seconds since the epoch
    exercise TEXT NOT NULL,           -- slug
    verdict TEXT NOT NULL,
    score REAL NOT NULL,
    max_score REAL NOT NULL,
    seed INTEGER NOT NULL,
    submission TEXT NOT NULL,
    verdict_json TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS attempt_exercise ON attempt (exercise, id);
CREATE TABLE IF NOT EXISTS kept_text (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    exercise TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS laid_down (
    exercise TEXT PRIMARY KEY,        -- a slug: its starter; slug/lesson.md: its lesson; with .new: the one beside
    sha256 TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS hints_shown (
    exercise TEXT PRIMARY KEY,
    count INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
"""


@dataclass(frozen=True)
class Standing:
    """Where a learner stands with one exercise.

    Attributes:
        attempts: how many verdicts there are, without those on an untouched starter.
        passed: whether any attempt passed; a later failure takes nothing away.
        best_score: the highest score so far.
        max_score: what that score was out of.
        last_at: when the last attempt was, in seconds since the epoch.
        last_verdict: the name of the last verdict.
    """

    attempts: int
    passed: bool
    best_score: float
    max_score: float
    last_at: float
    last_verdict: str


@dataclass(frozen=True)
class KeptText:
    """A learner's text that was replaced.

    Attributes:
        turn: of two texts, the one with the larger number was replaced later.
        at: when it was replaced last, in seconds since the epoch.
        text: the text.
    """

    turn: int
    at: float
    text: str


@dataclass(frozen=True)
class Attempt:
    """One verdict on one text.

    Attributes:
        id: its number in the progress file.
        at: when it was, in seconds since the epoch.
        verdict: the verdict's name.
        score: out of ``max_score``.
        max_score: what there was to be had.
    """

    id: int
    at: float
    verdict: str
    score: float
    max_score: float


class ProgressError(UsageError):
    """The progress file cannot be read or written just now; it is as it was."""


class UnreadableProgress(ProgressError):
    """The progress file at ``path`` is damaged, or is none."""

    def __init__(self, path: Path, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.path = path


class Progress:
    """The learner's progress file; a context manager that closes it.

    Every method raises :class:`ProgressError` where the file cannot be read or written, e.g. on a full disk; what was
    finished before is kept.

    Args:
        path: the SQLite file; made where there is none.

    Raises:
        UnreadableProgress: the file is damaged, or is no progress file.
        ProgressError: it cannot be opened, or a newer cnn-tutor made it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._in_words():
            self._db = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        try:
            with self._in_words():
                self._begin()
        except BaseException:
            self._db.close()
            raise

    def record(self, verdict: Verdict, submission: str) -> None:
        """Keep an attempt: the verdict and the text that it was about."""
        self._execute(
            "INSERT INTO attempt (at, exercise, verdict, score, max_score, seed, submission, verdict_json) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            time.time(),
            verdict.exercise,
            verdict.verdict,
            verdict.score,
            verdict.max_score,
            verdict.seed,
            submission,
            json.dumps(verdict.to_dict()),
        )

    def standings(self) -> dict[str, Standing]:
        """Where the learner stands, by slug; exercises without an attempt are not in it."""
        return {row[0]: Standing(row[1], bool(row[2]), *row[3:]) for row in self._execute(STANDINGS)}

    def last_attempt(self, exercise: str) -> tuple[Verdict, str] | None:
        """The newest verdict on an exercise and the text that it was about."""
        rows = self._execute(
            "SELECT verdict_json, submission FROM attempt WHERE exercise = ? ORDER BY id DESC LIMIT 1", exercise
        )
        if not rows:
            return None
        from tutor.verdict import Verdict

        return Verdict.from_json(rows[0][0]), rows[0][1]

    def attempts(self, exercise: str) -> list[Attempt]:
        """Every attempt at an exercise, the newest first."""
        rows = self._execute(
            "SELECT id, at, verdict, score, max_score FROM attempt WHERE exercise = ? ORDER BY id DESC", exercise
        )
        return [Attempt(*row) for row in rows]

    def submission(self, attempt: int) -> str:
        """The text that an attempt was about."""
        return self._value("SELECT submission FROM attempt WHERE id = ?", attempt) or ""

    def failures_since_pass(self, exercise: str) -> int:
        """How many attempts in a row have not passed, up to now."""
        rows = self._execute(
            "SELECT COUNT(*) FROM attempt WHERE exercise = ?1 AND verdict NOT IN ('not_started', 'grader_error') "
            "AND id > (SELECT COALESCE(MAX(id), 0) FROM attempt WHERE exercise = ?1 AND verdict = 'pass')",
            exercise,
        )
        return int(rows[0][0])

    def keep_text(self, exercise: str, text: str) -> None:
        """Keep a text that is about to be replaced in the learner's file."""
        self._execute("INSERT INTO kept_text (at, exercise, text) VALUES (?, ?, ?)", time.time(), exercise, text)

    def last_kept_text(self, exercise: str) -> str | None:
        """The text that was replaced last, or None."""
        return self._value("SELECT text FROM kept_text WHERE exercise = ? ORDER BY id DESC LIMIT 1", exercise)

    def kept_texts(self, exercise: str) -> list[KeptText]:
        """Every text that was ever replaced, each once, in the order in which they were first replaced."""
        rows = self._execute(
            "SELECT MAX(id), MAX(at), text FROM kept_text WHERE exercise = ? GROUP BY text ORDER BY MIN(id)", exercise
        )
        return [KeptText(*row) for row in rows]

    def set_laid_down(self, key: str, sha256: str) -> None:
        """Remember the hash of what was laid down, so that an update can tell an edited file from an untouched one."""
        self._execute("INSERT OR REPLACE INTO laid_down VALUES (?, ?)", key, sha256)

    def laid_down(self, key: str) -> str | None:
        """The hash of what was laid down last, or None where that is not known."""
        return self._value("SELECT sha256 FROM laid_down WHERE exercise = ?", key)

    def hints_shown(self, exercise: str) -> int:
        """How many of an exercise's hints the learner has seen."""
        return int(self._value(HINTS_SHOWN, exercise) or 0)

    def set_hints_shown(self, exercise: str, count: int) -> None:
        """Remember how many of an exercise's hints the learner has seen."""
        self._execute(SET_HINTS_SHOWN, exercise, count)

    def setting(self, name: str) -> str | None:
        """A setting of the workspace, e.g. ``learner``."""
        return self._value(SETTING, name)

    def set_setting(self, name: str, value: str) -> None:
        """Store a setting of the workspace."""
        self._execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", name, value)

    def is_sound(self) -> bool:
        """Whether SQLite finds the whole file in order; reads all of it."""
        try:
            return bool(self._value("PRAGMA quick_check(1)") == "ok")
        except UnreadableProgress:
            return False

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
        """Make the tables where they are missing; one that has them is only read, which a full disk allows."""
        (found,) = self._db.execute("PRAGMA user_version").fetchone()
        if found > FORMAT:
            raise ProgressError(
                f"{self._path} was made by a newer cnn-tutor", "Install that one, or a newer one still."
            )
        self._db.execute("PRAGMA synchronous = FULL")
        if found < FORMAT:
            with suppress(sqlite3.OperationalError):
                self._db.execute("PRAGMA journal_mode = DELETE")  # the first version kept a write-ahead log
            self._db.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {FORMAT}; COMMIT;")

    def _execute(self, statement: str, *values: Any) -> list[Any]:
        with self._in_words(), closing(self._db.execute(statement, values)) as rows:
            return rows.fetchall()

    def _value(self, statement: str, *values: Any) -> str | None:
        rows = self._execute(statement, *values)
        return str(rows[0][0]) if rows else None

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            # The low byte is the kind of error, the rest says more of it.
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            says, remedy = f"{self._path}: your progress cannot be read or kept: {error}", REMEDIES.get(code, "")
            if code in UNREADABLE:
                raise UnreadableProgress(self._path, says, remedy) from None
            raise ProgressError(says, remedy) from None
