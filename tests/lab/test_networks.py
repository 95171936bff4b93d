from __future__ import annotations

import pytest
import torch

from tutor.errors import UsageError
from tutor.lab.experiments import EXPERIMENTS, NETWORK_TITLES
from tutor.lab.networks import build


@pytest.mark.parametrize("name", ["base", "bn"])
@pytest.mark.parametrize("images", [1, 5])
def test_images_to_logits(name: str, images: int) -> None:
    assert build(name).eval()(torch.randn(images, 1, 28, 28)).shape == (images, 10)


def test_parameters() -> None:
    # base: 1*6*25+6 + 6*16*25+16 + 400*120+120 + 120*84+84 + 84*10+10; batch norm adds γ and β for each channel.
    assert sum(p.numel() for p in build("base").parameters()) == 61_706
    assert sum(p.numel() for p in build("bn").parameters()) == 61_706 + 2 * (6 + 16 + 120 + 84)


def test_from_one_seed_both_start_with_the_same_weights() -> None:
    weights = []
    for name in ("base", "bn"):
        torch.manual_seed(3)
        network = build(name)
        weights.append(
            [layer.weight for layer in network.children() if isinstance(layer, torch.nn.Conv2d | torch.nn.Linear)]
        )
    assert all(torch.equal(a, b) for a, b in zip(*weights, strict=True))


def test_every_network_of_every_experiment_is_there_and_has_a_title() -> None:
    for experiment in EXPERIMENTS.values():
        assert set(experiment.slides) == set(experiment.networks)
        for name in experiment.networks:
            build(name)
            assert NETWORK_TITLES[name]


def test_another_name_is_refused() -> None:
    with pytest.raises(UsageError, match="resnet152"):
        build("resnet152")
