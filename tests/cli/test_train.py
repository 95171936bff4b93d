"""``train`` and ``runs``: what can be asked for, and what is printed. The trainings themselves: ``tests/lab``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tutor.lab import events
from tutor.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from subprocess import CompletedProcess

    from tutor.course import Course

    Run = Callable[..., CompletedProcess[str]]

QUICK = ("--data", "synthetic", "--batch-size", "1000", "--device", "cpu")


def test_a_training_as_events_for_programs_is_listed_and_shown_again(cnn_tutor: Run, folder: Path) -> None:
    done = cnn_tutor("train", "--network", "base", *QUICK, "--lr", "0.002", "--format", "jsonl", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    said = [events.decode(line.encode()) for line in done.stdout.splitlines()]
    assert isinstance(said[0], events.Loading)
    assert isinstance(said[-1], events.Ended)
    assert {event.learning_rate for event in said if isinstance(event, events.Steps)} == {0.002}
    (started,) = [event for event in said if isinstance(event, events.Started)]
    assert (started.experiment, started.networks) == ("", ("base",))

    listed = cnn_tutor("runs", cwd=folder)
    assert listed.returncode == 0
    assert "finished  base CNN" in listed.stdout
    assert "not MNIST" in listed.stdout
    (one,) = map(json.loads, cnn_tutor("runs", "--format", "jsonl", cwd=folder).stdout.splitlines())
    assert (one["phase"], one["dataset"], list(one["accuracy"])) == ("finished", "synthetic", ["base"])

    shown = cnn_tutor("runs", one["run"][-6:], cwd=folder)
    assert shown.returncode == 0
    assert "base CNN" in shown.stdout
    assert "step 6/6" in shown.stderr
    again = cnn_tutor("runs", "latest", "--format", "jsonl", cwd=folder)
    assert again.stdout == done.stdout

    rows = cnn_tutor("runs", "latest", "--csv", "-", cwd=folder).stdout.splitlines()
    assert (rows[0], len(rows)) == ("network,step,loss,test_loss,test_accuracy", 7)
    assert cnn_tutor("runs", "latest", "--csv", "curves.csv", cwd=folder).returncode == 0
    assert (folder / "curves.csv").read_text().splitlines() == rows
    unwritable = cnn_tutor("runs", "latest", "--csv", "nowhere/curves.csv", cwd=folder)
    assert unwritable.returncode == 2
    assert "nowhere/curves.csv" in unwritable.stderr

    for option, words in {"--layers": "linear3", "--confusion": "base CNN, step 6", "--worst": "no. "}.items():
        seen = cnn_tutor("runs", "latest", option, cwd=folder)
        assert (seen.returncode, seen.stderr) == (0, "")
        assert words in seen.stdout
    seen = cnn_tutor("runs", "latest", "--layers", "--format", "jsonl", cwd=folder)
    assert [type(events.decode(line.encode())) for line in seen.stdout.splitlines()] == [events.LayerStatistics]
    heard = cnn_tutor("runs", "latest", "--worst", cwd=folder, CNN_TUTOR_PLAIN="1")
    assert "base CNN after step 6, the worst first:\nImage " in heard.stdout

    for call, says in {
        ("train", "--resume"): "is finished",
        ("runs", "latest", "--lr", "0.1"): "does not run",
        ("runs", "latest", "--pause"): "does not run",
        ("runs", "nonsense"): "there is no run 'nonsense'",
        ("runs", "--stop"): "Name it",
        ("runs", "--layers"): "Name it",
    }.items():
        refused = cnn_tutor(*call, cwd=folder)
        assert (refused.returncode, refused.stdout) == (2, ""), call
        assert says in refused.stderr

    with (Path(one["folder"]) / "events.jsonl").open("ab") as file:
        file.write(b"\0\0\n")
    torn = cnn_tutor("runs", "latest", cwd=folder)
    assert torn.returncode == 2
    assert "events.jsonl: cannot be read" in torn.stderr
    assert "events.jsonl: cannot be read" in cnn_tutor("runs", "latest", "--layers", cwd=folder).stderr
    assert "cannot be read" in cnn_tutor("runs", cwd=folder).stdout


def test_own_layers_are_checked_trained_with_and_told(cnn_tutor: Run, folder: Path, course: Course) -> None:
    norm = course.find("batch-norm-2d")
    own = folder / "exercises" / norm.manifest.folder / norm.filename
    own.write_text(norm.reference_answer.source)
    done = cnn_tutor("train", "bn", "--mine", "15", *QUICK, cwd=folder)
    assert done.returncode == 0
    assert "Layers of your own: batch-norm-2d." in done.stdout
    (run,) = (folder / ".cnn-tutor" / "runs").iterdir()
    assert (run / "mine" / own.name).read_text() == own.read_text()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "which experiment?"),
        (("bm",), "There are: bn"),
        (("bn", "--network", "base"), "not both"),
        (("--network", "base", "--network", "base"), "name it once"),
        (("--network", "residual-21"), "The nearest to 21 is 20"),
        (("bn", "--lr", "0"), "learning_rate"),
        (("bn", "--batch-size", "1"), "batch_size"),
        (("bn", "--target", "101"), "target"),
        (("bn", "--schedule", "linear"), "'linear' is not one of"),
        (("bn", "--mine", "dropout"), "no place for your dropout"),
        (("bn", "--mine", "batch-norm-2d"), "exercise 15, batch-norm-2d, is not begun yet"),
        (("--resume",), "there is no training yet"),
        (("bn", "--resume", "latest", "--epochs", "3"), "goes on as it was planned"),
    ],
)
def test_what_cannot_be_trained_is_said_before_it_begins(
    cnn_tutor: Run, folder: Path, arguments: tuple[str, ...], says: str
) -> None:
    done = cnn_tutor("train", *arguments, cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert not any((folder / ".cnn-tutor").glob("runs/*"))


def test_without_a_training_there_is_nothing_to_list(cnn_tutor: Run, folder: Path) -> None:
    done = cnn_tutor("runs", cwd=folder)
    assert (done.returncode, done.stdout) == (0, "")
    assert "cnn-tutor train bn" in done.stderr


def test_the_environment_says_where_mnist_is_unless_something_nearer_does(cnn_tutor: Run, folder: Path) -> None:
    """The data sets' names need no training: what cannot be had is named at once."""

    def says(*options: str) -> str:
        words = ("train", "--network", "base", "--batch-size", "1000", "--epochs", "1", "--device", "cpu", *options)
        return cnn_tutor(*words, "--format", "jsonl", cwd=folder, CNN_TUTOR_DATA="nowhere").stdout

    assert "nowhere" in says()
    assert "elsewhere" in says("--data", "elsewhere")
    with Workspace(folder).progress() as progress:
        progress.set_setting("data", "synthetic")
    started = [
        event for line in says().splitlines() if isinstance(event := events.decode(line.encode()), events.Started)
    ]
    assert [one.dataset for one in started] == ["synthetic"]
