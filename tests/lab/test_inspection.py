"""What is measured in a network while it is trained, and that measuring leaves no trace in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from tutor.lab import events
from tutor.lab.classified import classified
from tutor.lab.data import Data, Split
from tutor.lab.inspection import Inspection, inspection_steps
from tutor.lab.layer_statistics import layer_statistics, update_ratios
from tutor.lab.networks import build
from tutor.lab.recipe import Recipe
from tutor.lab.run_state import RunState, state_of
from tutor.lab.training import Evaluation, Training

if TYPE_CHECKING:
    from collections.abc import Callable

BEFORE = b'{"type":"started","experiment":"bn","networks":["base"],"parameters":{"base":1},"device":"cpu",\
"device_name":"CPU","dataset":"MNIST","train_size":9,"test_size":9,"batch_size":3,"epochs":1,"steps":3,"seed":0}'


def small_data(samples: int) -> Data:
    random = torch.Generator().manual_seed(0)
    split = Split(torch.randn(samples, 1, 28, 28, generator=random), torch.arange(samples) % 10)
    return Data("synthetic", split, split)


class KeepsItsOwn(nn.Module):
    """As a learner may write a batch norm: what it keeps is no buffer."""

    def __init__(self) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(10))
        self.kept = torch.zeros(10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.kept = 0.9 * self.kept + 0.1 * x.detach().mean(dim=0)
        return self.gamma * (x - self.kept)


def keeps_its_own() -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 10), KeepsItsOwn())


@pytest.mark.parametrize("make", [lambda: build("bn"), lambda: build("dropout"), keeps_its_own])
def test_a_training_that_is_looked_into_computes_the_same_to_the_last_bit(make: Callable[[], nn.Module]) -> None:
    data, recipe = small_data(96), Recipe(epochs=2, batch_size=16, shift=1)

    def trained(*, looking: bool) -> tuple[nn.Module, torch.Tensor, list[events.Event]]:
        said: list[events.Event] = []
        twin = make()
        torch.manual_seed(0)
        network = make()
        training = Training(network, data, recipe, seed=0)
        inspection = Inspection("base", network, twin, training, data, recipe, said.append)
        if looking:
            inspection.begin()
        for what in training.run():
            if looking and isinstance(what, Evaluation):
                inspection.tested(what)
        return network, torch.get_rng_state(), said

    looked_into, drawn, said = trained(looking=True)
    left_alone, drawn_alone, _ = trained(looking=False)
    for (name, weight), expected in zip(
        looked_into.state_dict().items(), left_alone.state_dict().values(), strict=True
    ):
        assert torch.equal(weight, expected), name
    assert torch.equal(drawn, drawn_alone)
    assert [event.step for event in said if isinstance(event, events.LayerStatistics)] == [0, 1, 4, 6, 12]
    assert [event.step for event in said if isinstance(event, events.Classified)] == [1, 4, 6, 12]


def test_layers_are_measured_as_they_compute() -> None:
    torch.manual_seed(0)

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.unused = nn.Linear(2, 2)
            self.last = nn.Linear(20, 10)
            self.hidden = nn.Linear(784, 20, bias=False)
            self.first = nn.Sequential(nn.Flatten(), self.hidden)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            out: torch.Tensor = self.last(torch.relu(self.first(x) - 0.1))
            return out

    network, data = Network(), small_data(16).train
    measured = layer_statistics(network, data.images, data.labels, {"hidden.weight": torch.tensor(0.125)})

    hidden = data.images.flatten(1) @ network.hidden.weight.T
    logits = network.last(F.relu(hidden - 0.1))
    F.cross_entropy(logits, data.labels).backward()
    first, last = measured
    assert (first.name, first.kind, last.name, last.kind) == ("hidden", "Linear", "last", "Linear")
    for layer, output, weight in ((first, hidden, network.hidden.weight), (last, logits, network.last.weight)):
        assert layer.mean == pytest.approx(output.mean().item(), rel=1e-3)
        assert layer.deviation == pytest.approx(output.std(correction=0).item(), rel=1e-3)
        assert weight.grad is not None
        assert layer.gradient == pytest.approx(weight.grad.square().mean().sqrt().item(), rel=1e-3)
    assert first.zeros == pytest.approx((hidden <= 0.1).float().mean().item(), abs=1e-3)
    assert (first.update, last.update, last.zeros) == (0.125, None, None)


def test_gradients_of_a_step_to_come_are_left_alone() -> None:
    network, data = keeps_its_own(), small_data(4).train
    layer_statistics(network, data.images, data.labels, {})
    assert all(parameter.grad is None for parameter in network.parameters())


def test_a_relu_is_counted_for_the_layer_before_it_however_it_is_called() -> None:
    data = small_data(8).train
    calls: list[Any] = [nn.ReLU(), nn.ReLU(inplace=True), torch.relu, F.relu, lambda x: x.relu(), lambda x: x.relu_()]

    class Network(nn.Module):
        def __init__(self, relu: Any) -> None:
            super().__init__()
            self.linear = nn.Linear(784, 10)
            self.relu = relu

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            out: torch.Tensor = self.relu(self.linear(x.flatten(1)))
            return out

    for call in calls:
        ((linear),) = layer_statistics(Network(call), data.images, data.labels, {})
        assert linear.zeros is not None
        assert 0.2 < linear.zeros < 0.8


def test_what_is_no_finite_number_is_none() -> None:
    linear, data = nn.Linear(784, 10), small_data(4).train
    nn.init.constant_(linear.bias, torch.inf)
    (layer,) = layer_statistics(nn.Sequential(nn.Flatten(), linear), data.images, data.labels, {})
    assert (layer.mean, layer.deviation, layer.gradient) == (None, None, None)
    told = events.LayerStatistics("base", 1, 4, (layer,))
    assert events.decode(events.encode(told)) == told


def test_a_network_that_calls_no_layer_has_no_figures() -> None:
    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.linear = nn.Linear(784, 10)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return F.linear(x.flatten(1), self.linear.weight, self.linear.bias)

    data = small_data(4).train
    assert layer_statistics(Network(), data.images, data.labels, {}) == ()


class KeepsWhatItMakesLater(KeepsItsOwn):
    """As a learner may write it: a twin that has not computed yet does not take its state."""

    __module__ = "mine.batch_norm_2d"

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.register_buffer("mean", x.detach().mean(dim=0))
        return super().forward(x)


def test_a_learners_layer_that_cannot_be_looked_into_is_trained_all_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    said: list[events.Event] = []
    data, recipe = small_data(32), Recipe(batch_size=16)
    network, twin = (nn.Sequential(nn.Flatten(), nn.Linear(784, 10), KeepsWhatItMakesLater()) for _ in range(2))
    training = Training(network, data, recipe, seed=0)
    inspection = Inspection("base", network, twin, training, data, recipe, said.append)
    for what in training.run():
        if isinstance(what, Evaluation):
            inspection.tested(what)
    assert training.step == training.steps
    assert [type(event) for event in said] == [events.Classified, events.Classified]
    assert "Unexpected key" in capsys.readouterr().err, "it is in the run's log"


def test_by_how_much_a_step_changes_a_weight() -> None:
    torch.manual_seed(0)
    network = build("base")
    data = small_data(48)
    training = Training(network, data, Recipe(batch_size=16, schedule="one-cycle"), seed=0)
    training.evaluations.clear()
    happening = training.run()
    assert update_ratios(network, training.state_dict()["optimizer"]) == {}
    next(happening)
    before = {name: weight.detach().clone() for name, weight in network.named_parameters()}
    next(happening)
    ratios = update_ratios(network, training.state_dict()["optimizer"])
    for name, weight in network.named_parameters():
        changed = (weight.detach() - before[name]).norm() / weight.detach().norm()
        assert ratios[name].item() == pytest.approx(changed.item(), rel=1e-2), name


def test_a_network_is_looked_into_more_often_at_the_beginning() -> None:
    assert inspection_steps([59, 117, 235, 352, 469, 586, 704, 938, 1172, 1407, 1642, 1876], 938) == [
        59,
        352,
        938,
        1876,
    ]
    assert inspection_steps([1], 1) == [1]
    assert inspection_steps([], 938) == []


def test_what_is_confused_and_what_is_worst() -> None:
    grey = torch.arange(10 * 784).remainder(256).to(torch.uint8).view(10, 1, 28, 28)
    images = (grey.float() / 255 - 0.1307) / 0.3081
    test = Split(images, torch.arange(10))
    logits = torch.full((10, 10), 0.0)
    for label, (taken_for, how_surely) in enumerate([(0, 9.0), (1, 9.0), (7, 5.0), (3, 1.0), *([(8, 2.0)] * 6)]):
        logits[label, taken_for] = how_surely
    told = classified("base", 7, logits, test, images.aminmax())
    assert (told.network, told.step) == ("base", 7)
    assert sum(map(sum, told.counts)) == 10
    assert told.counts[2][7] == told.counts[3][3] == 1
    assert [row[8] for row in told.counts] == [0, 0, 0, 0, 1, 1, 1, 1, 1, 1]
    worst = told.worst[0]
    assert (worst.index, worst.label, worst.predicted) == (2, 2, 7)
    assert worst.probability == pytest.approx(logits[2].softmax(dim=0)[2].item())
    assert worst.pixels == bytes(grey[2].flatten().tolist())
    assert [digit.index for digit in told.worst] == [2, 4, 5, 6, 7, 9, 3, 8, 0, 1]
    assert events.decode(events.encode(told)) == told


def test_a_run_tells_what_it_saw_of_each_network(finished: Any) -> None:
    state = state_of(finished.run)
    for curves in state.curves.values():
        assert [looked.step for looked in curves.layers][::3] == [0, 94]
        assert [looked.step for looked in curves.classified][-1] == 94
        counts = curves.classified[-1].counts
        right = sum(counts[digit][digit] for digit in range(10))
        assert 100 * right / sum(map(sum, counts)) == pytest.approx(curves.accuracy)
        assert len(curves.classified[-1].worst) == 12
    base, bn = (state.curves[network].layers[-1].layers for network in ("base", "bn"))
    assert [layer.name for layer in base] == ["conv1", "conv2", "linear1", "linear2", "linear3"]
    assert {layer.kind for layer in bn} == {"Conv2d", "BatchNorm2d", "Linear", "BatchNorm1d"}
    normalised = [layer.deviation for layer in state.curves["bn"].layers[0].layers if "BatchNorm" in layer.kind]
    assert normalised == pytest.approx([1.0] * 4, abs=0.01)
    assert all(layer.update for layer in (*base, *bn))


def test_what_was_seen_is_told_too_where_the_target_is_reached() -> None:
    said: list[events.Event] = []
    data, recipe, network = small_data(64), Recipe(epochs=9, batch_size=4, target=5.0), build("base")
    training = Training(network, data, recipe, seed=0)
    inspection = Inspection("base", network, build("base"), training, data, recipe, said.append)
    for what in training.run():
        if isinstance(what, Evaluation):
            inspection.tested(what)
    assert training.step < training.steps
    assert isinstance(said[-1], events.Classified)
    assert said[-1].step == training.step


def test_going_back_forgets_what_was_seen_after_it() -> None:
    state = RunState()
    state.add(events.decode(BEFORE))
    looked = [events.LayerStatistics("base", step, 2, ()) for step in (0, 1, 3)]
    confused = [events.Classified("base", step, (), ()) for step in (1, 3)]
    back = events.Restored("base", 2, 1, 0.0)
    said: list[events.Event] = [*looked, *confused, looked[0], back]
    for event in said:
        state.add(event)
    assert state.curves["base"].layers == looked[:1], "a look that is told again takes the place of what came after it"
    for event in (looked[1], looked[2], back):
        state.add(event)
    assert state.curves["base"].layers == looked[:2]
    assert state.curves["base"].classified == confused[:1]


def test_a_record_from_before_there_was_any_of_this_is_read() -> None:
    started = events.decode(BEFORE)
    assert isinstance(started, events.Started)
    assert started.gpu == ""
