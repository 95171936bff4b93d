"""The loop, and how it is told as events, without a process."""

from __future__ import annotations

import io
from itertools import islice
from math import inf, nan
from typing import TYPE_CHECKING

import pytest
import torch

from tutor.errors import TutorError, UsageError
from tutor.lab import devices, events, narration, training
from tutor.lab.data import Data, Split
from tutor.lab.networks import build
from tutor.lab.recipe import Recipe

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
        happening = training.train(build("bn"), small_data(40), Recipe(epochs=2, batch_size=8), seed)
        return [what.loss.item() for what in happening if isinstance(what, training.Step)]

    assert losses(1) == losses(1)
    assert losses(1) != losses(2)
    assert len(losses(1)) == 10


@pytest.mark.parametrize("samples", [9, 10, 17])
def test_a_single_sample_left_over_does_not_break_batch_norm(samples: int) -> None:
    happening = list(training.train(build("bn"), small_data(samples), Recipe(batch_size=8), seed=0))
    steps = [what for what in happening if isinstance(what, training.Step)]
    assert [step.samples for step in steps] == {9: [8], 10: [8, 2], 17: [8, 8]}[samples]
    assert isinstance(happening[-1], training.Evaluation)


class OnlyAFew(torch.nn.Module):
    """A network that has no memory for more than a few samples at once while it trains."""

    def __init__(self, network: torch.nn.Module, at_most: int) -> None:
        super().__init__()
        self.network = network
        self.at_most = at_most

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        if self.training and len(images) > self.at_most:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        logits: torch.Tensor = self.network(images)
        return logits


def test_where_memory_runs_out_a_batch_goes_in_parts_and_the_steps_stay_the_same() -> None:
    def happening(at_most: int) -> list[training.Happening]:
        torch.manual_seed(0)
        return list(training.train(OnlyAFew(build("base"), at_most), small_data(41), Recipe(batch_size=16), seed=0))

    fits, in_parts = happening(at_most=16), happening(at_most=5)
    told = [what for what in in_parts if isinstance(what, training.OutOfMemory)]
    assert told == [training.OutOfMemory(8, batch_size=16), training.OutOfMemory(4, batch_size=16)]
    assert in_parts[:2] == told
    losses, losses_in_parts = (
        torch.stack([what.loss for what in run if isinstance(what, training.Step)]) for run in (fits, in_parts)
    )
    torch.testing.assert_close(losses_in_parts, losses)
    assert [what.samples for what in in_parts if isinstance(what, training.Step)] == [16, 16, 9]


def test_where_not_even_two_samples_fit_the_training_ends() -> None:
    with pytest.raises(torch.OutOfMemoryError):
        list(training.train(OnlyAFew(build("base"), 1), small_data(16), Recipe(batch_size=8), seed=0))


def test_one_cycle_is_pytorchs() -> None:
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    # Its top is at pct_start * total_steps - 1 steps, and its end at total_steps - 1.
    theirs = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=0.01, total_steps=201, pct_start=61 / 201, cycle_momentum=False
    )
    for step in range(200):
        assert 0.01 * training.schedule("one-cycle", step / 200) == pytest.approx(theirs.get_last_lr()[0])
        optimizer.step()
        theirs.step()


def rates(happening: Iterator[training.Happening]) -> list[float]:
    return [what.learning_rate for what in happening if isinstance(what, training.Step)]


def test_the_learning_rate_follows_the_schedule_and_can_be_changed_meanwhile() -> None:
    recipe = Recipe(batch_size=8, learning_rate=0.1, schedule="one-cycle")
    one = training.Training(build("base"), small_data(80), recipe, seed=0)
    happening = one.run()
    first = next(happening)
    one.learning_rate = 0.2
    assert isinstance(first, training.Step)
    assert [first.learning_rate, *rates(happening)] == pytest.approx(
        [0.1 / 25, *(0.2 * training.schedule("one-cycle", step / 10) for step in range(1, 10))]
    )


def test_a_learning_rate_of_nearly_nothing_changes_nearly_nothing() -> None:
    torch.manual_seed(0)
    network = build("base")
    before = torch.cat([parameter.detach().flatten() for parameter in network.parameters()])
    one = training.Training(network, small_data(80), Recipe(batch_size=8, learning_rate=0.1), seed=0)
    one.learning_rate = 1e-9
    list(one.run())
    after = torch.cat([parameter.detach().flatten() for parameter in network.parameters()])
    torch.testing.assert_close(after, before, atol=1e-7, rtol=0)


def test_labels_are_smoothed_for_the_training_and_for_no_test() -> None:
    data, network = small_data(20), build("base")
    log_p = network(data.train.images).log_softmax(dim=1).detach()  # (20, 10)
    of_the_label = log_p.gather(1, data.train.labels[:, None])
    recipe = Recipe(batch_size=20, learning_rate=1e-9, label_smoothing=0.1)
    step, test = training.train(network, data, recipe, seed=0)
    assert isinstance(step, training.Step)
    assert isinstance(test, training.Evaluation)
    assert step.loss.item() == pytest.approx(-0.9 * of_the_label.mean().item() - 0.1 * log_p.mean().item())
    assert test.loss == pytest.approx(-of_the_label.mean().item(), rel=1e-4)


def test_it_is_tested_when_it_is_wanted() -> None:
    one = training.Training(build("base"), small_data(64), Recipe(batch_size=8), seed=0, evaluations=[3, 8])
    assert one.tests_to_come == 2
    kinds = [type(what).__name__ for what in one.run()]
    assert [number for number, kind in enumerate(kinds) if kind == "Evaluation"] == [3, 9]


def test_once_it_is_good_enough_it_ends() -> None:
    one = training.Training(build("base"), small_data(64), Recipe(epochs=50, batch_size=8, target=5.0), seed=0)
    happening = list(one.run())
    tests = [what for what in happening if isinstance(what, training.Evaluation)]
    assert tests[-1].accuracy >= 5
    assert all(test.accuracy < 5 for test in tests[:-1])
    assert happening[-1] is tests[-1]
    assert one.step < one.steps


def test_images_are_moved_and_what_comes_in_is_background() -> None:
    images = torch.arange(12.0).view(1, 1, 3, 4).repeat(3, 1, 1, 1)
    moved = training.moved(images, torch.tensor([[0, 0], [1, -2], [-3, 0]]), torch.tensor(-1.0))
    assert torch.equal(moved[0], images[0])
    assert moved[1].tolist() == [[[-1, -1, -1, -1], [2, 3, -1, -1], [6, 7, -1, -1]]]
    assert moved[2].eq(-1).all()


def test_augmentation_moves_the_training_images_and_no_others() -> None:
    seen: list[torch.Tensor] = []

    class Looks(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(torch.zeros(28 * 28, 10))

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            if self.training:
                seen.extend(images.detach())
            else:
                assert any(torch.equal(images[0], image) for image in data.test.images)
            return images.flatten(1) @ self.weight

    data = small_data(20)
    list(training.train(Looks(), data, Recipe(batch_size=20, shift=1), seed=0))

    def is_one_of(image: torch.Tensor, by: tuple[int, int]) -> bool:
        there = training.moved(data.train.images, torch.tensor([by] * 20), data.train.images.amin())
        return any(torch.equal(image, one) for one in there)

    by = {move for image in seen for move in MOVES if is_one_of(image, move)}
    assert len(seen) == 20
    assert all(any(is_one_of(image, move) for move in MOVES) for image in seen)
    assert len(by) > 3


MOVES = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
TAKEN_UP = Recipe(epochs=2, batch_size=8, schedule="one-cycle", shift=2, weight_decay=0.01)


@pytest.mark.parametrize("stop_after", range(1, 14))
@pytest.mark.parametrize("network", ["bn", "dropout"])
def test_set_down_anywhere_and_taken_up_it_goes_on_to_the_last_bit(network: str, stop_after: int) -> None:
    def new(seed: int) -> training.Training:
        torch.manual_seed(seed)
        return training.Training(build(network), small_data(32), TAKEN_UP, seed=0)

    def told(what: training.Happening) -> object:
        return what.loss.item() if isinstance(what, training.Step) else what

    whole = new(seed=0)
    expected = [told(what) for what in whole.run()]
    first = new(seed=0)
    happened = [told(what) for what in islice(first.run(), stop_after)]
    file = io.BytesIO()
    torch.save(first.state_dict(), file)
    file.seek(0)
    second = new(seed=1)
    second.load_state_dict(torch.load(file, weights_only=True))
    assert happened + [told(what) for what in second.run()] == expected
    weights, expected_weights = second.state_dict()["network"], whole.state_dict()["network"]
    assert all(torch.equal(weights[name], expected_weights[name]) for name in expected_weights)


def test_set_down_when_it_was_good_enough_it_is_over() -> None:
    recipe = Recipe(epochs=50, batch_size=8, target=5.0)
    first, second = (training.Training(build("base"), small_data(64), recipe, seed=0) for _ in range(2))
    list(first.run())
    second.load_state_dict(first.state_dict())
    assert list(second.run()) == []


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
        devices.choose_device("tpu")
    assert "cpu" in caught.value.remedy
    assert devices.choose_device("cpu").type == "cpu"


def told(*happening: training.Happening) -> tuple[list[events.Event], str]:
    """What is said of a training in which this happens, and why it broke off."""

    def happens() -> Iterator[training.Happening]:
        yield from happening

    said: list[events.Event] = []
    rest = narration.Rest(steps=10, tests=1, steps_per_test=1.0)
    try:
        narration.tell("base", happens(), rest, said.append, lambda: None, lambda _: None)
    except TutorError as error:
        return said, error.message
    return said, ""


def step(loss: float) -> training.Step:
    return training.Step(torch.tensor(loss), samples=8, learning_rate=0.125)


def test_steps_are_told_together_before_the_test_that_follows_them() -> None:
    said, broke_off = told(step(1.0), step(0.5), training.Evaluation(0.25, 90.0), step(0.125))
    assert not broke_off
    steps, tested = said
    assert isinstance(steps, events.Steps)
    assert (steps.first, steps.losses, steps.learning_rate) == (1, (1.0, 0.5), 0.125)
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
