"""Cases: the inputs on which a submission is compared with the reference."""

from __future__ import annotations

from typing import Any

import torch


class Case:
    """Named inputs of one case, read as attributes: numbers, tuples, tensors, and lists and dicts of tensors.

    Cases are to come in growing size: the first that fails is the counterexample that the learner sees.

    Raises:
        ValueError: a name is that of a method, so that it could not be read as an attribute.
    """

    def __init__(self, **values: Any) -> None:
        if taken := [name for name in values if hasattr(Case, name)]:
            raise ValueError(f"a case cannot hold a `{taken[0]}`: it has a method of that name; choose another")
        self._values = values
        self._python = ""
        self._from_python: frozenset[str] = frozenset()

    @classmethod
    def from_python(cls, python: str, **values: Any) -> Case:
        """A case with values that are too large to be written out: a counterexample shows the lines that made them.

        Args:
            python: lines that need torch alone; every name that they bind, but for those with a leading underscore, is
                one of the case.
            values: the others, as usual.
        """
        made: dict[str, Any] = {"torch": torch}
        exec(python, made)
        bound = {name: value for name, value in made.items() if name != "torch" and not name.startswith("_")}
        case = cls(**bound, **values)
        case._python, case._from_python = python, frozenset(bound)
        return case

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_values"][name]
        except KeyError:
            raise AttributeError(f"the case has no {name}") from None

    def value(self, name: str) -> Any:
        """What the case holds under this name."""
        return self._values[name]

    def names(self) -> tuple[str, ...]:
        """The names of all that the case holds."""
        return tuple(self._values)

    def replaced(self, name: str, value: Any) -> Case:
        """The same case with another value under this name."""
        # Lines that made several values would make the old one again, so all are written out.
        return Case(**{**self._values, name: value})

    def copy(self) -> Case:
        """The same case in tensors of its own, so that no run can change what another sees."""
        case = Case(**{name: _copy(value) for name, value in self._values.items()})
        case._python, case._from_python = self._python, self._from_python
        return case

    def name_of(self, value: Any) -> str | None:
        """The name under which the case holds this very object."""
        return next((name for name, own in self._values.items() if own is value), None)

    def python_of(self, name: str) -> str:
        """The lines that made what the case holds under this name; empty where it is written out."""
        return self._python if name in self._from_python else ""


def integers(rng: torch.Generator, *shape: int, low: int = -3, high: int = 3) -> torch.Tensor:
    """Whole numbers from ``low`` to ``high``, as float64: a counterexample of them can be followed by hand."""
    return torch.randint(low, high + 1, shape, generator=rng).double()


def normal(rng: torch.Generator, *shape: int) -> torch.Tensor:
    """Standard normal numbers, as float64."""
    return torch.randn(shape, generator=rng, dtype=torch.float64)


def _copy(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.clone()
    if isinstance(value, (list, tuple)):
        return type(value)(_copy(item) for item in value)
    if isinstance(value, dict):
        return {name: _copy(item) for name, item in value.items()}
    return value
