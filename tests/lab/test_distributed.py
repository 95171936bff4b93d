"""Two processes on the CPU that train together, over gloo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
import torch

from tutor.errors import UsageError
from tutor.lab.data import load
from tutor.lab.networks import build
from tutor.lab.plan import Plan
from tutor.lab.recipe import Recipe
from tutor.lab.runs import Run
from tutor.lab.training import Evaluation, Step, Training

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

RECIPE = Recipe(epochs=2, batch_size=150, shift=1)


def test_two_pause_stop_and_go_on_together_and_come_to_what_one_alone_does(start: Callable[..., Any]) -> None:
    training = start(Plan(networks=("base",), data="synthetic", device="cpu", recipe=RECIPE, processes=2))
    training.until_it_steps()
    training.run.ask("pause")
    training.until(lambda state: state.paused)
    training.run.ask("stop")
    stopped = training.until_it_ends()
    assert (stopped.outcome, training.process.returncode) == ("stopped", 0)
    told = len(stopped.curves["base"].losses)
    assert 0 < told < 80

    again = start(training.run)
    together = again.until_it_ends()
    assert together.outcome == "finished"
    assert [restored.step for restored in again.restored] == [told]

    torch.manual_seed(0)
    alone = list(Training(build("base"), load("synthetic"), RECIPE, seed=0).run())
    losses = [what.loss.item() for what in alone if isinstance(what, Step)]
    tests = [what.accuracy for what in alone if isinstance(what, Evaluation)]
    # Sums in another order round differently, and each step builds on that.
    assert together.curves["base"].losses == pytest.approx(losses, rel=0.02)
    assert together.curves["base"].losses[:10] == pytest.approx(losses[:10], rel=1e-4)
    assert [test.accuracy for test in together.curves["base"].tests] == pytest.approx(tests, abs=0.5)


def test_a_batch_that_has_not_two_samples_for_each_is_refused(tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.plan_file.write_bytes(msgspec.json.encode(Plan("bn", recipe=Recipe(batch_size=3), processes=2)))
    with pytest.raises(UsageError, match="too small for 2 processes") as caught:
        run.plan()
    assert "--batch-size 4" in caught.value.remedy
