from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tutor.lab.data import load
from tutor.lab.plan import Plan

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

FOLDER = os.environ.get("CNN_TUTOR_DATA", "")

pytestmark = pytest.mark.skipif(not FOLDER, reason="CNN_TUTOR_DATA names no folder with MNIST's files")


def test_it_is_all_there_and_normalised() -> None:
    data = load(FOLDER)
    assert data.name == "MNIST"
    assert data.train.images.shape == (60_000, 1, 28, 28)
    assert data.test.images.shape == (10_000, 1, 28, 28)
    assert data.train.images.mean().item() == pytest.approx(0, abs=1e-3)
    assert data.train.images.std().item() == pytest.approx(1, abs=1e-3)
    assert data.train.labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert data.train.labels.bincount().min().item() == 5421


def test_one_epoch_reaches_the_slides_region(start: Callable[[Plan], Any]) -> None:
    state = start(Plan("bn", data=FOLDER)).until_it_ends()
    assert state.failed is None
    assert state.curves["base"].accuracy > 96
    assert state.curves["bn"].accuracy > 97
