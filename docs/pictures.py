"""Draws the README's pictures: the app as it is, judged by its own engine, and a training that really runs.

    python -m docs.pictures [NAME ...]    all, or these

The lab trains on MNIST where CNN_TUTOR_DATA names a folder with it, else on drawn digits.
"""

from __future__ import annotations

import asyncio
import html
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.app.scenes import SCENES, attempts
from tests.app.stage import Scene, theatre
from tutor.course import builtin_course, load_course
from tutor.engine.client import EngineClient
from tutor.lab.launching import stop_run
from tutor.lab.run_state import EventReader, RunState
from tutor.lab.runs import latest_run

if TYPE_CHECKING:
    from tests.app.stage import Stage, Theatre

HERE = Path(__file__).parent
DATA = os.environ.get("CNN_TUTOR_DATA", "synthetic")
FONTS = "ui-monospace, 'SF Mono', Menlo, 'DejaVu Sans Mono', 'Cascadia Mono', Consolas, monospace"
MOST_BYTES = 160_000
WITH_ACCENTS = r"[^\u0300-\u036f][\u0300-\u036f]*"
TRAINED_PART = 0.6


async def _train(stage: Stage) -> None:
    """Train for real, until the second network has done most of its steps."""
    await stage.press("t")
    await stage.see("Epochs")
    await stage.press("shift+tab", *DATA, "enter")
    await stage.see("step")
    run = latest_run(stage.workspace.runs)
    assert run is not None
    (training,) = stage.app.trainings
    stage.props.callback(stop_run, run, training)
    reader, state = EventReader(run), RunState()
    while not _has_curves(state):
        reader.catch_up(state)
        assert not state.ended, state.failed or "It has ended before it could be drawn."
        await asyncio.sleep(0.1)


def _has_curves(state: RunState) -> bool:
    if state.started is None:
        return False
    last = state.curves[state.started.networks[-1]]
    return len(last.losses) > TRAINED_PART * state.started.steps


PICTURES = {
    "home": (SCENES["home"], (112, 30)),
    "verdict": (SCENES["failed"], (112, 50)),
    "picture": (SCENES["picture-batch-norm"], (100, 24)),
    "form": (SCENES["form"], (112, 38)),
    "lab": (Scene(_train, ("▶ training",)), (112, 32)),
}
"""Each with the size of its terminal."""


def for_readme(svg: str) -> str:
    """A screenshot of Textual's that loads nothing, and looks like a terminal in any of the usual fonts."""
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = svg.replace("font-family: Fira Code, monospace", f"font-family: {FONTS}")
    # A little larger than a cell, so that frames have no gaps.
    svg = svg.replace("font-size: 20px", "font-size: 21.5px")
    return re.sub(r' x="([\d.]+)" (y="[\d.]+") textLength="([\d.]+)"([^>]*>)([^<]*)', _in_cells, svg)


def _in_cells(text: re.Match[str]) -> str:
    """Each character at its own place: those that a font lacks come from another one, and are wider or narrower."""
    left, y, width, rest, words = text.groups()
    characters = html.unescape(words)
    cell = float(width) / len(characters)
    clusters = re.findall(WITH_ACCENTS, characters)
    places = [f"{float(left) + at * cell:.1f}" for at in range(len(clusters))]
    if len(clusters) == len(characters):
        return f' x="{" ".join(places)}" {y}{rest}{words}'
    spans = (f'<tspan x="{place}">{html.escape(one)}</tspan>' for place, one in zip(places, clusters, strict=True))
    return f" {y}{rest}{''.join(spans)}"


async def draw(name: str, played: Theatre, folder: Path) -> str:
    """The SVG of a picture."""
    scene, size = PICTURES[name]
    async with played.play(scene, size, folder) as stage:
        return for_readme(stage.app.export_screenshot(title="cnn-tutor", simplify=True))


def main(names: list[str]) -> int:
    """Draw the pictures with these names, or all."""
    if unknown := set(names) - set(PICTURES):
        print(f"There is no picture {', '.join(unknown)}; there are {', '.join(PICTURES)}.", file=sys.stderr)
        return 2
    course = load_course(builtin_course())
    with tempfile.TemporaryDirectory() as folder, EngineClient(course.location) as engine:
        played = theatre(course, engine, Path(folder, "begun"), attempts(course))
        for name in names or PICTURES:
            svg = asyncio.run(draw(name, played, Path(folder, name)))
            assert len(svg.encode()) < MOST_BYTES, f"{name}: {len(svg.encode())} bytes are too many for a README"
            (HERE / f"{name}.svg").write_text(svg, encoding="utf-8")
            print(f"docs/{name}.svg  {len(svg.encode()) / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
