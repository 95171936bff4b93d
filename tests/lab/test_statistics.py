"""Means, intervals and verdicts, against published values and by their own words."""

from __future__ import annotations

import math
import random

import pytest

from tutor.lab.statistics import Estimate, Verdict, differences, estimate, t_quantile, verdict


# NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2, upper critical values of Student's t, column 0.975.
@pytest.mark.parametrize(
    ("degrees", "published"),
    [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (5, 2.571), (6, 2.447), (7, 2.365), (8, 2.306), (9, 2.262),
     (10, 2.228), (19, 2.093), (20, 2.086), (30, 2.042), (60, 2.000), (99, 1.984), (100, 1.984)],
)  # fmt: skip
def test_the_t_quantile_is_the_published_one(degrees: int, published: float) -> None:
    assert round(t_quantile(degrees), 3) == published


def test_the_t_quantile_is_exact_where_it_has_a_closed_form_and_normal_in_the_end() -> None:
    assert t_quantile(1) == pytest.approx(math.tan(0.95 * math.pi / 2), rel=1e-12)
    assert t_quantile(2) == pytest.approx(0.95 * math.sqrt(2 / (1 - 0.95**2)), rel=1e-12)
    assert t_quantile(10_000) == pytest.approx(1.959964, abs=5e-4)


def test_a_mean_with_its_interval() -> None:
    # Student (1908), section IX: the sleep gained by a different drug, Cushny and Peebles' ten patients.
    hours = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]
    known = estimate(hours)
    assert known.count == 10
    assert known.mean == pytest.approx(1.58)
    assert known.deviation == pytest.approx(1.2300, abs=5e-5)
    assert known.interval == pytest.approx((0.7001, 2.4599), abs=1e-4)


def test_of_one_value_nothing_is_known_but_itself() -> None:
    known = estimate([97.5])
    assert known == Estimate(1, 97.5)
    assert known.interval is None


def test_without_values_there_is_no_mean() -> None:
    with pytest.raises(ValueError, match="data point"):
        estimate([])


def test_differences_are_taken_pair_by_pair() -> None:
    assert differences([1.0, 2.0, 4.0], [1.5, 2.0, 3.0]) == (0.5, 0.0, -1.0)
    with pytest.raises(ValueError, match="zip"):
        differences([1.0], [1.0, 2.0])


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([0.3, 0.4, 0.5], Verdict.MORE),
        ([-0.3, -0.4, -0.5], Verdict.LESS),
        ([0.3, -0.4, 0.5], Verdict.NO_DIFFERENCE),
        ([0.0, 0.0, 0.0], Verdict.NO_DIFFERENCE),
        ([5.0], Verdict.ONE_SEED),
        # Both are more, but two values have to be very close before their interval leaves zero out.
        ([0.3, 0.5], Verdict.NO_DIFFERENCE),
        ([0.39, 0.41], Verdict.MORE),
    ],
)
def test_what_a_difference_shows(values: list[float], shown: Verdict) -> None:
    assert verdict(estimate(values)) == shown


def test_an_interval_that_touches_zero_includes_it() -> None:
    assert verdict(Estimate(5, mean=0.5, deviation=0.4, margin=0.5)) == Verdict.NO_DIFFERENCE


def test_of_a_hundred_intervals_some_five_miss() -> None:
    normal = random.Random(0).gauss
    shown = sum(verdict(estimate([normal(0, 1) for _ in range(5)])) != Verdict.NO_DIFFERENCE for _ in range(4000))
    # 200 are expected; five standard deviations of that count, √(4000 · 0.05 · 0.95), are 69.
    assert abs(shown - 200) < 69


def test_a_pair_shows_what_two_means_beside_each_other_hide() -> None:
    # MNIST after one epoch, LeNet without and with batch norm, the same seven seeds; measured for this course.
    base = [97.76, 97.79, 97.28, 97.42, 97.78, 97.36, 96.39]
    batch_norm = [98.20, 98.13, 98.06, 97.86, 98.31, 98.11, 97.39]
    base_interval, batch_norm_interval = estimate(base).interval, estimate(batch_norm).interval
    assert base_interval is not None
    assert batch_norm_interval is not None
    assert base_interval[1] > batch_norm_interval[0], "the intervals overlap"
    assert verdict(estimate(differences(base, batch_norm))) == Verdict.MORE
