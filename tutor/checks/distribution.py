"""Judging what is drawn at random: by its distribution, and in words that do not depend on what was drawn.

Two right programs that draw at random give other numbers, so their numbers cannot be compared. Instead a check looks at
many draws and returns :class:`Words` about them: "about 0.2", "made for each by itself". They are the same for every
right program. And they are the same each time for a wrong one, so that its misconception can be named: take cases in
which chance has no say, with so many draws that each question below has one answer.

A look may refuse what is right, if chance plays a trick on it. It does so with a probability of :data:`REFUSED` at
most, whatever is drawn; an exercise whose checks take a hundred looks refuses a right answer less than once in 10^10
times. All bounds are proved ones, not approximations, and hold for any number of draws: with few draws a look lets
more pass.
"""

from __future__ import annotations

import math
from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch

from tutor.checks.submission import SubmissionFault
from tutor.checks.transcript import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

REFUSED = 1e-12
"""How often, at most, one look refuses what is right."""

STRAY = 2
"""So many zeros are taken for none. ``torch.rand`` gives 0 itself once in 2^24 numbers, so that ``torch.rand(…) > p``,
as honest programs have it, may drop an element even with p = 0. More than two among 3,000 come less than once in 10^12
times: that is the number of triples, n³ / 6, over 2^72."""

BY_ITSELF = Words("made for each by itself")
"""What :func:`by_itself` says where nothing is wrong."""


def within_chance(hits: float, of: float, p: float, looks: int = 1) -> bool:
    """Whether chance gives so many hits among so many draws, each of which is a hit with probability ``p`` by itself.

    Chernoff's bound for a binomial distribution: n draws have a share of hits of a or more, for a above p, with a
    probability of at most exp(−n·KL), where KL = a·ln(a/p) + (1 − a)·ln((1 − a)/(1 − p)); likewise a or less, for a
    below p. (Hoeffding's exp(−2n(a − p)²) follows from it, and is wider.) So many are refused that both tails together
    come to :data:`REFUSED`. For 2,000 draws that is ±0.084 around p = 0.5, and ±0.07 around 0.2; a p that is off by a
    little more than twice as much is as sure to be refused as the right one is to pass. Hoeffding (1963) has shown that
    the bound holds for draws without replacement, too.

    Args:
        looks: how many such questions are asked at once: the probability holds for all of them together.
    """
    return bool(_surprise(hits, of, p) <= _bound(looks))


def share(zero: torch.Tensor, p: float, others: Sequence[float] = ()) -> Words:
    """The share of the True ones, where each of them should be True with probability ``p``, by itself.

    It is "about p" within the bounds of :func:`within_chance`, and "0" if p is 0 and there are :data:`STRAY` at most.
    See to it first that they are drawn one by one (:func:`by_itself`): else their share has other bounds.

    Args:
        others: what a wrong program may have in place of ``p``, such as 1 − p; the first that fits is named.
    """
    hits, of = int(zero.sum()), zero.numel()
    if p == 0:
        return Words("0") if hits <= STRAY else Words("above 0")
    for known in (p, *others):
        if within_chance(hits, of, known):
            return Words(f"about {known:g}")
    return Words(f"clearly {'above' if hits > p * of else 'below'} {p:g}")


def multiplied(factors: torch.Tensor, at_most: int = 2) -> Words:
    """What numbers were multiplied by, to six digits, which is what float32 can tell: "0 or 1.25", "different numbers".

    Args:
        at_most: how many numbers are listed.
    """
    found = sorted({f"{factor + 0.0:.6g}" for factor in factors.double().unique().tolist()}, key=float)
    if not found:
        return Words("nothing")
    return Words(" or ".join(found) if len(found) <= at_most else "different numbers")


def by_itself(masks: Sequence[torch.Tensor], axes: Sequence[str]) -> Words:
    """Whether the True ones in the masks of several calls are drawn one by one: :data:`BY_ITSELF`, or what is wrong.

    Four looks are taken, none of which needs to know how probable True is:

    - Two rows, say, are compared place by place, and so are any two slices along any axis. Where the one has a True
      ones, the other has True at as many of those a places as at the others, within the bounds of
      :func:`within_chance` for draws without replacement. All pairs together are one look. Are all slices along an axis
      equal, and more so than chance may have it, then there is one draw for all of them.
    - Every other call is compared with the one before it, all of them together, in the same way. If True meets True too
      often, some places are True more often than others.
    - In every call there are as many True ones, which is what a program does that draws *which* c of n are True. By
      themselves c of n are True with probability √(n / (2π·c·(n − c))) at most, however probable each is; the k calls
      are refused if the k-th power of that, for any of the n counts, comes to :data:`REFUSED`.
    - There are :data:`STRAY` True ones at most, or nothing else.

    Args:
        masks: of equal shapes, one for each call.
        axes: for each axis of a mask, what one slice along it is: ``("sample", "feature")``.
    """
    drawn = torch.stack(list(masks))
    if nothing := _nothing_drawn(drawn):
        return nothing
    if _all_equal(drawn):
        drawn = drawn[:1]  # drawn once
    slices = {name: drawn.movedim(axis, 0).flatten(1) for axis, name in enumerate(axes, start=1)}
    pairs = sum(math.comb(len(rows), 2) for rows in slices.values())
    far = {name: _surprises(rows) > _bound(pairs) for name, rows in slices.items() if len(rows) > 1}
    if shared := [name for name, unlikely in far.items() if unlikely[0, 1] and _all_equal(slices[name])]:
        return Words(f"the same in every {_listed(shared)}")
    for name, unlikely in far.items():
        rows = slices[name]
        if any(torch.equal(rows[one], rows[other]) for one, other in unlikely.nonzero().tolist()):
            return Words(f"the same for some {name}s")
    if any(bool(unlikely.any()) for unlikely in far.values()):
        return Words("not made for each by itself")
    pairs_of_calls = drawn[: len(drawn) // 2 * 2].unflatten(0, (-1, 2)).transpose(0, 1).flatten(1)
    if len(drawn) > 1 and bool((_surprises(pairs_of_calls) > _bound(1)).any()):
        return Words("more often the same than chance has it")
    return Words("the same number of them in every call") if _has_fixed_count(drawn) else BY_ITSELF


def anew(masks: Sequence[torch.Tensor], of: str = "call") -> Words:
    """Whether each mask is drawn anew: "anew in every call", or what is wrong.

    Each mask is compared with the one before it, place by place, as :func:`by_itself` compares slices; all of these
    together are one look.

    Args:
        masks: of equal shapes, in the order in which they were drawn.
        of: what each is the mask of.
    """
    drawn = torch.stack(list(masks)).flatten(1)
    if nothing := _nothing_drawn(drawn):
        return nothing
    unlikely = _surprises(drawn).diagonal(1) > _bound(len(drawn) - 1)
    if bool(unlikely.all()) and _all_equal(drawn):
        return Words(f"the same in every {of}")
    return Words(f"not independent of that of the {of} before" if unlikely.any() else f"anew in every {of}")


@contextmanager
def whatever_was_drawn() -> Iterator[None]:
    """Within it, programs that change an input in place are in the same trouble, whatever numbers they have drawn."""
    try:
        yield
    except SubmissionFault as fault:
        raise SubmissionFault(str(fault), alike=fault.alike) from None


def _bound(looks: int) -> float:
    """How large a surprise may be in so many looks: both tails of each come to REFUSED together."""
    return math.log(2 * max(looks, 1) / REFUSED)


def _surprise(hits: float | torch.Tensor, of: float | torch.Tensor, p: float | torch.Tensor) -> torch.Tensor:
    """n·KL of :func:`within_chance`; 0 where nothing is drawn."""
    hits, of, p = (torch.as_tensor(number, dtype=torch.float64) for number in (hits, of, p))
    a, xlogy = hits / of.clamp(min=1), torch.special.xlogy
    divergence = xlogy(a, a) - xlogy(a, p) + xlogy(1 - a, 1 - a) - xlogy(1 - a, 1 - p)
    return torch.where(of > 0, of * divergence, 0.0)


def _surprises(rows: torch.Tensor) -> torch.Tensor:
    """For any two of these rows, how surprising it is where True meets True; each pair once, above the diagonal."""
    rows = rows.double()
    counts = rows.sum(1)
    of, p = torch.broadcast_tensors(counts[:, None], counts / rows.shape[1])
    return _surprise(rows @ rows.T, of, p).triu(1)


def _has_fixed_count(drawn: torch.Tensor) -> bool:
    """Whether, by no chance, all masks have the same number of True ones."""
    calls, n = len(drawn), drawn[0].numel()
    counts = drawn.flatten(1).sum(1)
    c = int(counts[0])
    if not 0 < c < n or not _all_equal(counts):
        return False
    return calls * math.log(n / (2 * math.pi * c * (n - c))) / 2 <= math.log(REFUSED / n)


def _all_equal(rows: torch.Tensor) -> bool:
    return bool((rows == rows[0]).all())


def _nothing_drawn(drawn: torch.Tensor) -> Words | None:
    if drawn.sum() <= STRAY:
        return Words("none at all: nothing is 0")
    return Words("none at all: everything is 0") if drawn.all() else None


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
