"""What is random is judged in words that no right program fails to earn, and no wrong one earns."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
import torch

from tutor.checks import Case
from tutor.checks.check import Check, Trouble
from tutor.checks.distribution import (
    BY_ITSELF,
    REFUSED,
    STRAY,
    anew,
    by_itself,
    multiplied,
    share,
    whatever_was_drawn,
    within_chance,
)
from tutor.engine.channel import LocalChannel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.checks import Submission

AXES = ("sample", "channel", "row", "column")
SHAPE = (4, 3, 4, 5)


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    # Tensors this small only lose time to a second thread, most of all on a busy machine.
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def binomial(n: int, k: int, p: float) -> float:
    ways = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(ways + k * math.log(p) + (n - k) * math.log(1 - p))


def bernoulli(seed: int, *shape: int, p: float = 0.5) -> torch.Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed)) < p


# -- bounds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 7, 40, 240, 1000])
@pytest.mark.parametrize("p", [0.01, 0.2, 0.5, 0.85])
@pytest.mark.parametrize("looks", [1, 50])
def test_chance_is_refused_as_rarely_as_is_said(n: int, p: float, looks: int) -> None:
    refused = sum(binomial(n, k, p) for k in range(n + 1) if not within_chance(k, n, p, looks))
    assert refused <= REFUSED / looks


@pytest.mark.parametrize(("of", "hits", "n"), [(30, 20, 60), (100, 40, 240), (300, 150, 500)])
def test_so_it_is_with_draws_without_replacement(of: int, hits: int, n: int) -> None:
    # Of n places `hits` are True; `of` of the places are looked at.
    ways = math.comb(n, of)
    found = range(max(0, of - (n - hits)), min(of, hits) + 1)
    refused = [k for k in found if not within_chance(k, of, hits / n)]
    assert sum(math.comb(hits, k) * math.comb(n - hits, of - k) for k in refused) / ways <= REFUSED


def test_what_is_a_little_more_than_twice_as_far_off_as_is_allowed_is_as_surely_refused() -> None:
    n, p = 2000, 0.2
    allowed = max(k for k in range(n) if within_chance(k, n, p)) / n - p
    assert round(allowed, 2) == 0.07
    other = p + 2.1 * allowed
    assert sum(binomial(n, k, other) for k in range(n + 1) if within_chance(k, n, p)) <= REFUSED
    assert round(max(k for k in range(n) if within_chance(k, n, 0.5)) / n, 2) == 0.58


def test_the_ends_of_the_scale_leave_nothing_to_chance() -> None:
    assert within_chance(0, 5, 0.0)
    assert within_chance(5, 5, 1.0)
    assert not within_chance(1, 5, 0.0)
    assert not within_chance(4, 5, 1.0)
    assert within_chance(0, 0, 0.0)
    assert within_chance(0, 0, 1.0)


@pytest.mark.parametrize("n", [2, 9, 72, 240])
def test_a_count_is_as_improbable_as_is_said(n: int) -> None:
    for c in range(1, n):
        assert binomial(n, c, c / n) <= math.sqrt(n / (2 * math.pi * c * (n - c)))


def test_stray_zeros_are_as_rare_as_is_said() -> None:
    n = 3000
    assert STRAY == 2
    assert math.comb(n, 3) / 2**72 <= REFUSED


# -- shares and factors ------------------------------------------------------------------------------------------------


def test_a_share_is_named() -> None:
    zeros = bernoulli(1, 2000, p=0.3)
    assert share(zeros, 0.3) == "about 0.3"
    assert share(zeros, 0.7, others=(0.3, 0.5)) == "about 0.3"
    assert share(zeros, 0.7) == "clearly below 0.7"
    assert share(zeros, 0.1, others=(0.9,)) == "clearly above 0.1"
    assert share(torch.ones(9, dtype=torch.bool), 1.0) == "about 1"


@pytest.mark.parametrize(("zeros", "words"), [(0, "0"), (2, "0"), (3, "above 0"), (500, "above 0")])
def test_a_stray_zero_is_none(zeros: int, words: str) -> None:
    assert share(torch.arange(1000) < zeros, 0.0) == words


def test_factors_are_told_to_six_digits() -> None:
    assert multiplied(torch.tensor([0.0, 1 / 0.7, -0.0])) == "0 or 1.42857"
    assert multiplied(torch.tensor([1 / 0.7]).double()) == multiplied(torch.tensor([1 / 0.7])) == "1.42857"
    assert multiplied(torch.tensor([1.0, 1.0001]), at_most=1) == "different numbers"
    assert multiplied(torch.randn(50)) == "different numbers"
    assert multiplied(torch.tensor([])) == "nothing"
    assert multiplied(torch.tensor([math.nan, math.nan])) == "nan"


# -- one by one --------------------------------------------------------------------------------------------------------


def test_what_is_drawn_one_by_one_is_seen_as_that_on_every_seed() -> None:
    for seed in range(80):
        p = (0.05, 0.3, 0.5, 0.9)[seed % 4]
        masks = [*bernoulli(seed, 24, *SHAPE, p=p)]
        assert by_itself(masks, AXES) == BY_ITSELF
        assert anew(masks) == "anew in every call"
    for seed in range(40):
        assert by_itself([*bernoulli(seed, 2, 100, 20, p=0.2)], ("sentence", "feature")) == BY_ITSELF


@pytest.mark.parametrize(
    ("drawn", "words"),
    [
        ((4, 1, 1, 1), "the same in every channel, row and column"),
        ((4, 3, 1, 1), "the same in every row and column"),
        ((1, 3, 4, 5), "the same in every sample"),
        ((1, 1, 1, 5), "the same in every sample, channel and row"),
        ((1, 1, 1, 1), "the same in every sample, channel, row and column"),
        ((4, 3, 1, 5), "the same in every row"),
    ],
)
def test_what_is_drawn_for_several_at_once_is_seen(drawn: tuple[int, ...], words: str) -> None:
    for seed in range(20):
        assert by_itself([*bernoulli(seed, 24, *drawn).expand(24, *SHAPE)], AXES) == words


def test_slices_that_hang_together_are_seen() -> None:
    for seed in range(20):
        masks = bernoulli(seed, 24, *SHAPE)
        twins, opposites, loose = masks.clone(), masks.clone(), masks.clone()
        twins[:, :, 2] = twins[:, :, 0]
        opposites[..., 2:4] = ~opposites[..., :2]
        loose[:, 1] = torch.where(bernoulli(seed + 1, 24, *SHAPE[1:], p=0.3), loose[:, 1], loose[:, 3])
        assert by_itself([*twins], AXES) == "the same for some channels"
        assert by_itself([*opposites], AXES) == "not made for each by itself"
        assert by_itself([*loose], AXES) == "not made for each by itself"


def test_places_that_are_true_more_often_than_others_are_seen() -> None:
    for seed in range(20):
        often = bernoulli(seed, *SHAPE)
        rng = torch.Generator().manual_seed(seed)
        masks = [torch.rand(SHAPE, generator=rng) < 0.2 + 0.6 * often for _ in range(25)]
        assert by_itself(masks, AXES) in ("more often the same than chance has it", "not made for each by itself")
    assert by_itself(masks, AXES) == "more often the same than chance has it"


def test_a_count_that_never_changes_is_seen_from_many_calls_on() -> None:
    for seed in range(20):
        rng = torch.Generator().manual_seed(seed)
        masks = [torch.randperm(72, generator=rng).view(6, 12) < 20 for _ in range(24)]
        assert by_itself(masks, ("row", "column")) == "the same number of them in every call"
        # Two calls may have the same number by chance.
        assert by_itself(masks[:2], ("row", "column")) == BY_ITSELF


def test_a_mask_that_is_kept_is_no_matter_of_how_it_was_drawn() -> None:
    for seed in range(40):
        mask = bernoulli(seed, *SHAPE, p=0.4)
        assert by_itself([mask] * 24, AXES) == BY_ITSELF
        assert anew([mask] * 3) == "the same in every call"
        assert anew([mask, mask], "module") == "the same in every module"
        other = mask.clone()
        other[0] = bernoulli(seed + 1000, *SHAPE[1:], p=0.4)
        assert anew([mask, other]) == "not independent of that of the call before"


def test_nothing_and_everything() -> None:
    nothing = torch.zeros(2, 50, dtype=torch.bool)
    nothing[0, 3] = nothing[1, 7] = True
    for look in (anew, lambda masks: by_itself(masks, ("row",))):
        assert look([*nothing]) == "none at all: nothing is 0"
        assert look([nothing[0] | True] * 2) == "none at all: everything is 0"


def test_few_draws_prove_nothing() -> None:
    mask = torch.tensor([True, False, True])
    assert anew([mask, mask]) == "anew in every call"
    assert by_itself([torch.tensor([[True, False], [True, False], [True, False]])], ("row", "column")) == BY_ITSELF


# -- programs ----------------------------------------------------------------------------------------------------------

PROGRAM = """
import torch
from torch import nn


class Noise(nn.Module):
    def forward(self, x):
        return {line}
"""


def noise(submission: Submission, case: Case) -> dict[str, object]:
    with whatever_was_drawn():
        outputs = submission.Noise().repeatedly(3, case.x)
    return {"calls": len(outputs), "different": len({output.item() for output in outputs})}


def observed(line: str) -> tuple[object, str]:
    channel = LocalChannel()
    channel.request("load", source=PROGRAM.format(line=line), filename="noise.py", forbidden={})
    check = Check("noise", lambda rng: [], noise)
    seen = check.observe(channel, Case(x=torch.ones(())))
    assert seen.transcript is not None
    return seen.values, seen.transcript.text()


def test_a_module_is_called_repeatedly_and_the_transcript_says_so_in_a_line() -> None:
    values, text = observed("x + torch.rand(())")
    assert values == {"calls": 3, "different": 3}
    assert text.endswith("module = Noise()\nx = torch.tensor(1.)\noutputs = [module(x) for _ in range(3)]")


def test_programs_that_change_an_input_are_alike_whatever_they_have_drawn() -> None:
    one, other = (observed("x.add_(torch.rand(()))")[0] for _ in range(2))
    assert isinstance(one, Trouble)
    assert one == other
    assert "in place" in one.says
