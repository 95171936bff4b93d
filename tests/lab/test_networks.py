from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import nn

from tutor.errors import UsageError
from tutor.lab.experiments import EXPERIMENTS, NETWORK_TITLES, NETWORKS, find_network, network_examples, title_of
from tutor.lab.networks import Layers, build
from tutor.lab.networks.blocks import BasicBlock, ProjectionBlock, ResidualBlock

if TYPE_CHECKING:
    from collections.abc import Callable

SHALLOW = [network.examples[0] for network in NETWORKS.values()]


def parameters(name: str) -> int:
    return sum(p.numel() for p in build(name).parameters())


def started(name: str, seed: int = 3) -> dict[str, torch.Tensor]:
    """The weights that a network starts with."""
    torch.manual_seed(seed)
    return dict(build(name).named_parameters())


@pytest.mark.parametrize("name", SHALLOW)
@pytest.mark.parametrize("images", [1, 5])
def test_images_to_logits(name: str, images: int) -> None:
    assert build(name).eval()(torch.randn(images, 1, 28, 28)).shape == (images, 10)


@pytest.mark.parametrize("name", SHALLOW)
def test_every_weight_learns(name: str) -> None:
    torch.manual_seed(0)
    network = build(name)
    network(torch.randn(4, 1, 28, 28)).square().sum().backward()
    assert all(p.grad is not None and p.grad.any() for p in network.parameters())


def test_parameters() -> None:
    # base: 1*6*25+6 + 6*16*25+16 + 400*120+120 + 120*84+84 + 84*10+10; batch norm adds γ and β for each channel.
    assert parameters("base") == parameters("lenet") == parameters("dropout") == parameters("dropout-0.3") == 61_706
    assert parameters("bn") == parameters("lenet-bn") == 61_706 + 2 * (6 + 16 + 120 + 84)
    # The projection's shortcut is all that skip has more: 6*16*9+16.
    assert parameters("skip") - parameters("plain") == 880
    # Half the channels of He et al. (2015), table 6: conv1, three stages of six convolutions, norms, linear.
    convolutions = 8 * 9 + 6 * 8 * 8 * 9 + (8 + 5 * 16) * 16 * 9 + (16 + 5 * 32) * 32 * 9
    assert parameters("plain-20") == convolutions + 2 * (7 * 8 + 6 * 16 + 6 * 32) + 32 * 10 + 10
    assert parameters("residual-20") - parameters("plain-20") == 8 * 16 + 2 * 16 + 16 * 32 + 2 * 32
    # 1*8*36+8 + 8*24*9+24 + 600*128+128 + 128*10+10
    assert parameters("fast") == 80_266


@pytest.mark.parametrize("depth", [8, 20, 32])
def test_the_number_in_a_name_is_that_of_the_layers_with_weights(depth: int) -> None:
    for name in (f"plain-{depth}", f"residual-{depth}"):
        layers = [layer for layer in build(name).modules() if isinstance(layer, nn.Conv2d | nn.Linear)]
        shortcuts = [layer for layer in layers if isinstance(layer, nn.Conv2d) and layer.kernel_size == (1, 1)]
        assert len(layers) - len(shortcuts) == depth


@pytest.mark.parametrize(
    ("name", "variant"),
    [
        ("base", "lenet"),
        ("base", "bn"),
        ("base", "dropout"),
        ("dropout", "dropout-0.9"),
        ("plain", "skip"),
        ("plain-14", "residual-14"),
    ],
)
def test_from_one_seed_both_start_with_the_same_weights(name: str, variant: str) -> None:
    mine, theirs = started(name), started(variant)
    assert mine.keys() <= theirs.keys()
    assert all(torch.equal(mine[layer], theirs[layer]) for layer in mine)
    another = started(name, seed=4)
    assert not any(torch.equal(mine[layer], another[layer]) for layer in mine if layer.startswith("conv"))


def projection(stride: int, *, skip: bool) -> nn.Module:
    return ProjectionBlock(4, 3, 8, stride, Layers(), skip=skip)


def basic(stride: int, *, skip: bool) -> nn.Module:
    return BasicBlock(4, 8, stride, Layers(), skip=skip)


def test_without_its_residual_branch_a_block_gives_back_its_input_and_its_twin_nothing() -> None:
    x = torch.rand(2, 4, 6, 6)
    for skip, expected in ((True, x), (False, torch.zeros_like(x))):
        for block in (ResidualBlock(4, 3, Layers(), skip=skip), BasicBlock(4, 4, 1, Layers(), skip=skip)):
            for parameter in block.conv2.parameters():
                nn.init.zeros_(parameter)
            assert torch.equal(block(x), expected)


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("make", [projection, basic])
def test_where_the_shape_changes_the_shortcut_is_a_convolution(make: Callable[..., nn.Module], stride: int) -> None:
    x = torch.randn(2, 4, 6, 6)
    block, twin = make(stride, skip=True), make(stride, skip=False)
    assert block(x).shape == twin(x).shape == (2, 8, 6 // stride, 6 // stride)
    beside = {name for name, _ in block.named_parameters()} - {name for name, _ in twin.named_parameters()}
    assert {name.partition(".")[0] for name in beside} == {"shortcut"}


def test_dropout_has_the_probability_in_its_name() -> None:
    def probabilities(name: str) -> list[float]:
        return [layer.p for layer in build(name).modules() if isinstance(layer, nn.Dropout)]

    assert probabilities("dropout") == [0.5, 0.5]
    assert probabilities("dropout-0.25") == [0.25, 0.25]
    assert probabilities("dropout-0") == [0, 0]


@dataclass
class Watched:
    """Layers that remember which of them were asked for."""

    used: set[str]

    def layers(self) -> Layers:
        ours = Layers(
            residual_block=partial(ResidualBlock, layers=Layers()),
            projection_block=partial(ProjectionBlock, layers=Layers()),
            basic_block=partial(BasicBlock, layers=Layers()),
        )
        kinds = {field.name for field in fields(Layers)} - {"lenet"}
        return replace(ours, **{kind: self._watching(kind, getattr(ours, kind)) for kind in kinds})

    def _watching(self, kind: str, make: Callable[..., nn.Module]) -> Callable[..., nn.Module]:
        def watching(*args: Any, **kwargs: Any) -> nn.Module:
            self.used.add(kind)
            return make(*args, **kwargs)

        return watching


@pytest.mark.parametrize("name", SHALLOW)
def test_the_table_says_of_which_layers_a_network_is_made(name: str) -> None:
    watched = Watched(set())
    build(name, watched.layers())
    assert watched.used == find_network(name)[0].layers - {"lenet"}
    whole = nn.Linear(1, 1)
    is_whole = build(name, replace(Layers(), lenet=lambda: whole)) is whole
    assert is_whole == ("lenet" in find_network(name)[0].layers)


@pytest.mark.parametrize("name", SHALLOW)
def test_blocks_of_ours_are_made_of_the_given_layers_too(name: str) -> None:
    class Convolution(nn.Conv2d):
        pass

    class Norm(nn.BatchNorm2d):
        pass

    network = build(name, replace(Layers(), conv2d=Convolution, batch_norm2d=Norm))
    assert {type(layer) for layer in network.modules()}.isdisjoint({nn.Conv2d, nn.BatchNorm2d})


def test_every_network_of_every_experiment_is_there_and_has_a_title() -> None:
    for experiment in EXPERIMENTS.values():
        assert set(experiment.slides) <= set(experiment.networks)
        for name in experiment.networks:
            build(name)
            assert title_of(name) != name


def test_the_slides_figures() -> None:
    assert EXPERIMENTS["bn"].slides == {"base": 97.53, "bn": 97.85}
    assert EXPERIMENTS["dropout"].slides == {"base": 97.53, "dropout": 97.58}


def test_all_that_is_offered_can_be_typed_and_has_a_title_of_its_own() -> None:
    offered = network_examples()
    assert len(offered) == len(set(offered))
    for name in offered:
        assert find_network(name)[0].says
    assert len({title_of(name) for name in offered}) == len(offered)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("bn", "base CNN with batch norm"),
        ("residual-20", "residual net of 20 layers"),
        ("dropout-0.3", "base CNN with dropout 0.3"),
        ("of-another-version", "of-another-version"),
    ],
)
def test_titles(name: str, title: str) -> None:
    assert title_of(name) == title
    assert NETWORK_TITLES.get(name, title) == title


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("resnet152", "There are: base, bn, dropout"),
        ("residul-20", "Did you mean residual-20"),
        ("BN", "Did you mean bn"),
        ("", "There are: base"),
        ("residual-21", "The nearest to 21 is 20"),
        ("residual-1", "The nearest to 1 is 8"),
        ("plain-9999", "The nearest to 9999 is 1202"),
        ("plain-", "6n + 2"),
        ("plain-N", "6n + 2"),
        ("plain-020", "6n + 2"),
        ("plain--8", "6n + 2"),
        ("plain-1" + "0" * 5000, "6n + 2"),
        ("residual-20.0", "6n + 2"),
        ("dropout-1", "below 1"),
        ("dropout-nan", "below 1"),
        ("dropout--0.1", "below 1"),
        ("dropout-P", "For example: dropout-0.2"),
    ],
)
def test_another_name_is_refused_and_the_nearest_named(name: str, remedy: str) -> None:
    with pytest.raises(UsageError) as caught:
        build(name)
    assert name in caught.value.message
    assert remedy in caught.value.remedy
