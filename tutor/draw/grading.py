"""How far the grading of a class is: a row for each exercise, and how long it will take."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.console import Group
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from tutor.draw.duration import duration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import RenderableType

    from tutor.verdict import Verdict, VerdictName

COLUMNS: dict[VerdictName, tuple[str, str]] = {
    "pass": ("passed", "green"),
    "fail": ("failed", "red"),
    "error": ("error", "yellow"),
    "timeout": ("too slow", "yellow"),
    "not_started": ("untouched", "dim"),
    "grader_error": ("not judged", "magenta"),
}


@dataclass
class GradingProgress:
    """How far it is.

    Attributes:
        titles: of each exercise that is judged, by slug.
        total: how many submissions there are to judge to each.
        began_s: when it began, by a clock that only its differences are read from, in seconds.
    """

    titles: Mapping[str, str]
    total: Mapping[str, int]
    began_s: float
    verdicts: dict[str, Counter[VerdictName]] = field(default_factory=dict)

    def add(self, verdict: Verdict) -> None:
        """Take in the next verdict."""
        self.verdicts.setdefault(verdict.exercise, Counter())[verdict.verdict] += 1

    @property
    def done(self) -> int:
        """How many are judged."""
        return sum(its.total() for its in self.verdicts.values())

    @property
    def all(self) -> int:
        """How many there are to judge."""
        return sum(self.total.values())

    def rate(self, now_s: float) -> float:
        """Submissions a second, so far."""
        return self.done / max(now_s - self.began_s, 1e-9)


def grading_line(progress: GradingProgress, now_s: float) -> str:
    """The same in a line."""
    left = progress.all - progress.done
    rate = progress.rate(now_s)
    ahead = f", {duration(left / rate)} left" if left and rate else ""
    return f"{progress.done:,} of {progress.all:,} judged, {60 * rate:,.0f} a minute{ahead}"


def grading_view(progress: GradingProgress, now_s: float) -> RenderableType:
    """A table that fits into 80 columns."""
    seen = [name for name in COLUMNS if any(its[name] for its in progress.verdicts.values())]
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("", no_wrap=True, overflow="ellipsis", max_width=28)
    table.add_column("")
    table.add_column("judged", justify="right")
    for name in seen:
        says, style = COLUMNS[name]
        table.add_column(says, justify="right", style=style)
    for slug, total in progress.total.items():
        its = progress.verdicts.get(slug, Counter())
        bar = ProgressBar(total=total, completed=its.total(), width=12)
        counts = [f"{its[name]:,}" if its[name] else "" for name in seen]
        table.add_row(progress.titles[slug], bar, f"{its.total():,}/{total:,}", *counts)
    return Group(table, Text(grading_line(progress, now_s), "dim"))
