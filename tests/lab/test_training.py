"""The loop, and how it is told as events, without a process."""

from __future__ import annotations

from math import inf, nan
from typing import TYPE_CHECKING

import pytest
import torch

from tutor.errors import TutorError, UsageError
from tutor.lab import events, narration, training
from tutor.lab.data import Data, Split
from tutor.lab.networks import build

if TYPE_CHECKING:
    from collections.abc import Iterator


def small_data(samples: int) -> Data:
    random = torch.Generator().manual_seed(0)
    split = Split(torch.randn(samples, 1, 28, 28, generator=random), torch.arange(samples) % 10)
    return Data("synthetic", split, split)


@pytest.mark.parametrize(("per_epoch", "epochs"), [(938, 1), (938, 3), (5, 2), (1, 1)])
def test_evaluations_come_several_times_and_always_at_an_epochs_end(per_epoch: int, epochs: int) -> None:
    steps = training.evaluation_steps(per_epoch, epochs)
    assert steps == sorted(set(steps))
    assert {epoch * per_epoch for epoch in range(1, epochs + 1)} <= set(steps)
    assert all(1 <= step <= per_epoch * epochs for step in steps)
    assert len([step for step in steps if step <= per_epoch]) == min(8, per_epoch)


def test_a_training_can_be_repeated_and_another_seed_is_another_one() -> None:
    def losses(seed: int) -> list[float]:
        torch.manual_seed(0)
        happening = training.train(build("bn"), small_data(40), epochs=2, batch_size=8, seed=seed)
        return [what.loss.item() for what in happening if isinstance(what, training.Step)]

    assert losses(1) == losses(1)
    assert losses(1) != losses(2)
    assert len(losses(1)) == 10


@pytest.mark.parametrize("samples", [9, 10, 17])
def test_a_single_sample_left_over_does_not_break_batch_norm(samples: int) -> None:
    happening = list(training.train(build("bn"), small_data(samples), epochs=1, batch_size=8, seed=0))
    steps = [what for what in happening if isinstance(what, training.Step)]
    assert [step.samples for step in steps] == {9: [8], 10: [8, 2], 17: [8, 8]}[samples]
    assert isinstance(happening[-1], training.Evaluation)


def test_an_evaluation_says_how_many_per_cent_are_right() -> None:
    class SaysThree(torch.nn.Module):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            assert not self.training
            logits = torch.zeros(len(images), 10)
            logits[:, 3] = 50.0
            return logits

    result = training.evaluate(SaysThree(), small_data(1234).test)
    assert result.accuracy == 100 * 124 / 1234
    assert result.loss == pytest.approx(50 * (1 - 124 / 1234))


def test_a_device_that_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match="tpu") as caught:
        training.choose_device("tpu")
    assert "cpu" in caught.value.remedy
    assert training.choose_device("cpu").type == "cpu"


def told(*happening: training.Step | training.Evaluation) -> tuple[list[events.Event], str]:
    """What is said of a training in which this happens, and why it broke off."""

    def happens() -> Iterator[training.Step | training.Evaluation]:
        yield from happening

    said: list[events.Event] = []
    rest = narration.Rest(steps=10, tests=1, steps_per_test=1.0)
    try:
        narration.tell("base", happens(), rest, said.append, lambda: None)
    except TutorError as error:
        return said, error.message
    return said, ""


def step(loss: float) -> training.Step:
    return training.Step(torch.tensor(loss), samples=8)


def test_steps_are_told_together_before_the_test_that_follows_them() -> None:
    said, broke_off = told(step(1.0), step(0.5), training.Evaluation(0.25, 90.0), step(0.125))
    assert not broke_off
    steps, tested = said
    assert isinstance(steps, events.Steps)
    assert (steps.first, steps.losses) == (1, (1.0, 0.5))
    assert tested == events.Tested("base", 2, 0.25, 90.0)


@pytest.mark.parametrize("loss", [nan, inf])
def test_a_loss_that_is_no_number_ends_the_training(loss: float) -> None:
    said, broke_off = told(step(1.0), step(loss), step(2.0), training.Evaluation(1.0, 10.0))
    (steps,) = said
    assert isinstance(steps, events.Steps)
    assert steps.losses == (1.0,)
    assert f"training loss became {loss} at step 2" in broke_off


def test_a_test_loss_that_is_no_number_ends_the_training() -> None:
    said, broke_off = told(step(1.0), training.Evaluation(nan, 10.0))
    assert len(said) == 1
    assert "test loss became nan after step 1" in broke_off


def test_what_is_left_is_judged_by_what_steps_and_tests_take() -> None:
    rest = narration.Rest(steps=110, tests=2, steps_per_test=5.0)
    assert rest.seconds == 0
    rest.steps_took(seconds=1.0, steps=10)
    assert rest.seconds == pytest.approx(100 * 0.1 + 2 * 5 * 0.1)
    rest.test_took(3.0)
    assert rest.seconds == pytest.approx(100 * 0.1 + 3.0)
    rest.steps_took(seconds=0.0, steps=0)
    rest.steps_took(seconds=10.0, steps=100)
    assert rest.seconds == pytest.approx(3.0)
