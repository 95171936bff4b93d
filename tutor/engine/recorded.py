"""What the author's programs gave on the cases of one seed, in a file: a released course judges by it without them.

Frames of :mod:`tutor.engine.wire` one after the other: first what was recorded, then for each case what is right, and
what each wrong answer gave, without the values in which it is right. So nothing in the file can be run, and no line of
a program is in it: of what a program raised only the kind and the message.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

import torch

from tutor.checks.check import Observation, Trouble
from tutor.checks.transcript import Words
from tutor.engine.channel import Raised
from tutor.engine.wire import WireError, encode, receive
from tutor.errors import GraderError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from tutor.checks.cases import Case

FORMAT = 1
SAME_DRAW = 1e-6
"""How far, relatively, a case may be from the recorded one: another processor may round what is drawn otherwise."""

CaseKey = tuple[str, int]
"""A check's id and the number of one of its cases."""

Programs = dict[str, list["Callable[[CaseKey], Observation]"]]
"""What the wrong answers give on a case, by misconception."""


@dataclass(frozen=True)
class Recording:
    """What was recorded.

    Attributes:
        seed: of the cases.
        torch: the version of PyTorch that it was recorded with.
        sizes: of each case's tensors the sum of the absolute values.
        expected: what is right, by case.
        wrong: for each wrong answer its misconception and what it gave, by case.
    """

    seed: int
    torch: str
    sizes: Mapping[CaseKey, Sequence[float]]
    expected: Mapping[CaseKey, Observation]
    wrong: Sequence[tuple[str, Mapping[CaseKey, Observation]]]

    def programs(self) -> Programs:
        """The wrong answers as the diagnosis asks for them."""
        found: Programs = {}
        for misconception, seen in self.wrong:
            found.setdefault(misconception, []).append(seen.__getitem__)
        return found

    def refuse_other_cases(self, cases: Mapping[str, Sequence[Case]], seed: int, file: Path) -> None:
        """See that the cases are those that were recorded.

        Raises:
            GraderError: they are others.
        """
        if seed != self.seed:
            says = f"this course was released to judge with seed {self.seed} alone, not with {seed}"
            raise GraderError(says, "Only your instructor's copy can draw other cases.")
        drawn = {(check, number): size(case) for check, its in cases.items() for number, case in enumerate(its)}
        alike = drawn.keys() == self.sizes.keys() and all(
            len(sizes) == len(self.sizes[key]) and all(map(_is_near, sizes, self.sizes[key]))
            for key, sizes in drawn.items()
        )
        if not alike:
            says = f"{file}: its cases are not those that were recorded, with PyTorch {self.torch}"
            raise GraderError(says, f"Ask for a new release of the course; this is PyTorch {torch.__version__}.")

    def to_bytes(self) -> bytes:
        """The file."""
        keys = list(self.expected)
        head = {
            "format": FORMAT,
            "seed": self.seed,
            "torch": self.torch,
            "cases": [[*key, [float(one) for one in self.sizes[key]]] for key in keys],
            "wrong": [misconception for misconception, _ in self.wrong],
        }
        frames = [encode(head)]
        for key in keys:
            frames.append(encode(_plain_observation(self.expected[key])))
            frames += [encode(_plain_observation(seen[key], self.expected[key])) for _, seen in self.wrong]
        return b"".join(frames)


def read_recording(path: Path) -> Recording:
    """Read a file that :meth:`Recording.to_bytes` made.

    Raises:
        GraderError: it is none.
    """
    try:
        return _read(path.read_bytes())
    except (OSError, WireError, ValueError, KeyError, TypeError) as error:
        raise GraderError(f"{path}: is no recording: {error}", "Ask for a new release of the course.") from None


def size(case: Case) -> list[float]:
    """Of each of a case's tensors the sum of the absolute values, in order."""
    return [float(one) for name in case.names() for one in _sizes(case.value(name))]


def _is_near(drawn: float, recorded: float) -> bool:
    return math.isclose(drawn, recorded, rel_tol=SAME_DRAW)


def _sizes(value: Any) -> Iterator[float]:
    match value:
        case torch.Tensor():
            yield float(value.detach().to(torch.complex128).abs().nan_to_num().sum())
        case list() | tuple():
            for item in value:
                yield from _sizes(item)
        case dict():
            for item in value.values():
                yield from _sizes(item)
        case int() | float():
            yield float(value)


def _read(data: bytes) -> Recording:
    stream = BytesIO(data)

    def exactly(count: int) -> bytes:
        part = stream.read(count)
        if len(part) != count:
            raise ValueError("it is cut short")
        return part

    head = receive(exactly)
    if head["format"] != FORMAT:
        raise ValueError(f"it is of format {head['format']}")
    sizes = {(check, number): its for check, number, its in head["cases"]}
    expected: dict[CaseKey, Observation] = {}
    wrong: list[tuple[str, dict[CaseKey, Observation]]] = [(misconception, {}) for misconception in head["wrong"]]
    for key in sizes:
        expected[key] = _observation(receive(exactly))
        for _, seen in wrong:
            seen[key] = _observation(receive(exactly), expected[key])
    return Recording(head["seed"], head["torch"], sizes, expected, wrong)


def _plain_observation(seen: Observation, right: Observation | None = None) -> dict[str, Any]:
    """An observation of values that cross the wire.

    Args:
        right: what is right there; a value that is the very same object is only said to be that.
    """
    values = seen.values
    if not isinstance(values, Trouble):
        known = {} if right is None or isinstance(right.values, Trouble) else right.values
        own = {name: _plain(value) for name, value in values.items() if value is not known.get(name, seen)}
        return {"values": own, "names": list(values)}
    raised = values.raised
    return {
        "trouble": values.says if raised is None else "",
        "raised": None if raised is None else [raised.type, raised.message],
        "evidence": [_plain(value) for value in values.evidence],
        "alike": values.alike,
        "has_loaded": values.has_loaded,
    }


def _observation(plain: dict[str, Any], right: Observation | None = None) -> Observation:
    if "values" in plain:
        known = {} if right is None or isinstance(right.values, Trouble) else right.values
        own = {name: _again(value) for name, value in plain["values"].items()}
        return Observation({name: own[name] if name in own else known[name] for name in plain["names"]})
    return Observation(
        Trouble(
            plain["trouble"],
            None if plain["raised"] is None else Raised(*plain["raised"]),
            tuple(_again(value) for value in plain["evidence"]),
            plain["alike"],
            plain["has_loaded"],
        )
    )


WORDS = "words of a check"
"""The key of what stands for a text that is shown without quotes."""


def _plain(value: Any) -> Any:
    match value:
        case Words():
            return {WORDS: str(value)}
        case list():
            return [_plain(item) for item in value]
        case tuple():
            return tuple(_plain(item) for item in value)
        case dict():
            return {name: _plain(item) for name, item in value.items()}
    return value


def _again(value: Any) -> Any:
    match value:
        case {"words of a check": str(words), **rest} if not rest:
            return Words(words)
        case list():
            return [_again(item) for item in value]
        case tuple():
            return tuple(_again(item) for item in value)
        case dict():
            return {name: _again(item) for name, item in value.items()}
    return value
