"""The table of a counterexample: which part of a tensor is shown, and what in it differs."""

from __future__ import annotations

import pytest
import torch

from tutor.checks.check import Observation
from tutor.checks.compare import difference, side_by_side
from tutor.course.manifest import Tolerance
from tutor.verdict import SideBySide

TOLERANCE = Tolerance(rtol=1e-6, atol=1e-6, says="to six places")


def shown(expected: torch.Tensor, got: torch.Tensor) -> SideBySide | None:
    found = difference(Observation({"output": expected}), Observation({"output": got}), TOLERANCE)
    assert found is not None
    return side_by_side(found, TOLERANCE)


def test_the_table_that_the_first_difference_lies_in_is_shown_whole_where_it_is_small() -> None:
    expected = torch.arange(24.0).reshape(2, 2, 2, 3)
    got = expected.clone()
    got[1, 0, 1, 2] = -5.5
    got[1, 1] = 0.0
    assert shown(expected, got) == SideBySide(
        "output[1, 0, :, :]",
        (("12", "13", "14"), ("15", "16", "17")),
        (("12", "13", "14"), ("15", "16", "-5.5")),
        ((False, False, False), (False, False, True)),
    )


@pytest.mark.parametrize(
    ("place", "says"),
    [((0, 0), "0:8, 0:8"), ((29, 39), "22:30, 32:40"), ((10, 20), "6:14, 16:24"), ((2, 38), "0:8, 32:40")],
)
def test_of_a_large_one_what_lies_around_it(place: tuple[int, int], says: str) -> None:
    expected = torch.zeros(3, 30, 40)
    got = expected.clone()
    got[2][place] = 1.0
    table = shown(expected, got)
    assert table is not None
    assert table.says == f"output[2, {says}]"
    assert (len(table.got), len(table.got[0])) == (8, 8)
    rows, columns = (int(part.split(":")[0]) for part in says.split(", "))
    assert table.got[place[0] - rows][place[1] - columns] == "1"
    assert sum(map(sum, table.differs)) == 1


def test_a_vector_is_one_row() -> None:
    table = shown(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 3.0]))
    assert table == SideBySide("output[:]", (("1", "2"),), (("1", "3"),), ((False, True),))


def test_what_differs_late_is_written_in_full() -> None:
    table = shown(
        torch.tensor([1.0, 0.33333333], dtype=torch.float64), torch.tensor([1.0, 0.33334], dtype=torch.float64)
    )
    assert table is not None
    assert (table.expected[0][1], table.got[0][1]) == ("0.33333333", "0.33334")


def test_what_stands_alone_has_no_table() -> None:
    assert shown(torch.tensor(1.0), torch.tensor(2.0)) is None
    assert shown(torch.ones(1, 1, 1), torch.zeros(1, 1, 1)) is None
    assert shown(torch.ones(2, 2), torch.ones(2, 3)) is None, "another shape"


def test_what_is_not_finite_is_shown_as_it_is() -> None:
    table = shown(torch.tensor([1.0, 2.0]), torch.tensor([float("nan"), float("inf")]))
    assert table is not None
    assert table.got == (("nan", "inf"),)
