"""A comparison's report, to keep: ``report.md`` with its figure ``report.svg``, or JSON for programs. No torch.

The figure is drawn here, from lines, circles and words: a plotting library would be larger than all else of the lab.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import msgspec

from tutor.draw.comparison import (
    circumstances,
    difference_bars,
    difference_with_margin,
    in_slides,
    network_bars,
    span,
    with_margin,
)
from tutor.errors import TutorError
from tutor.files import write_atomically
from tutor.lab.experiments import title_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tutor.draw.comparison import Bar
    from tutor.lab.comparison import Contrast, Findings, Metric, Panel
    from tutor.lab.statistics import Estimate

WIDTH, MARGIN, LABEL, LINE, HEADING = 760, 20, 190, 34, 44
"""Of the figure: its width, its edge, the room for labels, each bar's height and each heading's, in pixels."""

STYLE = """
  text { font: 14px sans-serif; fill: #222 } .title { font-size: 17px; font-weight: bold } .small { font-size: 12px }
  .interval, .mean { stroke: #0b5a9d; stroke-width: 2.5 } .seed { fill: #d2691e; fill-opacity: .65 }
  .axis { stroke: #999 } .zero { stroke: #222; stroke-dasharray: 4 3 }"""


def write_report(findings: Findings, folder: Path) -> tuple[Path, Path]:
    """Write the report into a folder that is there, over an older one.

    Returns:
        Its files, the Markdown first.

    Raises:
        TutorError: it cannot be written.
    """
    text, figure = folder / "report.md", folder / "report.svg"
    try:
        write_atomically(figure, as_svg(findings))
        write_atomically(text, as_markdown(findings))
    except OSError as error:
        raise TutorError(
            f"{folder}: the report cannot be written: {error.strerror}",
            "What is trained is kept: the same command with another --report writes it anew.",
        ) from error
    return text, figure


def as_json(findings: Findings) -> str:
    """All that is known, for programs."""
    plan, setting = findings.plan, findings.setting
    return msgspec.json.format(
        msgspec.json.encode(
            {
                "title": findings.title,
                "synthetic": setting.is_synthetic,
                "plan": plan,
                "setting": setting,
                "cells": findings.cells,
                "metrics": {panel.metric.field: _panel_as_json(panel) for panel in findings.panels},
            }
        )
    ).decode()


def _panel_as_json(panel: Panel) -> dict[str, Any]:
    return {
        "networks": [
            {"network": row.network, "title": title_of(row.network), "slides": row.slides, **_known(row.estimate)}
            for row in panel.rows
        ],
        "differences": [
            {"reference": one.reference, "other": one.other, "values": one.differences}
            | _known(one.estimate)
            | {"verdict": one.verdict.name.lower().replace("_", "-"), "words": one.words}
            for one in panel.contrasts
        ],
    }


def _known(estimate: Estimate) -> dict[str, Any]:
    return {
        "seeds": estimate.count,
        "mean": estimate.mean,
        "deviation": estimate.deviation,
        "interval": estimate.interval,
    }


def as_markdown(findings: Findings) -> str:
    """The report's text; it shows the figure that lies beside it."""
    blocks = [f"# {findings.title}", "![Each seed, and the means with their 95 % intervals](report.svg)"]
    for panel in findings.panels:
        blocks += [f"## {panel.metric.title.capitalize()}", _networks(panel)]
        if panel.contrasts:
            blocks.append(_differences(panel.contrasts))
    blocks += [
        "## How it came about",
        "\n".join(f"- {line}" for line in circumstances(findings)),
        "## Each training",
        _table(
            ["network", "seed", "test accuracy, %", "test loss", "training loss", "seconds"],
            (
                [
                    one.network,
                    f"{one.seed}",
                    f"{one.accuracy:.2f}",
                    f"{one.test_loss:.4f}",
                    f"{one.train_loss:.4f}",
                    f"{one.seconds:.1f}",
                ]
                for one in findings.cells
            ),
        ),
    ]
    return "\n\n".join(blocks) + "\n"


def _networks(panel: Panel) -> str:
    metric = panel.metric
    rows = (
        [
            f"{title_of(row.network)} (`{row.network}`)",
            with_margin(row.estimate, metric),
            "–" if row.estimate.deviation is None else f"{row.estimate.deviation:.{metric.digits}f}",
            in_slides(row.slides),
        ]
        for row in panel.rows
    )
    return _table(["network", "mean ± 95 % interval", "standard deviation", "slides, on MNIST"], rows)


def _differences(contrasts: Iterable[Contrast]) -> str:
    rows = ([f"`{one.other}` - `{one.reference}`", difference_with_margin(one), one.words] for one in contrasts)
    return _table(["seed by seed", "difference ± 95 % interval", "what it shows"], rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def as_svg(findings: Findings) -> str:
    """The report's figure: a block for each metric's values and one for its differences, each on an axis of its own."""
    parts = [_text(MARGIN, 28, findings.title, "title")]
    height = HEADING
    for panel in findings.panels:
        for heading, bars, zero in (
            (panel.metric.title, network_bars(panel), False),
            (f"{panel.metric.title}, differences seed by seed", difference_bars(panel), True),
        ):
            if bars:
                parts += _block(
                    heading + panel.metric.unit.replace(" ", ", in "), bars, panel.metric, height, zero=zero
                )
                height += HEADING + LINE * len(bars) + LINE
    legend = "Dots: seeds. Lines: means and their 95 % t-intervals."
    parts.append(_text(MARGIN, height + 12, legend, "small"))
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height + 30}" role="img">',
            f"<title>{escape(findings.title)}</title>",
            f"<style>{STYLE}\n</style>",
            '<rect width="100%" height="100%" fill="#fff"/>',
            *parts,
            "</svg>\n",
        ]
    )


def _block(heading: str, bars: Sequence[Bar], metric: Metric, top: int, *, zero: bool) -> list[str]:
    """Bars one below the other, with a heading and an axis."""
    low, high = span(bars, zero=zero)
    left, right = MARGIN + LABEL, WIDTH - MARGIN - 10
    bottom = top + HEADING + LINE * len(bars)

    def x(at: float) -> float:
        return left + (at - low) / (high - low) * (right - left)

    parts = [_text(MARGIN, top + 26, heading), _line(left, bottom, right, bottom, "axis")]
    parts += [_text(x(end), bottom + 18, f"{end:.{metric.digits}f}", "small", "middle") for end in (low, high)]
    if zero:
        parts.append(_line(x(0), top + HEADING - 6, x(0), bottom, "zero"))
    for number, bar in enumerate(bars):
        y = top + HEADING + LINE * number + LINE // 2
        parts.append(_text(MARGIN, y + 5, bar.label))
        if bar.estimate.interval is not None:
            start, end = map(x, bar.estimate.interval)
            parts.append(_line(start, y, end, y, "interval"))
            parts += [_line(at, y - 5, at, y + 5, "interval") for at in (start, end)]
        mean = x(bar.estimate.mean)
        parts.append(_line(mean, y - 9, mean, y + 9, "mean"))
        parts += [f'<circle class="seed" cx="{x(one):.1f}" cy="{y}" r="4"/>' for one in bar.values]
    return parts


def _text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'
