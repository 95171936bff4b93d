"""What a learner did: every attempt with its text, in one SQLite file in the learner's folder.

Two programs may have it open at once: each write is one short transaction, and a reader never waits for a writer
(write-ahead log, https://sqlite.org/wal.html).
"""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from tutor.verdict import Verdict

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

FORMAT = 1
BUSY_TIMEOUT_S = 10.0

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
    exercise TEXT PRIMARY KEY,
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


class Progress:
    """The learner's progress file; a context manager that closes it.

    Args:
        path: the SQLite file; made where there is none.

    Raises:
        sqlite3.DatabaseError: the file is no SQLite file, or cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(SCHEMA)
            self._db.execute("INSERT OR IGNORE INTO setting VALUES ('format', ?)", (str(FORMAT),))
        except BaseException:
            self._db.close()
            raise

    def record(self, verdict: Verdict, submission: str) -> None:
        """Keep an attempt: the verdict and the text that it was about."""
        self._db.execute(
            "INSERT INTO attempt (at, exercise, verdict, score, max_score, seed, submission, verdict_json) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                time.time(),
                verdict.exercise,
                verdict.verdict,
                verdict.score,
                verdict.max_score,
                verdict.seed,
                submission,
                json.dumps(verdict.to_dict()),
            ),
        )

    def standings(self) -> dict[str, Standing]:
        """Where the learner stands, by slug; exercises without an attempt are not in it."""
        query = """
            WITH judged AS (SELECT * FROM attempt WHERE verdict NOT IN ('not_started', 'grader_error')),
            total AS (
                SELECT exercise, COUNT(*) AS attempts, MAX(verdict = 'pass') AS passed, MAX(score) AS best,
                       MAX(id) AS last
                FROM judged GROUP BY exercise
            )
            SELECT total.exercise, attempts, passed, best, max_score, at, verdict
            FROM total JOIN judged ON judged.id = total.last
        """
        with closing(self._db.execute(query)) as rows:
            return {row[0]: Standing(row[1], bool(row[2]), *row[3:]) for row in rows}

    def last_attempt(self, exercise: str) -> tuple[Verdict, str] | None:
        """The newest verdict on an exercise and the text that it was about."""
        row = self._db.execute(
            "SELECT verdict_json, submission FROM attempt WHERE exercise = ? ORDER BY id DESC LIMIT 1", (exercise,)
        ).fetchone()
        return (Verdict.from_dict(json.loads(row[0])), row[1]) if row else None

    def failures_since_pass(self, exercise: str) -> int:
        """How many attempts in a row have not passed, up to now."""
        row = self._db.execute(
            "SELECT COUNT(*) FROM attempt WHERE exercise = ?1 AND verdict NOT IN ('not_started', 'grader_error') "
            "AND id > (SELECT COALESCE(MAX(id), 0) FROM attempt WHERE exercise = ?1 AND verdict = 'pass')",
            (exercise,),
        ).fetchone()
        return int(row[0])

    def keep_text(self, exercise: str, text: str) -> None:
        """Keep a text that is about to be replaced in the learner's file."""
        self._db.execute("INSERT INTO kept_text (at, exercise, text) VALUES (?, ?, ?)", (time.time(), exercise, text))

    def last_kept_text(self, exercise: str) -> str | None:
        """The text that was replaced last, or None."""
        row = self._db.execute(
            "SELECT text FROM kept_text WHERE exercise = ? ORDER BY id DESC LIMIT 1", (exercise,)
        ).fetchone()
        return row[0] if row else None

    def set_laid_down(self, exercise: str, sha256: str) -> None:
        """Remember the hash of what was laid down, so that an update can tell an edited file from an untouched one."""
        self._db.execute("INSERT OR REPLACE INTO laid_down VALUES (?, ?)", (exercise, sha256))

    def hints_shown(self, exercise: str) -> int:
        """How many of an exercise's hints the learner has seen."""
        row = self._db.execute("SELECT count FROM hints_shown WHERE exercise = ?", (exercise,)).fetchone()
        return int(row[0]) if row else 0

    def set_hints_shown(self, exercise: str, count: int) -> None:
        """Remember how many of an exercise's hints the learner has seen."""
        self._db.execute("INSERT OR REPLACE INTO hints_shown VALUES (?, ?)", (exercise, count))

    def setting(self, name: str) -> str | None:
        """A setting of the workspace, e.g. ``learner``."""
        row = self._db.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def set_setting(self, name: str, value: str) -> None:
        """Store a setting of the workspace."""
        self._db.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
