"""What a comparison has shown, a sentence for each network and for each difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.draw.comparison import circumstances, in_slides
from tutor.lab.experiments import title_of

if TYPE_CHECKING:
    from tutor.lab.comparison import Contrast, Findings, Metric, Row
    from tutor.lab.statistics import Estimate


def comparison_lines(findings: Findings) -> list[str]:
    """The same as :func:`tutor.draw.comparison.comparison_view`."""
    lines = [f"{findings.title}."]
    for panel in findings.panels:
        title = panel.metric.title
        lines += [f"{title.capitalize()}:", *(_row(row, panel.metric) for row in panel.rows)]
        if panel.contrasts:
            lines += [f"Differences in {title}, seed by seed:", *map(_contrast, panel.contrasts)]
    return [*lines, *circumstances(findings)]


def _row(row: Row, metric: Metric) -> str:
    slides = f"; on the slides {in_slides(row.slides)}, on MNIST" if row.slides is not None else ""
    return f"{row.network}, {title_of(row.network)}: {_known(row.estimate, metric.digits, metric.unit)}{slides}."


def _contrast(contrast: Contrast) -> str:
    known = _known(contrast.estimate, contrast.metric.digits, contrast.metric.difference_unit)
    return f"{contrast.other} minus {contrast.reference}: {known}: {contrast.words}."


def _known(estimate: Estimate, digits: int, unit: str) -> str:
    """A mean, and from where to where its interval reaches."""
    # Speech passes over the hyphen, and not over the minus sign.
    mean, *ends = (f"{number:.{digits}f}".replace("-", "−") for number in (estimate.mean, *(estimate.interval or ())))
    if not ends:
        return f"{mean}{unit}"
    return f"mean {mean}{unit}, 95 % interval from {ends[0]} to {ends[1]}"
