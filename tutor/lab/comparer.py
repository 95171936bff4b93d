"""The process that trains a comparison's cells, ``python -m tutor.lab.comparer``; :mod:`tutor.lab.comparing` starts it.

It reads its work from stdin and says on stdout, a JSON object a line, what it does and what it has measured. It keeps
nothing: whoever listens does, and when nobody does any more, it ends.
"""

from __future__ import annotations

import math
import os
import sys
import time
import traceback
from typing import TYPE_CHECKING

import msgspec

from tutor.errors import TutorError
from tutor.lab.comparison import TRAINING_IMAGES, Cell, Going, Setting, Work
from tutor.lab.events import Failed, Loading
from tutor.lab.experiments import title_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

    from tutor.lab.comparison import Message
    from tutor.lab.data import Data
    from tutor.lab.recipe import Recipe

    Say = Callable[[Message], None]

TELL_EVERY_S = 0.2


def main() -> int:
    """Train what stdin asks for.

    Returns:
        The exit status: 0, or 1 where it could not be done.
    """
    # What a library prints must not be taken for a message.
    told_to = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)

    def say(message: Message) -> None:
        try:
            told_to.write(msgspec.json.encode(message) + b"\n")
        except BrokenPipeError:
            # Nobody listens any more. No exception: what is going on may take it for its own.
            os._exit(1)

    try:
        work = msgspec.json.decode(sys.stdin.buffer.read(), type=Work)
        say(Loading("loading PyTorch"))
        if work.plan.recipe.deterministic:
            # Without it cuBLAS refuses to be deterministic; it is read once, when CUDA is first used.
            os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        train_cells(work, say)
    except TutorError as error:
        say(Failed(error.message, error.remedy))
        return 1
    except Exception as error:
        traceback.print_exc()
        say(Failed(f"The comparison broke off: {type(error).__name__}: {' '.join(str(error).split())}", ""))
        return 1
    return 0


def train_cells(work: Work, say: Say) -> None:
    """Train cell by cell, and say each.

    Raises:
        TutorError: the data or the device is not there, or a training went wrong.
    """
    from tutor.lab import devices
    from tutor.lab.data import load

    plan = work.plan
    devices.leave_a_core_free()
    devices.keep_freed_memory()
    devices.settle(plan.recipe.deterministic)
    device = devices.choose_device(plan.device)
    data = load(plan.data, device, lambda what: say(Loading(what)), plan.dataset)
    say(Setting(data.name, len(data.train), len(data.test), device.type, devices.name_of(device)))
    for network, seed in work.cells:
        say(train_cell(network, seed, plan.recipe, data, say))


def train_cell(name: str, seed: int, recipe: Recipe, data: Data, say: Say) -> Cell:
    """Train a network from a seed, from which come its weights, its batches and what dropout drops.

    Raises:
        TutorError: a loss is no finite number any more, or a batch does not fit into the memory.
    """
    import torch

    from tutor.lab.data import Split
    from tutor.lab.networks import build
    from tutor.lab.training import OutOfMemory, Step, Training, evaluate

    began = told_at = time.monotonic()
    torch.manual_seed(seed)
    network = build(name).to(data.train.labels.device)
    # Only the end counts here, and the tests on the way would take half as long again as the steps.
    training = Training(network, data, recipe, seed, evaluations=())
    loss = math.nan
    for what in training.run():
        if isinstance(what, OutOfMemory):
            raise TutorError(
                f"A batch of {what.batch_size} does not fit into the memory for {title_of(name)}.",
                "Take a smaller --batch-size: in parts, it would not be trained like the others.",
            )
        if isinstance(what, Step) and (now := time.monotonic()) - told_at >= TELL_EVERY_S:
            told_at, loss = now, _finite(what.loss, name, seed)
            say(Going(name, seed, training.step, training.steps, loss))
    seen = Split(data.train.images[:TRAINING_IMAGES], data.train.labels[:TRAINING_IMAGES])
    on_test, on_train = evaluate(network, data.test), evaluate(network, seen)
    return Cell(
        name,
        seed,
        on_test.accuracy,
        test_loss=_finite(on_test.loss, name, seed),
        train_loss=_finite(on_train.loss, name, seed),
        seconds=time.monotonic() - began,
    )


def _finite(loss: torch.Tensor | float, name: str, seed: int) -> float:
    value = float(loss)
    if math.isfinite(value):
        return value
    raise TutorError(
        f"{title_of(name)}, seed {seed}: the loss became {value}; there is nothing to compare.",
        "Exploding gradients or a division by zero do this. Try a smaller --lr.",
    )


if __name__ == "__main__":
    sys.exit(main())
