"""What is drawn, and what MNIST would have made of it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tutor.lab.drawing import BOX, MIDDLE, MIDDLES, SIDE, Image, Point, as_in_mnist, blank, grey_values, with_stroke


def drawn(*points: Point) -> Image:
    image = blank()
    for start, end in pairwise(points):
        image = with_stroke(image, start, end)
    return image


def middle_of(image: Image) -> tuple[float, float]:
    """The centre of mass, across and down."""
    across, down = (float(image.sum(axis) @ MIDDLES / image.sum()) for axis in (0, 1))
    return across, down


def extent(image: Image) -> tuple[int, int]:
    """How many columns and rows are at least half ink."""
    rows, columns = np.nonzero(image >= 0.5)
    return int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1


def test_the_brush_is_round_soft_and_about_two_pixels_wide() -> None:
    across = with_stroke(blank(), (4, 14), (24, 14))
    assert across[:, 14].sum() == pytest.approx(2.5, abs=0.2)
    assert across.max() == 1
    assert 0 < across[15, 14] < 1, "its edge is soft"
    dot = with_stroke(blank(), (14, 14), (14, 14))
    assert np.allclose(dot, dot.T)
    assert np.allclose(dot, dot[::-1])
    assert dot.sum() == pytest.approx(np.pi * 1.25**2, rel=0.15)


def test_a_stroke_adds_to_what_is_there_and_the_rubber_takes_it_away() -> None:
    cross = with_stroke(drawn((14, 4), (14, 24)), (4, 14), (24, 14))
    assert cross[5, 14] > 0.5
    assert cross[14, 5] > 0.5
    rubbed = with_stroke(cross, (14, 3), (14, 25), erase=True)
    assert rubbed[5, 14] == 0
    assert rubbed[14, 5] == cross[14, 5]
    assert not with_stroke(drawn((4, 4), (8, 8)), (0, 0), (12, 12), erase=True).any()


def test_beyond_the_paper_nothing_is_drawn() -> None:
    assert not with_stroke(blank(), (-9, -9), (-9, 40)).any()
    assert drawn((14, -20), (14, 50))[0, 14] > 0.5


@pytest.mark.parametrize(
    "points",
    [
        pytest.param(((4, 2), (4, 12)), id="small, in a corner"),
        pytest.param(((2, 26), (26, 26), (26, 1)), id="as large as the paper"),
        pytest.param(((10, 20), (24, 20), (24, 22)), id="wide"),
        pytest.param(((9, 4), (9, 24), (17, 24)), id="of the usual size"),
    ],
)
def test_a_digit_is_fitted_into_the_box_and_its_mass_comes_to_the_middle(points: tuple[Point, ...]) -> None:
    fitted = as_in_mnist(drawn(*points))
    assert fitted.shape == (SIDE, SIDE)
    assert middle_of(fitted) == pytest.approx((MIDDLE, MIDDLE), abs=0.3)
    assert max(extent(fitted)) == pytest.approx(BOX, abs=1)
    assert 0 <= fitted.min() <= fitted.max() <= 1


def test_where_and_how_large_it_was_drawn_makes_no_difference() -> None:
    seven = [(3.0, 3.0), (13.0, 3.0), (7.0, 17.0)]
    here = as_in_mnist(drawn(*seven))
    assert np.allclose(as_in_mnist(drawn(*((x + 9, y + 8) for x, y in seven))), here, atol=1e-9)
    larger = as_in_mnist(drawn(*((1.5 * x, 1.5 * y) for x, y in seven)))
    # Not the same: a brush is as wide for a small digit as for a large one.
    assert np.corrcoef(larger.ravel(), here.ravel())[0, 1] > 0.9


def test_a_digit_that_is_as_mnist_has_them_stays_nearly_as_it_is() -> None:
    once = as_in_mnist(drawn((3, 3), (13, 3), (7, 17)))
    twice = as_in_mnist(once)
    assert extent(twice) == pytest.approx(extent(once), abs=2)
    assert np.corrcoef(twice.ravel(), once.ravel())[0, 1] > 0.95


def test_blank_paper_stays_blank() -> None:
    assert not as_in_mnist(blank()).any()


def test_a_faint_digit_is_fitted_as_a_bold_one() -> None:
    bold = drawn((4, 2), (4, 12))
    assert np.allclose(as_in_mnist(0.3 * bold), 0.3 * as_in_mnist(bold))


def test_grey_values_are_those_of_mnists_files() -> None:
    image = blank()
    image[0, 1], image[27, 27] = 1.0, 0.5
    values = grey_values(image)
    assert (len(values), values[1], values[-1], sum(values)) == (784, 255, 128, 383)
