"""Checks that train: networks of the submission's, and of the author's beside them, scored on labels they never see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any

from torch.nn import functional

from tutor.checks.submission import in_words
from tutor.checks.transcript import Words
from tutor.lab.datasets import SYNTHETIC

if TYPE_CHECKING:
    import torch

CLASSES = 10


@dataclass(frozen=True)
class Trial:
    """A network that is trained, once from each of some seeds.

    The loop is a fixed one, Adam on shuffled batches, on one CPU thread: a grade must not change when the lab learns to
    train faster.

    Attributes:
        title: what it is, in a few words: ``with batch norm``.
        symbol: the class that makes it: (N, 1, 28, 28) to (N, 10) logits.
        args: what the class is called with.
        is_ours: whether the class is the author's, in ``oracle.py``, and not the submission's.
        seeds: each decides the initialisation, the order of the batches, and what is random in the network.
        epochs: passes over the training images.
        batch_size: images a step.
        learning_rate: Adam's; where it changes, its highest.
        one_cycle: whether it rises for three tenths of the steps and then falls to nearly nothing (Smith and Topin,
            *Super-Convergence*, 2018); else it stays.
        images: on how many of the training images; None: all.
    """

    title: str
    symbol: str
    args: tuple[Any, ...] = ()
    is_ours: bool = False
    seeds: tuple[int, ...] = (0,)
    epochs: int = 1
    batch_size: int = 64
    learning_rate: float = 1e-3
    one_cycle: bool = False
    images: int | None = None


@dataclass(frozen=True)
class Score:
    """How a trained network does, as the engine counts it.

    Attributes:
        accuracy: per cent of the test images classified right.
        loss: mean cross-entropy on the test images.
        train_loss: the same on training images, in eval mode.
        guesses: how many of the ten digits it ever answers.
    """

    accuracy: float
    loss: float
    train_loss: float
    guesses: int


def score(logits: torch.Tensor, labels: torch.Tensor, train_logits: torch.Tensor, train_labels: torch.Tensor) -> Score:
    """Score a network's logits (N, 10) on images whose labels (N,) it has not seen, and (M, 10) on some it has."""
    answers = logits.argmax(dim=1)
    return Score(
        accuracy=100 * (answers == labels).float().mean().item(),
        loss=functional.cross_entropy(logits, labels).item(),
        train_loss=functional.cross_entropy(train_logits, train_labels).item(),
        guesses=len(answers.unique()),
    )


@dataclass(frozen=True)
class Judgement:
    """What a trained check comes to.

    Attributes:
        says: what was measured, and where it did not pass what was asked; shown either way.
        misconception: the id of the one that shows in it, or empty.
    """

    passed: bool
    says: str
    misconception: str = ""


@dataclass(frozen=True)
class Lab:
    """What a trained check judges.

    Attributes:
        data: what was trained on: ``MNIST``, or ``synthetic`` digits where there is none.
        scores: of each trial, seed by seed.
        values: what the submission has under the names that the check asks for, e.g. its predictions.
    """

    data: str
    scores: Mapping[Trial, tuple[Score, ...]]
    values: Mapping[str, Any]

    @property
    def is_synthetic(self) -> bool:
        """Whether the digits were drawn by a generator, which are easier than MNIST's."""
        return self.data == SYNTHETIC

    def accuracy(self, trial: Trial) -> float:
        """A trial's test accuracy in per cent, the mean over its seeds."""
        return fmean(score.accuracy for score in self.scores[trial])

    def train_loss(self, trial: Trial) -> float:
        """A trial's loss on training images, the mean over its seeds."""
        return fmean(score.train_loss for score in self.scores[trial])

    def on_what(self) -> str:
        """The data, and how often was trained, in words."""
        seeds = max(len(scores) for scores in self.scores.values())
        data = "synthetic digits, not MNIST" if self.is_synthetic else self.data
        return f"on {data}" + (f", mean of {seeds} seeds" if seeds > 1 else "")


def percentage(value: Any) -> Words:
    """What somebody has predicted, in the words in which two such predictions are alike."""
    if value is ...:
        return Words("not filled in yet; nothing is trained before you have predicted")
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 100:
        return Words("a number from 0 to 100")
    return Words(in_words(value))


Judge = Callable[[Lab], Judgement]


@dataclass(frozen=True)
class TrainedCheck:
    """One check of a train exercise that trains; made by :func:`trained`."""

    id: str
    trials: tuple[Trial, ...]
    values: tuple[str, ...]
    judge: Judge


def trained(id: str, *trials: Trial, values: tuple[str, ...] = ()) -> Callable[[Judge], TrainedCheck]:  # noqa: A002 - the manifest's own word
    """Make a function the judge of what trained networks do.

    Args:
        id: the check's id in ``exercise.toml``; its entry there says ``trains = true``.
        trials: what is trained; what two checks share is trained once.
        values: names of the submission whose values it wants to see.
    """
    return lambda judge: TrainedCheck(id, trials, values, judge)
