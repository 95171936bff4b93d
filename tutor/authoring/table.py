"""Which check catches which wrong answer, as data and as a table. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tutor.authoring.outcomes import Outcome
    from tutor.course import Exercise


@dataclass(frozen=True)
class Row:
    """One wrong answer.

    Attributes:
        name: its file's stem.
        expects: the check that it names.
        misconception: the misconception that it names.
        caught: on how many seeds each check fails it.
        reached: on how many seeds each check was run at all; it is not where one before it failed.
        off: the smallest, over the seeds, of its largest error over the tolerance at the check that it names; None
            where it differs otherwise than by size.
    """

    name: str
    expects: str
    misconception: str
    caught: Mapping[str, int]
    reached: Mapping[str, int]
    off: float | None


def rows(exercise: Exercise, outcomes: Sequence[Outcome]) -> tuple[Row, ...]:
    """A row for each wrong answer, from the outcomes in which it went through every check."""
    found = []
    for answer in exercise.wrong:
        program = f"wrong/{answer.path.name}"
        own = [outcome for outcome in outcomes if outcome.program == program and outcome.whole]
        checks = [entry.id for entry in exercise.manifest.check]
        errors = [outcome.off for outcome in own if answer.check in outcome.failed and outcome.off is not None]
        found.append(
            Row(
                name=answer.path.stem,
                expects=answer.check,
                misconception=answer.misconception,
                caught={check: sum(check in outcome.failed for outcome in own) for check in checks},
                reached={check: sum(check not in outcome.skipped for outcome in own) for check in checks},
                off=min(errors) if errors else None,
            )
        )
    return tuple(found)


WIDE_UP_TO = 6
"""With more checks than these, the table's columns stand closer, to fit into 80 columns."""


def legend(table: Sequence[Row], draws: str) -> str:
    """What the table's numbers are.

    Args:
        draws: what was drawn and how often, e.g. ``20 seeds``.
    """
    checks = ", ".join(f"{place} {check}" for place, check in enumerate(table[0].caught, start=1))
    return f"On how many of {draws} each check catches each wrong answer: {checks}."


def table_view(table: Sequence[Row]) -> Table:
    """The table: a row for each wrong answer, a column for each check."""
    checks = list(table[0].caught)
    gap = 2 if len(checks) <= WIDE_UP_TO else 1
    view = Table(box=None, padding=(0, gap, 0, 0), pad_edge=False)
    view.add_column("wrong answer", no_wrap=True, overflow="ellipsis")
    for place, check in enumerate(checks, start=1):
        # A number that is cut would be another number; a name may be.
        width = max(len(_cell(row, check)) for row in table)
        view.add_column(str(place), justify="right", no_wrap=True, min_width=width)
    view.add_column("error ÷ tolerance", justify="right", no_wrap=True)
    for row in table:
        error = error_in_words(row.off) if row.caught[row.expects] else Text("–", "dim")
        view.add_row(row.name, *(_cell(row, check) for check in checks), error)
    return view


def error_in_words(off: float | None) -> str:
    """An error over the tolerance; one that is no number differs otherwise than by size, or there is no tolerance."""
    if off is None:
        return "not by size"
    return f"{off:,.0f}" if 10 <= off < 1e6 else f"{off:.2g}"


def _cell(row: Row, check: str) -> Text:
    """How often a check catches a wrong answer; ``·`` where it passes, ``–`` where it never gets that far."""
    if row.caught[check]:
        return Text(str(row.caught[check]), "bold" if check == row.expects else "")
    return Text("·" if row.reached[check] else "–", "dim")
