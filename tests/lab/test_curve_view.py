"""Ways of looking at a curve."""

from __future__ import annotations

from math import inf, isnan, nan

import pytest

from tutor.lab.curve_view import HALF_LIVES, PARTS, CurveView, smoothed


def test_without_smoothing_a_curve_is_itself_and_a_constant_one_always() -> None:
    assert smoothed([3.0, 1.0, 2.0], 0) == [3.0, 1.0, 2.0]
    assert smoothed([2.5] * 20, 10) == pytest.approx([2.5] * 20)


def test_after_the_half_life_the_past_weighs_half() -> None:
    curve = smoothed([1.0] * 500 + [0.0] * 10, 10)
    assert curve[499 + 10] == pytest.approx(0.5)


def test_what_is_not_finite_stays_and_counts_for_nothing() -> None:
    curve = smoothed([1.0, nan, inf, 3.0], 1)
    assert isnan(curve[1])
    assert curve[2] == inf
    assert curve[3] == pytest.approx((0.5 * 1 + 3) / 1.5)


def test_each_key_goes_round_and_says_what_holds() -> None:
    view = CurveView()
    assert view.says == ""
    for _ in HALF_LIVES:
        view = view.smoother()
    for _ in PARTS:
        view = view.closer()
    assert view == CurveView()
    assert view.smoother().closer().says == "smoothed over 10 steps, the last 50%"
    assert [view.with_one_more(2).others, view.with_one_more(2).with_one_more(2).with_one_more(2).others] == [1, 0]
    assert view.with_one_more(0).others == 0


def test_the_last_part_begins_where_it_says() -> None:
    assert [CurveView(zoom=zoom).first_step(100) for zoom in range(4)] == [1, 51, 76, 91]


def test_a_logarithm_is_taken_of_what_has_one() -> None:
    assert [CurveView(log=True).of_loss(loss) for loss in (0.01, 1.0, 0.0)] == [-2.0, 0.0, 0.0]
    assert CurveView().of_loss(0.01) == 0.01
