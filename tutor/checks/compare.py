"""Comparing what a check saw of a submission with what it saw of the reference."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from tutor.checks.check import Observation, Trouble
from tutor.checks.submission import in_words
from tutor.checks.transcript import number, short, write
from tutor.verdict import SideBySide

if TYPE_CHECKING:
    from tutor.course.manifest import Tolerance

SHOWN_PLACES = 8


@dataclass(frozen=True)
class Difference:
    """The first value in which a submission differs from the reference.

    Attributes:
        name: what differs.
        says: how, in words.
        index: the first differing element; empty where the whole value differs.
        expected: the reference's value there, as text.
        got: the submission's.
        differing: how many elements differ.
        total: how many were compared.
        tensors: the reference's and the submission's, where it is tensors of one shape and dtype that differ.
    """

    name: str
    says: str
    index: tuple[int, ...]
    expected: str
    got: str
    differing: int
    total: int
    tensors: tuple[torch.Tensor, torch.Tensor] | None = None


def difference(expected: Observation, got: Observation, tolerance: Tolerance) -> Difference | None:
    """Where a submission first differs from the reference, or None.

    Args:
        expected: of the reference; it never is in trouble.
        got: of the submission, which has values.
    """
    assert not isinstance(expected.values, Trouble)
    assert not isinstance(got.values, Trouble)
    for name, value in expected.values.items():
        if name not in got.values:
            return Difference(name, f"there is no {name}", (), in_words(value), "nothing", 1, 1)
        found = _difference(name, value, got.values[name], tolerance)
        if found:
            return found
    return None


def same_observation(one: Observation, other: Observation, tolerance: Tolerance) -> bool:
    """Whether two programs did the same on a case: equal values, or the same trouble.

    A slip of the pen is like no other: it says nothing of what its author has understood.
    """
    if isinstance(one.values, Trouble) and isinstance(other.values, Trouble):
        return _same_trouble(one.values, other.values, tolerance)
    if isinstance(one.values, Trouble) or isinstance(other.values, Trouble):
        return False
    return one.values.keys() == other.values.keys() and difference(one, other, tolerance) is None


def _same_trouble(one: Trouble, other: Trouble, tolerance: Tolerance) -> bool:
    """The same fault and evidence; of an exception the type and the message, not the lines."""
    if one.is_slip or other.is_slip:
        return False
    if one.raised and other.raised:
        return (one.raised.type, one.raised.message) == (other.raised.type, other.raised.message)
    return (one.alike or one.says) == (other.alike or other.says) and all(
        _difference("", mine, its, tolerance) is None for mine, its in zip(one.evidence, other.evidence, strict=False)
    )


def parts(expected: Any, got: Any) -> list[tuple[str, Any, Any]] | None:
    """The two of a list, tuple or dict side by side, each with its place; None where they are not of one kind."""
    if type(got) is not type(expected) or not isinstance(expected, (list, tuple, dict)) or len(got) != len(expected):
        return None
    if not isinstance(expected, dict):
        return [(f"[{place}]", *pair) for place, pair in enumerate(zip(expected, got, strict=True))]
    if got.keys() != expected.keys():
        return None
    return [(f"[{key!r}]", value, got[key]) for key, value in expected.items()]


def same_value(expected: Any, got: Any, tolerance: Tolerance) -> bool:
    """Whether two values that are neither tensors nor have parts agree; numbers do within the tolerance."""
    if type(got) is not type(expected) or isinstance(expected, (list, tuple, dict)):
        return False
    if isinstance(expected, float) and math.isnan(expected):
        return bool(math.isnan(got))
    if isinstance(expected, float) and math.isfinite(expected):
        return bool(abs(got - expected) <= tolerance.atol + tolerance.rtol * abs(expected))
    return bool(got == expected)


def _difference(name: str, expected: Any, got: Any, tolerance: Tolerance) -> Difference | None:
    if isinstance(expected, torch.Tensor):
        return _tensor_difference(name, expected, got, tolerance)
    if (both := parts(expected, got)) is not None:
        found = (_difference(f"{name}{place}", mine, its, tolerance) for place, mine, its in both)
        return next(filter(None, found), None)
    if same_value(expected, got, tolerance):
        return None
    says = f"{name} is {in_words(got)}; expected {in_words(expected)}"
    if type(got) is type(expected) and isinstance(expected, dict):
        says = f"{name} has the keys {[*got]}; expected {[*expected]}"
    elif type(got) is type(expected) and isinstance(expected, (list, tuple)):
        says = f"{name} is a {type(got).__name__} of {len(got)}; expected {len(expected)}"
    return Difference(name, says, (), write(expected), in_words(got), 1, 1)


def _tensor_difference(name: str, expected: torch.Tensor, got: Any, tolerance: Tolerance) -> Difference | None:
    def whole(says: str) -> Difference:
        return Difference(name, says, (), in_words(expected), in_words(got), expected.numel(), expected.numel())

    if got is None and name.startswith("gradient"):
        return whole(f"the {name} is None: nothing flows back to it")
    if type(got) is not torch.Tensor:
        return whole(f"the {name} is {in_words(got)}; a torch.Tensor is expected")
    if got.shape != expected.shape:
        return whole(f"the {name} has shape {tuple(got.shape)}; expected {tuple(expected.shape)}")
    if got.dtype != expected.dtype:
        says = f"the {name} is of dtype {got.dtype}; expected {expected.dtype}"
        return Difference(name, says, (), str(expected.dtype), str(got.dtype), expected.numel(), expected.numel())
    right = _close(expected, got, tolerance)
    if bool(right.all()):
        return None
    index = tuple(int(place) for place in (~right).nonzero()[0])
    there, here = number(expected[index].item()), number(got[index].item())
    differing = int((~right).sum())
    place = "[" + ", ".join(map(str, index)) + "]" if index else ""
    says = f"the {name} is off in {differing} of {right.numel()} places, first {name}{place}: {here}; expected {there}"
    return Difference(name, says, index, there, here, differing, right.numel(), (expected, got))


def _close(expected: torch.Tensor, got: torch.Tensor, tolerance: Tolerance) -> torch.Tensor:
    # What is not finite agrees only with its like: a wrong program's infinities name those of a submission.
    return torch.isclose(got, expected, rtol=tolerance.rtol, atol=tolerance.atol, equal_nan=True)


def side_by_side(found: Difference, tolerance: Tolerance) -> SideBySide | None:
    """The table that the first differing element lies in, or eight by eight of it; None where it stands alone."""
    if found.tensors is None or not found.index:
        return None
    *above, column = found.index
    expected, got = (tensor[tuple(above[:-1])] if len(above) > 1 else tensor for tensor in found.tensors)
    rows = _around(above[-1], expected.shape[0]) if above else slice(0, 1)
    columns = _around(column, expected.shape[-1])
    part = (rows, columns) if above else (columns,)
    expected, got = (torch.atleast_2d(tensor[part]) for tensor in (expected, got))
    if expected.numel() == 1:
        return None
    sizes = found.tensors[0].shape[-len(part) :]
    place = [*map(str, above[:-1]), *map(_in_words, part, sizes)]
    differs = ~_close(expected, got, tolerance)
    pairs = zip(expected[differs].tolist(), got[differs].tolist(), strict=True)
    write_one = short if all(short(one) != short(other) for one, other in pairs) else number
    return SideBySide(
        says=f"{found.name}[{', '.join(place)}]",
        expected=tuple(tuple(map(write_one, row)) for row in expected.tolist()),
        got=tuple(tuple(map(write_one, row)) for row in got.tolist()),
        differs=tuple(map(tuple, differs.tolist())),
    )


def _around(place: int, size: int) -> slice:
    """So many places that a table of them is quickly looked over, with this one among them."""
    start = max(0, min(place - SHOWN_PLACES // 2, size - SHOWN_PLACES))
    return slice(start, min(size, start + SHOWN_PLACES))


def _in_words(part: slice, size: int) -> str:
    return ":" if (part.start, part.stop) == (0, size) else f"{part.start}:{part.stop}"
