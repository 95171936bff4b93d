"""What a network takes the test set for: which classes it confuses, and on which images it is most wrong.

Runs in the training process alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

from tutor.lab.events import Classified, Digit

if TYPE_CHECKING:
    from torch import Tensor

    from tutor.lab.data import Split

CLASSES = 10
WORST = 12


def classified(network: str, step: int, logits: Tensor, test: Split, shades: tuple[Tensor, Tensor]) -> Classified:
    """Set what a network takes each image for beside what it shows.

    Args:
        network: its name.
        step: after how many steps.
        logits: (N, 10), its answers to the whole test set.
        shades: which values black and white have in the set's images, scalars.
    """
    logits, labels = logits.float().cpu(), test.labels.cpu()  # (N, 10), (N,)
    predicted = logits.argmax(dim=1)
    counts = torch.bincount(labels * CLASSES + predicted, minlength=CLASSES**2).view(CLASSES, CLASSES)
    losses = F.cross_entropy(logits, labels, reduction="none")  # (N,)
    worst = losses.argsort(descending=True, stable=True)[:WORST]
    digits = zip(
        worst.tolist(),
        labels[worst].tolist(),
        predicted[worst].tolist(),
        losses[worst].neg().exp().tolist(),
        pixels(test.images[worst.to(test.images.device)], shades),
        strict=True,
    )
    return Classified(network, step, tuple(map(tuple, counts.tolist())), tuple(Digit(*digit) for digit in digits))


def pixels(images: Tensor, shades: tuple[Tensor, Tensor]) -> list[bytes]:
    """Normalised images (N, 1, 28, 28) as they were, 0 for black to 255 for white."""
    black, white = shades
    grey = (images - black) / (white - black)
    return [bytes(image.tolist()) for image in grey.mul(255).round().to(torch.uint8).flatten(1).cpu()]
