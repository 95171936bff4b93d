"""``compare`` and ``sweep``: what can be asked for, and what is printed. The comparisons themselves: ``tests/lab``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

    Run = Callable[..., CompletedProcess[str]]

QUICK = ("--data", "synthetic", "--batch-size", "1000", "--device", "cpu")


def test_a_comparison_for_programs_and_for_people_with_its_report(cnn_tutor: Run, folder: Path) -> None:
    call = ("compare", "bn", "--seeds", "2", *QUICK)
    done = cnn_tutor(*call, "--format", "json", cwd=folder)
    assert done.returncode == 0
    told = json.loads(done.stdout)
    assert told["title"] == "Batch normalisation on drawn digits, not MNIST, 2 seeds"
    assert [(cell["network"], cell["seed"]) for cell in told["cells"]] == [
        ("base", 0),
        ("bn", 0),
        ("base", 1),
        ("bn", 1),
    ]
    assert "drawn digits, not MNIST, 6,000 + 1,000 images" in done.stderr
    assert "4 of 4: base CNN with batch norm, seed 1, test" in done.stderr

    # The same once more, from a folder below: nothing is left to train.
    again = cnn_tutor(*call, "--report", "kept", cwd=folder / "exercises")
    assert again.returncode == 0
    assert again.stderr == "Written: kept/report.md, kept/report.svg\n"
    assert "bn - base" in again.stdout
    assert f"{told['metrics']['accuracy']['networks'][0]['mean']:.2f}" in again.stdout
    assert (folder / "exercises" / "kept" / "report.md").read_text().startswith(f"# {told['title']}\n")

    plain = cnn_tutor(*call, cwd=folder, CNN_TUTOR_PLAIN="1")
    assert plain.stdout.startswith("Batch normalisation on drawn digits, not MNIST, 2 seeds.\nTest accuracy:\nbase, ")
    assert "bn minus base: mean " in plain.stdout
    assert "±" not in plain.stdout


def test_a_sweep(cnn_tutor: Run, folder: Path) -> None:
    done = cnn_tutor("sweep", "dropout", "--p", "0,0.5", "--seeds", "1", *QUICK, cwd=folder)
    assert done.returncode == 0
    assert "Sweep dropout on drawn digits, not MNIST, 1 seed\n" in done.stdout
    assert "dropout-0.5 - dropout-0" in done.stdout
    assert "one seed shows nothing" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("compare",), "EXPERIMENT"),
        (("compare", "bm"), "There are: bn"),
        (("compare", "bn", "--seeds", "0"), "--seeds"),
        (("compare", "bn", "--lr", "0"), "learning_rate"),
        (("compare", "bn", "--epochs", "0"), "epochs"),
        (("compare", "bn", "--report", "file/below"), "no report can be written there"),
        (("sweep",), "NETWORK"),
        (("sweep", "bn"), "'bn' is not one of"),
        (("sweep", "dropout", "--p", "0,1"), "below 1"),
        (("sweep", "dropout", "--p", "0,,0.5"), "there is no network 'dropout-'"),
        (("sweep", "dropout", "--p", ""), "there is no network 'dropout-'"),
        (("sweep", "dropout", "--p", "0.5,.5"), "named twice"),
        (("sweep", "dropout", "--p", "0.5"), "two values at least"),
        (("sweep", "dropout", "--depth", "8,20"), "--depth has no place there"),
        (("sweep", "plain", "residual", "--depth", "8,21"), "The nearest to 21 is 20"),
        (("sweep", "plain", "dropout"), "one after the other"),
    ],
)
def test_what_cannot_be_compared_is_said_before_it_begins(
    cnn_tutor: Run, folder: Path, arguments: tuple[str, ...], says: str
) -> None:
    (folder / "file").touch()
    done = cnn_tutor(*arguments, cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert not (folder / ".cnn-tutor" / "comparisons").exists()


def test_without_a_workspace_it_is_said_where_one_comes_from(cnn_tutor: Run, tmp_path: Path) -> None:
    done = cnn_tutor("compare", "bn", *QUICK, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "cnn-tutor init" in done.stderr
