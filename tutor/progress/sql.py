"""Statements that are also needed where there is no time to import the rest of this package: :mod:`tutor.quick`."""

FORMAT = 1
BUSY_TIMEOUT_S = 10.0

STANDINGS = """
    WITH judged AS (SELECT * FROM attempt WHERE verdict NOT IN ('not_started', 'grader_error')),
    total AS (
        SELECT exercise, COUNT(*) AS attempts, MAX(verdict = 'pass') AS passed, MAX(score) AS best, MAX(id) AS last
        FROM judged GROUP BY exercise
    )
    SELECT total.exercise, attempts, passed, best, max_score, at, verdict
    FROM total JOIN judged ON judged.id = total.last
"""
HINTS_SHOWN = "SELECT count FROM hints_shown WHERE exercise = ?"
SET_HINTS_SHOWN = "INSERT OR REPLACE INTO hints_shown VALUES (?, ?)"
SETTING = "SELECT value FROM setting WHERE name = ?"
