"""The report of a comparison: Markdown, its figure, and JSON."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

import pytest

from tutor.errors import TutorError
from tutor.lab.comparison import Cell, ComparisonPlan, Setting, findings
from tutor.lab.report import as_json, as_markdown, as_svg, write_report

if TYPE_CHECKING:
    from pathlib import Path

    from tutor.lab.comparison import Findings

SVG = "{http://www.w3.org/2000/svg}"


def found(seeds: int = 3, *, dataset: str = "MNIST", device: str = "CPU, 1 thread") -> Findings:
    plan = ComparisonPlan("bn", ("base", "bn"), tuple(range(seeds)), versions="cnn-tutor 9, PyTorch 9")
    cells = [
        Cell(network, seed, accuracy + 0.1 * seed, 0.08, 0.0912, 12.5)
        for network, accuracy in (("base", 97.4), ("bn", 98.0))
        for seed in range(seeds)
    ]
    return findings(plan, Setting(dataset, 60_000, 10_000, "cpu", device), cells)


def test_the_text_has_the_tables_the_verdict_and_each_training() -> None:
    text = as_markdown(found())
    assert text.startswith("# Batch normalisation on MNIST, 3 seeds\n")
    assert "](report.svg)" in text
    assert "| base CNN (`base`) | 97.50 ± 0.25 % | 0.10 | 97.53 % |" in text
    assert "| base CNN with batch norm (`bn`) | 98.10 ± 0.25 % | 0.10 | 97.85 % |" in text
    assert "| `bn` - `base` | +0.60 ± 0.00 points | bn is better, on 3 of 3 seeds |" in text
    assert (
        "- 1 epoch, batch size 64, learning rate 0.001 (constant), seeds 0 to 2, on CPU, 1 thread; cnn-tutor 9" in text
    )
    assert "| bn | 2 | 98.20 | 0.0800 | 0.0912 | 12.5 |" in text
    assert text.count("\n| base |") == text.count("\n| bn |") == 3
    assert "not MNIST" not in text


def test_drawn_digits_are_marked_in_all_of_it() -> None:
    drawn = found(dataset="synthetic")
    for text in (as_markdown(drawn), as_svg(drawn), as_json(drawn)):
        assert "Batch normalisation on drawn digits, not MNIST, 3 seeds" in text
    assert json.loads(as_json(drawn))["synthetic"] is True


@pytest.mark.parametrize("seeds", [1, 5])
def test_the_figure_shows_every_seed_and_every_interval(seeds: int) -> None:
    figure = ET.fromstring(as_svg(found(seeds)))
    bars = 3  # two networks and their difference
    assert len(figure.findall(f"{SVG}circle[@class='seed']")) == bars * seeds
    assert len(figure.findall(f"{SVG}line[@class='mean']")) == bars
    assert len(figure.findall(f"{SVG}line[@class='interval']")) == (0 if seeds == 1 else 3 * bars)
    assert len(figure.findall(f"{SVG}line[@class='zero']")) == 1
    *_, width, height = map(float, figure.attrib["viewBox"].split())
    assert all(0 < float(dot.attrib["cx"]) < width for dot in figure.iter(f"{SVG}circle"))
    assert all(0 < float(words.attrib["y"]) < height for words in figure.iter(f"{SVG}text"))
    assert "test accuracy, in %" in [words.text for words in figure.iter(f"{SVG}text")]


def test_better_stands_further_right() -> None:
    figure = ET.fromstring(as_svg(found()))
    base, bn, _ = (float(mean.attrib["x1"]) for mean in figure.findall(f"{SVG}line[@class='mean']"))
    assert base < bn


def test_programs_get_all_numbers() -> None:
    told = json.loads(as_json(found()))
    assert told["synthetic"] is False
    assert told["plan"]["seeds"] == [0, 1, 2]
    assert len(told["cells"]) == 6
    accuracy = told["metrics"]["accuracy"]
    base, _ = accuracy["networks"]
    assert (base["network"], base["seeds"], base["slides"]) == ("base", 3, 97.53)
    assert base["mean"] == pytest.approx(97.5)
    assert base["interval"] == pytest.approx([97.2516, 97.7484], abs=1e-4)
    (difference,) = accuracy["differences"]
    assert (difference["reference"], difference["other"], difference["verdict"]) == ("base", "bn", "more")
    assert difference["values"] == pytest.approx([0.6] * 3)
    one = json.loads(as_json(found(1)))["metrics"]["accuracy"]["differences"][0]
    assert (one["verdict"], one["interval"]) == ("one-seed", None)


def test_it_is_written_over_an_older_one(tmp_path: Path) -> None:
    (tmp_path / "report.md").write_text("older")
    text, figure = write_report(found(), tmp_path)
    assert (text.name, figure.name) == ("report.md", "report.svg")
    assert text.read_text() == as_markdown(found())
    assert figure.read_text() == as_svg(found())


def test_where_it_cannot_be_written_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(TutorError, match="the report cannot be written"):
        write_report(found(), tmp_path / "nowhere")


def test_words_with_signs_of_xml_are_words_in_the_figure() -> None:
    plan = ComparisonPlan("a < b & c", ("base", "bn"), (0,))
    cells = [Cell("base", 0, 97.0, 0.1, 0.1, 1.0), Cell("bn", 0, 98.0, 0.1, 0.1, 1.0)]
    figure = ET.fromstring(as_svg(findings(plan, Setting("MNIST", 60_000, 10_000, "cpu", "CPU"), cells)))
    assert figure.findtext(f"{SVG}title") == "A < b & c on MNIST, 1 seed"
