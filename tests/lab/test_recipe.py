from __future__ import annotations

import msgspec
import pytest

from tutor.errors import UsageError
from tutor.lab.recipe import RECIPES, Recipe, checked


@pytest.mark.parametrize("recipe", RECIPES.values())
def test_ours_can_be_trained_and_read_back(recipe: Recipe) -> None:
    assert checked(recipe) == recipe
    assert msgspec.json.decode(msgspec.json.encode(recipe), type=Recipe) == recipe


@pytest.mark.parametrize(
    ("recipe", "field"),
    [
        (Recipe(epochs=0), "epochs"),
        (Recipe(batch_size=1), "batch_size"),
        (Recipe(learning_rate=0.0), "learning_rate"),
        (Recipe(learning_rate=float("inf")), "learning_rate"),
        (Recipe(learning_rate=float("nan")), "learning_rate"),
        (Recipe(betas=(0.9, 1.0)), "betas"),
        (Recipe(weight_decay=-0.1), "weight_decay"),
        (Recipe(label_smoothing=1.0), "label_smoothing"),
        (Recipe(shift=28), "shift"),
        (Recipe(target=101.0), "target"),
    ],
)
def test_what_is_out_of_bounds_is_named(recipe: Recipe, field: str) -> None:
    with pytest.raises(UsageError, match=rf"\$\.{field}"):
        checked(recipe)
