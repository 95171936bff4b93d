"""Plans and run folders, without a training."""

from __future__ import annotations

import msgspec
import pytest

from tutor.errors import UsageError
from tutor.lab.plan import Plan, read_plan
from tutor.lab.recipe import RECIPES, Recipe

BEFORE_RECIPES = b'{"experiment":"bn","data":"synthetic","epochs":3,"batch_size":32,"seed":7,"device":"cpu"}'


def test_a_plan_is_read_back() -> None:
    plan = Plan(networks=("plain-20", "residual-20"), dataset="kmnist", seed=3, recipe=RECIPES["fast"])
    assert read_plan(msgspec.json.encode(plan)) == plan


def test_a_plan_from_before_there_were_recipes_means_the_same() -> None:
    assert read_plan(BEFORE_RECIPES) == Plan(
        "bn", data="synthetic", seed=7, device="cpu", recipe=Recipe(epochs=3, batch_size=32)
    )


def test_a_plan_names_an_experiment_or_networks() -> None:
    assert Plan("bn").trained == ("base", "bn")
    assert Plan(networks=("bn",)).trained == ("bn",)
    with pytest.raises(UsageError, match='no experiment "resnet"'):
        _ = Plan("resnet").trained
