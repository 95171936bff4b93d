"""Comparisons: what is set against what, the words for what is shown, the cells that outlive a kill, a real one."""

from __future__ import annotations

import errno
import io
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
import torch
from rich.console import Console

from tutor.draw.comparison import BarPlot, circumstances, comparison_view, difference_bars
from tutor.draw.linear.comparison import comparison_lines
from tutor.errors import TutorError, UsageError
from tutor.lab import training
from tutor.lab.cells import CellsFile, cells_of, file_of
from tutor.lab.comparer import train_cell
from tutor.lab.comparing import Progress, compare, line_of, progress_view
from tutor.lab.comparison import ACCURACY, TRAINING_LOSS, Cell, ComparisonPlan, Going, Setting, findings, metrics, pairs
from tutor.lab.data import Data, Split, load
from tutor.lab.events import Loading
from tutor.lab.networks import build
from tutor.lab.recipe import Recipe
from tutor.lab.training import Evaluation, OutOfMemory

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tutor.lab.comparison import Findings, Message

DEADLINE_S = 120
MNIST = Setting("MNIST", 60_000, 10_000, "cpu", "CPU, 1 thread")
DRAWN = Setting("synthetic", 6000, 1000, "cpu", "CPU, 1 thread")
BN = ComparisonPlan("bn", ("base", "bn"), (0, 1, 2), versions="cnn-tutor 9, PyTorch 9")


def found(
    values: Mapping[str, Sequence[float]], *, name: str = "bn", setting: Setting = MNIST, losses: Sequence[float] = ()
) -> Findings:
    """What is found where the networks reach these accuracies, one a seed."""
    seeds = tuple(range(len(next(iter(values.values())))))
    plan = msgspec.structs.replace(BN, name=name, networks=tuple(values), seeds=seeds)
    cells = [
        Cell(network, seed, accuracy, 0.1, losses[number] if losses else 0.1, 2.0)
        for number, (network, its) in enumerate(values.items())
        for seed, accuracy in enumerate(its)
    ]
    return findings(plan, setting, reversed(cells))


def printed(findings: Findings, columns: int = 80) -> str:
    console = Console(file=io.StringIO(), width=columns)
    console.print(comparison_view(findings))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize(
    ("networks", "expected"),
    [
        (("base", "bn"), [("base", "bn")]),
        (("base", "dropout", "bn"), [("base", "dropout"), ("base", "bn")]),
        (("dropout-0", "dropout-0.5", "dropout-0.9"), [("dropout-0", "dropout-0.5"), ("dropout-0", "dropout-0.9")]),
        (
            ("plain-8", "residual-8", "plain-20", "residual-20"),
            [
                ("plain-8", "residual-8"),
                ("plain-20", "residual-20"),
                ("plain-8", "plain-20"),
                ("residual-8", "residual-20"),
            ],
        ),
    ],
)
def test_what_is_set_against_what(networks: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    assert list(pairs(networks)) == expected


def test_where_depth_is_the_question_the_training_loss_counts_too() -> None:
    assert metrics(("base", "bn")) == (ACCURACY,)
    assert metrics(("plain-8", "plain-20")) == metrics(("plain", "skip")) == (ACCURACY, TRAINING_LOSS)


def test_whole_pairs_come_first() -> None:
    assert BN.cells == (("base", 0), ("bn", 0), ("base", 1), ("bn", 1), ("base", 2), ("bn", 2))


@pytest.mark.parametrize(
    ("batch_norm", "words"),
    [
        ([98.0, 98.3, 98.1], "bn is better, on 3 of 3 seeds"),
        ([97.0, 97.1, 97.1], "bn is worse, on 3 of 3 seeds"),
        ([97.6, 97.1, 97.5], "no difference shown"),
    ],
)
def test_the_words_for_what_is_shown(batch_norm: list[float], words: str) -> None:
    ((panel),) = found({"base": [97.5, 97.6, 97.4], "bn": batch_norm}).panels
    assert [contrast.words for contrast in panel.contrasts] == [words]


def test_one_seed_shows_nothing() -> None:
    one = found({"base": [97.5], "bn": [99.9]})
    for text in (printed(one), "\n".join(comparison_lines(one))):
        assert "one seed shows nothing" in text
        assert "One seed shows nothing: another one moves" in text
        assert "±" not in text
        assert "interval" not in text


def test_of_a_training_loss_it_is_said_which_is_lower() -> None:
    deep = found({"plain": [97.0, 97.1], "skip": [98.0, 98.1]}, name="skip", losses=(0.3, 0.1)).panels
    assert [contrast.words for panel in deep for contrast in panel.contrasts] == [
        "skip is better, on 2 of 2 seeds",
        "skip has a lower loss, on 2 of 2 seeds",
    ]


def test_a_table_with_the_slides_figures_and_bars() -> None:
    text = printed(found({"base": [97.5, 97.7, 97.3], "bn": [98.0, 98.3, 98.1]}))
    assert "Batch normalisation on MNIST, 3 seeds" in text
    assert "│ base │ base CNN                 │ 97.50 ± 0.50 % │          97.53 % │" in text
    assert "│ bn   │ base CNN with batch norm │ 98.13 ± 0.38 % │          97.85 % │" in text
    assert "│ bn - base    │ +0.63 ± 0.38 points │ bn is better, on 3 of 3 seeds │" in text
    assert "seeds 0 to 2, on CPU, 1" in text
    assert "not MNIST" not in text
    assert max(map(len, text.splitlines())) <= 80


def test_the_bars_are_where_their_numbers_are() -> None:
    (panel,) = found({"base": [97.0, 97.0, 97.0], "bn": [99.0, 97.5, 98.0]}).panels
    seeds, interval, axis = BarPlot(difference_bars(panel), digits=2, zero=True).lines(60)
    begin, width = len("bn - base") + 2, 60 - len("bn - base") - 2
    low, high = map(float, axis.split())
    known = panel.contrasts[0].estimate
    assert (low, high) == pytest.approx(known.interval, abs=0.005)
    assert [interval.index("├"), interval.index("┤")] == [begin, begin + width - 1]
    for value, place in zip((0.5, 1.0, 2.0), [at for at, sign in enumerate(seeds) if sign == "•"], strict=True):
        assert place == begin + round((value - low) / (high - low) * (width - 1))
    zero = begin + round((0 - low) / (high - low) * (width - 1))
    assert seeds.index("│") == interval.index("│") == zero, "the interval includes zero, and shows it"


def test_seeds_at_one_place_are_counted_and_one_value_has_a_place() -> None:
    (panel,) = found({"base": [97.0, 97.0], "bn": [97.0, 97.0]}).panels
    lines = BarPlot(difference_bars(panel), digits=2, zero=True).lines(40)
    assert lines[0].split() == ["bn", "-", "base", "2"]
    assert lines[-1].split() == ["-1.00", "1.00"]


@pytest.mark.parametrize("columns", [40, 80])
def test_nothing_is_wider_than_the_terminal(columns: int) -> None:
    deep = {"plain-8": [97.0, 98.0], "residual-8": [98.0, 98.5], "plain-20": [9.8, 11.3], "residual-20": [99.0, 99.0]}
    text = printed(found(deep, name="degradation"), columns)
    assert max(map(len, text.splitlines())) <= columns
    assert "slides" not in text, "they have no figure for it"


def test_read_aloud_it_has_no_sign_that_speech_passes_over() -> None:
    lines = comparison_lines(found({"base": [97.5, 97.7, 97.3], "bn": [97.0, 97.1, 97.3]}))
    assert lines[:6] == [
        "Batch normalisation on MNIST, 3 seeds.",
        "Test accuracy:",
        "base, base CNN: mean 97.50 %, 95 % interval from 97.00 to 98.00; on the slides 97.53 %, on MNIST.",
        "bn, base CNN with batch norm: mean 97.13 %, 95 % interval from 96.75 to 97.51; "
        "on the slides 97.85 %, on MNIST.",
        "Differences in test accuracy, seed by seed:",
        "bn minus base: mean −0.37 points, 95 % interval from −1.17 to 0.43: no difference shown.",
    ]
    assert not set("".join(lines)) & set("±•│├┼┤·")


def test_drawn_digits_are_marked_wherever_results_are() -> None:
    drawn = found({"base": [97.5, 97.7], "bn": [98.0, 98.3]}, setting=DRAWN)
    for text in (printed(drawn, 200), "\n".join(comparison_lines(drawn))):
        assert "Batch normalisation on drawn digits, not MNIST, 2 seeds" in text
        assert "Drawn digits are not MNIST: what is shown here need not hold there" in text


def test_many_differences_come_with_a_warning() -> None:
    sweep = found({f"dropout-0.{tenth}": [97.5, 97.7] for tenth in range(1, 5)}, name="sweep dropout")
    assert "Sweep dropout on MNIST, 2 seeds" in printed(sweep)
    assert any("These are 3 differences" in line for line in circumstances(sweep))
    assert not any("differences:" in line for line in circumstances(found({"base": [1.0, 2.0], "bn": [1.0, 2.0]})))


def test_what_is_not_shown_is_not_said_to_be_nothing() -> None:
    words = "No difference shown does not mean that there is none"
    assert words in printed(found({"base": [97.5, 97.7], "bn": [97.6, 97.6]}), 200)
    assert words not in printed(found({"base": [97.5, 97.7], "bn": [98.5, 98.7]}), 200)


def test_what_is_kept_is_there_again_and_a_torn_line_is_trained_anew(tmp_path: Path) -> None:
    first, second = (Cell("base", 0, 97.5, 0.1, 0.2, 3.0), Cell("bn", 0, 98.1, 0.1, 0.2, 3.0))
    with cells_of(BN, tmp_path) as cells:
        assert cells.missing == BN.cells
        cells.begin(MNIST)
        cells.keep(first)
        cells.keep(second)
    path = file_of(BN, tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[:-5])
    with cells_of(BN, tmp_path) as cells:
        assert (cells.setting, cells.cells) == (MNIST, {("base", 0): first})
        assert cells.missing == BN.cells[1:]
        cells.keep(second)
    assert path.read_bytes() == whole
    path.write_bytes(b"\0\0\0")
    with cells_of(BN, tmp_path) as cells:
        assert (cells.setting, cells.missing) == (None, BN.cells)


@pytest.mark.parametrize("change", [{"recipe": Recipe(epochs=2)}, {"data": "synthetic"}, {"versions": "another"}])
def test_a_changed_plan_is_another_comparison(tmp_path: Path, change: dict[str, object]) -> None:
    with cells_of(BN, tmp_path) as cells:
        cells.begin(MNIST)
        cells.keep(Cell("base", 0, 97.5, 0.1, 0.2, 3.0))
    changed = msgspec.structs.replace(BN, **change)
    with cells_of(changed, tmp_path) as cells:
        assert cells.missing == changed.cells


@pytest.mark.parametrize("change", [{"seeds": (0, 1, 2, 3, 4)}, {"networks": ("base", "bn", "skip")}])
def test_more_seeds_or_networks_have_what_is_trained_already(tmp_path: Path, change: dict[str, object]) -> None:
    first = Cell("base", 0, 97.5, 0.1, 0.2, 3.0)
    with cells_of(BN, tmp_path) as cells:
        cells.begin(MNIST)
        cells.keep(first)
    more = msgspec.structs.replace(BN, **change)
    with cells_of(more, tmp_path) as cells:
        assert (cells.setting, cells.cells) == (MNIST, {("base", 0): first})
        assert len(cells.missing) == len(more.cells) - 1
        cells.keep(Cell("bn", 2, 98.1, 0.1, 0.2, 3.0))
    fewer = msgspec.structs.replace(BN, seeds=(0, 1))
    with cells_of(fewer, tmp_path) as cells:
        assert cells.cells == {("base", 0): first}, "the others are not asked for"


def test_one_comparison_is_made_by_one_process_at_a_time(tmp_path: Path) -> None:
    with cells_of(BN, tmp_path), pytest.raises(UsageError, match="in another terminal"), cells_of(BN, tmp_path):
        pass


def test_cells_of_other_data_do_not_come_beside_those_before(tmp_path: Path) -> None:
    with cells_of(BN, tmp_path) as cells:
        cells.begin(MNIST)
        cells.begin(msgspec.structs.replace(MNIST, device_name="CPU, 4 threads"))
        with pytest.raises(UsageError, match=r"begun on MNIST, .* and this is drawn digits"):
            cells.begin(DRAWN)
        assert cells.setting == MNIST


def test_where_nothing_can_be_kept_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot be written to"), cells_of(BN, tmp_path / "file"):
        pass


class FullDisk(io.BytesIO):
    name = "cells.jsonl"

    def flush(self) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_is_told() -> None:
    with pytest.raises(TutorError, match=r"cells\.jsonl: cannot be written to: No space left"):
        CellsFile(FullDisk(), BN)


def test_how_far_it_is(tmp_path: Path) -> None:
    with cells_of(BN, tmp_path) as cells:
        progress = Progress(cells)
        console = Console(file=io.StringIO(), width=80)

        def shown() -> str:
            assert isinstance(console.file, io.StringIO)
            console.file.truncate(0)
            console.print(progress_view(progress))
            return console.file.getvalue()

        progress.add(Loading("loading PyTorch"))
        assert "loading PyTorch …" in shown()
        assert "left" not in shown()
        cells.begin(MNIST)
        for cell in (Cell("base", 0, 97.5, 0.1, 0.2, seconds=10.0), Cell("bn", 0, 98.1, 0.1, 0.2, seconds=20.0)):
            cells.keep(cell)
            progress.add(cell)
        assert progress.seconds_left == 60
        assert line_of(cell, progress) == "2 of 6: base CNN with batch norm, seed 0, test 98.10 %, 1:00 left"
        progress.add(Going("base", 1, 469, 938, 0.25))
        assert progress.seconds_left == 55
        assert "2 of 6  0:55 left" in shown()
        assert "base CNN, seed 1 · step 469/938 · loss 0.250" in shown()


@pytest.fixture(scope="module")
def few() -> Data:
    digits = load("synthetic")
    return Data("synthetic", *(Split(part.images[:640], part.labels[:640]) for part in (digits.train, digits.test)))


@pytest.mark.parametrize("network", ["base", "dropout"])
def test_a_cell_is_what_a_training_from_its_seed_comes_to(few: Data, network: str) -> None:
    recipe = Recipe(epochs=2)
    said: list[Message] = []
    cell = train_cell(network, 3, recipe, few, said.append)
    torch.manual_seed(3)
    *_, last = training.train(build(network), few, recipe, 3)
    assert isinstance(last, Evaluation)
    assert (cell.network, cell.seed) == (network, 3)
    assert (cell.accuracy, cell.test_loss) == (last.accuracy, last.loss)
    assert 0 < cell.train_loss != cell.test_loss
    assert train_cell(network, 4, recipe, few, said.append).test_loss != cell.test_loss
    assert all(isinstance(message, Going) and message.steps == 20 for message in said)


def test_a_loss_that_is_no_number_stops_it(few: Data) -> None:
    with pytest.raises(TutorError, match=r"base CNN, seed 0: the loss became (nan|inf)"):
        train_cell("base", 0, Recipe(learning_rate=1e30), few, lambda _: None)


def test_a_batch_that_does_not_fit_stops_it(few: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training.Training, "run", lambda _: iter([OutOfMemory(32, 64)]))
    with pytest.raises(TutorError, match="A batch of 64 does not fit"):
        train_cell("base", 0, Recipe(), few, lambda _: None)


def quiet(*, terminal: bool = False) -> Console:
    environment = {"TERM": "xterm"}
    return Console(file=io.StringIO(), width=80, force_terminal=terminal, color_system=None, _environ=environment)


@pytest.mark.parametrize("terminal", [False, True])
def test_a_process_that_dies_is_told_and_what_is_trained_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: bool
) -> None:
    script = tmp_path / "python"
    cell = msgspec.json.encode(Cell("base", 0, 97.5, 0.1, 0.2, 3.0)).decode()
    setting = msgspec.json.encode(MNIST).decode()
    script.write_text(f"#!/bin/sh\necho '{setting}'\necho '{cell}'\necho out of luck >&2\nprintf '{{'\nexit 9\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
    with pytest.raises(TutorError, match="ended without a word") as told:
        compare(BN, tmp_path / "cells", console := quiet(terminal=terminal))
    assert isinstance(console.file, io.StringIO)
    told_on_the_way = "1 of 6  0:15 left" if terminal else "1 of 6: base CNN, seed 0, test 97.50 %, 0:15 left"
    assert told_on_the_way in console.file.getvalue()
    log = file_of(BN, tmp_path / "cells").with_suffix(".log")
    assert str(log) in told.value.remedy
    assert log.read_text() == "out of luck\n"
    with cells_of(BN, tmp_path / "cells") as cells:
        assert cells.missing == BN.cells[1:]


def test_what_cannot_be_trained_is_said_in_words(tmp_path: Path) -> None:
    plan = msgspec.structs.replace(BN, data="nowhere", device="cpu")
    with pytest.raises(TutorError, match="nowhere: there is no such folder"):
        compare(plan, tmp_path, quiet())


REAL = ComparisonPlan("bn", ("base", "bn"), (0, 1), data="synthetic", device="cpu", recipe=Recipe(batch_size=100))
MAKING = """
import sys
from pathlib import Path
import msgspec
from rich.console import Console
from tutor.lab.comparing import compare
from tutor.lab.comparison import ComparisonPlan
compare(msgspec.json.decode(sys.argv[1], type=ComparisonPlan), Path(sys.argv[2]), Console(stderr=True))
"""


def making(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", MAKING, msgspec.json.encode(REAL).decode(), str(folder)],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stderr=subprocess.PIPE,
        text=True,
    )


def trainer_of(process: subprocess.Popen[str]) -> int:
    """The process that trains for it, as a descriptor that can be read once that has ended."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return os.pidfd_open(int(children))


def until(process: subprocess.Popen[str], wanted: str) -> None:
    """Wait for a line that begins so."""
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if line.startswith(wanted):
            return
    pytest.fail(f"it ended too early: {said}")


def wait_for_its_end(pidfd: int) -> None:
    assert select.select([pidfd], [], [], DEADLINE_S)[0], "it trains on for nobody"
    os.close(pidfd)


def test_interrupted_and_killed_it_goes_on_where_it_was_and_learns(tmp_path: Path) -> None:
    with making(tmp_path) as interrupted:
        until(interrupted, "loading PyTorch")
        trainer = trainer_of(interrupted)
        until(interrupted, "1 of 4")
        interrupted.send_signal(signal.SIGINT)
        _, said = interrupted.communicate(timeout=DEADLINE_S)
        assert interrupted.returncode == -signal.SIGINT
        assert "trainings are kept: the same command goes on from there" in said
        wait_for_its_end(trainer)
    with cells_of(REAL, tmp_path) as cells:
        first = dict(cells.cells)
    assert 1 <= len(first) < 4

    with making(tmp_path) as killed:
        until(killed, "loading PyTorch")
        trainer = trainer_of(killed)
        until(killed, f"{len(first) + 1} of 4")
        killed.kill()
        killed.wait(DEADLINE_S)
        wait_for_its_end(trainer)

    whole = compare(REAL, tmp_path, quiet())
    assert [(cell.network, cell.seed) for cell in whole.cells] == list(REAL.cells)
    assert all(first.get((cell.network, cell.seed), cell) == cell for cell in whole.cells), "trained twice"
    lines = file_of(REAL, tmp_path).read_bytes().splitlines()
    assert len(lines) == 2 + len(REAL.cells)
    assert all(cell.accuracy > 85 and cell.train_loss < 0.5 for cell in whole.cells)
    assert whole.setting.is_synthetic

    silent = quiet()
    assert compare(REAL, tmp_path, silent) == whole
    assert isinstance(silent.file, io.StringIO)
    assert silent.file.getvalue() == "", "there was nothing to train"
