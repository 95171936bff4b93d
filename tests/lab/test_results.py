from __future__ import annotations

import io

import msgspec
import pytest
from rich.console import Console

from tutor.draw.results import results_view
from tutor.lab import events
from tutor.lab.run_state import RunState

STARTED = events.Started(
    experiment="bn",
    networks=("base", "bn"),
    parameters={"base": 61_706, "bn": 62_158},
    device="cuda",
    device_name="NVIDIA H200",
    dataset="MNIST",
    train_size=60_000,
    test_size=10_000,
    batch_size=64,
    epochs=1,
    steps=938,
    seed=7,
)


def shown(*said: events.Event) -> str:
    state = RunState()
    for event in said:
        state.add(event)
    console = Console(file=io.StringIO(), width=100)
    console.print(results_view(state))
    assert isinstance(console.file, io.StringIO)
    # The caption is wrapped at the table's width.
    return " ".join(console.file.getvalue().split())


def test_accuracies_stand_beside_the_slides() -> None:
    text = shown(
        STARTED,
        events.Tested("base", 938, 0.07, 97.76),
        events.Tested("bn", 938, 0.05, 98.2),
        events.Ended("finished", 21.3),
    )
    assert "base CNN │ 61,706 │ 97.76 % │ 97.53 %" in text
    assert "base CNN with batch norm │ 62,158 │ 98.20 % │ 97.85 %" in text
    assert "MNIST: 60,000 training and 10,000 test images" in text
    assert "1 epoch, batch size 64, seed 7, on NVIDIA H200; finished after 21.3 s" in text
    assert "One seed proves nothing" in text
    assert "not MNIST" not in text


@pytest.mark.parametrize(("dataset", "words"), [("synthetic", "synthetic digits"), ("KMNIST", "KMNIST")])
def test_other_data_is_not_taken_for_mnist(dataset: str, words: str) -> None:
    text = shown(
        msgspec.structs.replace(STARTED, dataset=dataset),
        events.Tested("base", 938, 0.07, 97.76),
        events.Ended("finished", 21.3),
    )
    assert f"Batch normalisation on {words}, not MNIST" in text
    assert f"these, on {words}, cannot be compared with them" in text


def test_a_stopped_training_shows_what_there_is() -> None:
    text = shown(STARTED, events.Tested("base", 117, 0.4, 91.25), events.Ended("stopped", 3.0))
    assert "91.25 % (step 117 of 938)" in text
    assert "not tested" in text
    assert "stopped after 3.0 s" in text


def test_a_training_that_runs_or_failed_or_never_began() -> None:
    assert "not finished yet" in shown(STARTED)
    assert "failed before the end" in shown(STARTED, events.Failed("broke", "mend it"))
    assert "Nothing was trained" in shown(events.Loading("loading PyTorch"))
