"""How a network is trained: all that is chosen beside the network, the data and the seed. Imports no torch."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from tutor.errors import UsageError

Schedule = Literal["constant", "one-cycle"]
Precision = Literal["auto", "float32", "bf16"]

PositiveInt = Annotated[int, msgspec.Meta(ge=1)]
Rate = Annotated[float, msgspec.Meta(gt=0, le=1000)]
Beta = Annotated[float, msgspec.Meta(ge=0, lt=1)]


class Recipe(msgspec.Struct, frozen=True):
    """How a network is trained.

    Attributes:
        epochs: passes over the training set.
        batch_size: samples a step; batch norm needs two at least.
        learning_rate: Adam's; where it changes, its highest.
        schedule: ``constant``, or ``one-cycle``: up for three tenths of the steps, then down to nearly nothing.
        betas: Adam's, of the running means of the gradient and of its square.
        weight_decay: decoupled from the gradient, as in AdamW.
        label_smoothing: which share of a label is spread evenly over all ten digits (Szegedy et al., *Rethinking the
            Inception Architecture* (2015), section 7); it raises the training's loss, and is no part of a test's.
        shift: augmentation: each image is moved at random by up to so many pixels in each direction; 0 for none.
        target: the training ends once the test accuracy has reached so many per cent; None: it takes all its epochs.
        precision: of forward and backward. ``bf16`` computes convolutions and products in bfloat16, weights stay
            float32; ``auto`` does so on a GPU that can, and nowhere else.
        deterministic: only algorithms that give the same result every time, even where others are faster.
    """

    epochs: PositiveInt = 1
    batch_size: Annotated[int, msgspec.Meta(ge=2)] = 64
    learning_rate: Rate = 1e-3
    schedule: Schedule = "constant"
    betas: tuple[Beta, Beta] = (0.9, 0.999)
    weight_decay: Annotated[float, msgspec.Meta(ge=0, le=1000)] = 0.0
    label_smoothing: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.0
    shift: Annotated[int, msgspec.Meta(ge=0, le=27)] = 0
    target: Annotated[float, msgspec.Meta(gt=0, le=100)] | None = None
    precision: Precision = "auto"
    deterministic: bool = False


# "standard" is for experiments: long known, and slow enough for differences to show. "fast" takes the network "fast" to
# 99 % within its one epoch; a large rate in one cycle: Smith and Topin, "Super-Convergence" (2018).
RECIPES = {
    "standard": Recipe(),
    "fast": Recipe(batch_size=160, learning_rate=0.01, schedule="one-cycle", betas=(0.7, 0.9), label_smoothing=0.05),
}


def checked(recipe: Recipe) -> Recipe:
    """The recipe itself, if each of its values is within its bounds: constructing one looks at none of them.

    Raises:
        UsageError: one is not; names it.
    """
    try:
        return msgspec.convert(msgspec.to_builtins(recipe), Recipe)
    except msgspec.ValidationError as error:
        raise UsageError(f"this recipe cannot be trained: {error}") from None
