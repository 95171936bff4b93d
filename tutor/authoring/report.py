"""What a proof has come to: as data for programs, and as text that fits 80 columns. Imports no torch."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from tutor.authoring.bounds import RIGHT_BELOW, WRONG_ABOVE
from tutor.authoring.table import error_in_words, legend, table_view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from tutor.authoring.problems import Problem
    from tutor.authoring.table import Row
    from tutor.course import Exercise

FORMAT = 1


@dataclass
class Report:
    """What is proved of one exercise, and what is not.

    Attributes:
        exercise: which.
        problems: faults and warnings.
        table: which check catches which wrong answer.
        whole: on how many seeds the table was made.
        seeds: on how many seeds everything else was.
        right_off: of each right answer the largest error over the tolerance; None where it differs otherwise.
        judged: how many verdicts were asked of the engine.
        hostile: how many hostile programs were tried; None where they were left out.
        unjudged: why the engine could not judge; empty where it could.
    """

    exercise: Exercise
    problems: list[Problem] = field(default_factory=list)
    table: tuple[Row, ...] = ()
    whole: int = 0
    seeds: int = 0
    right_off: dict[str, float | None] = field(default_factory=dict)
    judged: int = 0
    hostile: int | None = None
    unjudged: str = ""

    @property
    def faults(self) -> list[Problem]:
        """What keeps it from being proved."""
        return [problem for problem in self.problems if problem.is_fault]

    @property
    def warnings(self) -> list[Problem]:
        """What may be wrong."""
        return [problem for problem in self.problems if not problem.is_fault]

    @property
    def proved(self) -> bool:
        """Whether everything holds."""
        return not self.faults and not self.unjudged

    def to_dict(self) -> dict[str, Any]:
        """The report for programs."""
        return {
            "exercise": self.exercise.slug,
            "number": self.exercise.number,
            "kind": self.exercise.manifest.kind,
            "proved": self.proved,
            "faults": [_as_dict(problem) for problem in self.faults],
            "warnings": [_as_dict(problem) for problem in self.warnings],
            "unjudged": self.unjudged,
            "seeds": self.seeds,
            "table": {"seeds": self.whole, "rows": [asdict(row) for row in self.table]},
            "margins": {
                "right_below": RIGHT_BELOW,
                "right": self.right_off,
                "wrong_above": WRONG_ABOVE,
                "wrong": {f"wrong/{row.name}.py": row.off for row in self.table},
            },
            "judged": self.judged,
            "hostile": self.hostile,
        }


def as_json(reports: Sequence[Report], faults: Sequence[Problem] = (), warnings: Sequence[Problem] = ()) -> Any:
    """All reports for programs.

    Args:
        faults: of the whole course; where there are any, no exercise was proved.
        warnings: of the whole course.
    """
    return {
        "format": FORMAT,
        "proved": not faults and all(report.proved for report in reports),
        "faults": [_as_dict(problem) for problem in faults],
        "warnings": [_as_dict(problem) for problem in warnings],
        "exercises": [report.to_dict() for report in reports],
    }


def report_view(report: Report) -> RenderableType:
    """One exercise: a headline, what was run, the table, then what is wrong."""
    parts: list[RenderableType] = [_headline(report)]
    if report.seeds:
        parts.append(_indented(Text(_what_was_run(report))))
    if report.right_off:
        parts.append(_indented(Text(_margins(report))))
    if report.table:
        draws = "learners" if report.exercise.is_compute else "seeds"
        parts.append(_indented(Text(legend(report.table, f"{report.whole} {draws}")), top=1))
        parts.append(_indented(table_view(report.table)))
    if report.problems or report.unjudged:
        parts.append(Text())
    parts += [problem_view(problem) for problem in (*report.faults, *report.warnings)]
    if report.unjudged:
        parts.append(_indented(Text.assemble(("not judged  ", "bold yellow"), report.unjudged)))
    return Group(*parts)


def problem_view(problem: Problem) -> RenderableType:
    """One fault or warning: where, what, and what to do."""
    kind, style = ("fault", "bold red") if problem.is_fault else ("warning", "bold yellow")
    where = f"{problem.file}: " if problem.file else ""
    lines: list[RenderableType] = [_indented(Text.assemble((kind, style), f"  {where}{problem.says}"))]
    if problem.do:
        lines.append(Padding(Text(f"→ {problem.do}"), (0, 0, 0, 4), expand=False))
    return Group(*lines)


def summary(reports: Sequence[Report]) -> Text:
    """One line on all of them."""
    proved = sum(report.proved for report in reports)
    faults = sum(len(report.faults) for report in reports)
    warnings = sum(len(report.warnings) for report in reports)
    style = "bold green" if proved == len(reports) else "bold red"
    says = f"{proved} of {_count(len(reports), 'exercise')} proved"
    return Text.assemble((says, style), f": {_count(faults, 'fault')}, {_count(warnings, 'warning')}")


def _headline(report: Report) -> Text:
    says, style = ("proved", "bold green") if report.proved else ("not proved", "bold red")
    if report.unjudged and not report.faults:
        says, style = "not judged", "bold yellow"
    return Text.assemble((f"{report.exercise.number} {report.exercise.slug}  ", "bold"), (says, style))


def _what_was_run(report: Report) -> str:
    exercise = report.exercise
    draws = "learners" if exercise.is_compute else "seeds"
    parts = [
        f"{report.seeds} {draws}",
        f"{1 + len(exercise.accepted)} right and {len(exercise.wrong)} wrong answers",
        f"{report.judged} verdicts" if report.judged else "the engine is not asked yet",
    ]
    if report.hostile is not None:
        parts.append(f"{report.hostile} hostile programs")
    return " · ".join(parts)


def _margins(report: Report) -> str:
    """How far the tolerance is from where it would matter, on both sides."""
    file, off = max(report.right_off.items(), key=lambda item: float("inf") if item[1] is None else item[1])
    says = f"error ÷ tolerance: right answers up to {error_in_words(off)} ({file})"
    errors = {row.name: row.off for row in report.table if row.off is not None}
    if errors:
        closest = min(errors, key=errors.__getitem__)
        says += f"; wrong ones from {error_in_words(errors[closest])} (wrong/{closest}.py)"
    return says


def _as_dict(problem: Problem) -> dict[str, str]:
    return {"file": problem.file, "says": problem.says, "do": problem.do}


def _indented(part: RenderableType, top: int = 0) -> Padding:
    return Padding(part, (top, 0, 0, 2), expand=False)


def _count(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"
