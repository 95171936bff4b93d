from __future__ import annotations

import torch

from tutor.lab.data import load
from tutor.lab.synthetic import draw_digits


def test_the_seed_decides_the_digits() -> None:
    images, labels = draw_digits(50, seed=4)
    again, same_labels = draw_digits(50, seed=4)
    others, _ = draw_digits(50, seed=5)
    assert torch.equal(images, again)
    assert torch.equal(labels, same_labels)
    assert not torch.equal(images, others)


def test_they_have_mnists_shapes_and_all_ten_digits() -> None:
    images, labels = draw_digits(200, seed=0)
    assert (images.shape, images.dtype) == ((200, 28, 28), torch.uint8)
    assert (labels.shape, labels.dtype) == ((200,), torch.int64)
    assert set(labels.tolist()) == set(range(10))
    assert images.amax(dim=(1, 2)).min() > 100, "a digit can hardly be seen"


def test_no_two_pictures_of_a_digit_are_alike() -> None:
    images, labels = draw_digits(200, seed=0)
    threes = images[labels == 3].float()
    assert torch.cdist(threes.flatten(1), threes.flatten(1)).fill_diagonal_(torch.inf).min() > 500


def test_the_data_set_is_the_same_every_time_and_its_parts_differ() -> None:
    first, second = load("synthetic"), load("synthetic")
    assert first.name == "synthetic"
    assert torch.equal(first.train.images, second.train.images)
    assert first.train.images.shape == (6000, 1, 28, 28)
    assert first.test.images.shape == (1000, 1, 28, 28)
    assert first.train.images.dtype == torch.float32
    assert not torch.equal(first.train.images[:1000], first.test.images)
