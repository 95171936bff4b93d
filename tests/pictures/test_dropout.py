"""Dropout, step by step."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import torch
from torch import nn

from tutor.pictures.dropout import DROPOUT
from tutor.pictures.picture import PictureError

if TYPE_CHECKING:
    from tutor.pictures.picture import Frame

SIZES = [
    {},
    {"p": "0.3", "seed": "5"},
    {"samples": "3", "features": "6", "p": "0.75"},
    {"samples": "1", "features": "1", "p": "0.5"},
    {"p": "0"},
    {"p": "1"},
]
X, DRAWN, MASK, PRODUCT, Y = range(5)


def table(frame: Frame, line: int) -> torch.Tensor:
    """One line of all samples, as it is printed."""
    rows = []
    for sample in frame.blocks[1:]:
        text = sample.body.plain.splitlines()[line][len("x · mask ") :]
        cells = re.findall(r"−?[\d.]+|·", text)
        rows.append([float("nan") if cell == "·" else float(cell.replace("−", "-")) for cell in cells])
    return torch.tensor(rows, dtype=torch.float64)


def said(rows: torch.Tensor) -> list[str]:
    return [
        f"sample {number}: {', '.join(f'{value:g}'.replace('-', '−') for value in row)}"
        for number, row in enumerate(rows.tolist(), start=1)
    ]


def full(typed: dict[str, str]) -> list[Frame]:
    """The frames in which a call is complete: the first, and the next with another mask."""
    frames = DROPOUT.picture(typed).frames
    return [frame for frame in frames if not table(frame, DRAWN).isnan().any() and not table(frame, Y).isnan().any()]


def probability(typed: dict[str, str]) -> float:
    return float(typed.get("p", "0.2"))


@pytest.mark.parametrize("typed", SIZES)
def test_a_call_gives_what_pytorch_gives_for_this_mask(typed: dict[str, str]) -> None:
    p = probability(typed)
    torch.manual_seed(0)
    frames = full(typed)
    assert len(frames) == 2
    for frame in frames:
        x, mask = table(frame, X), table(frame, MASK)
        assert mask.equal((table(frame, DRAWN) >= p).double())
        assert table(frame, PRODUCT).equal(x * mask)
        outputs = nn.Dropout(p)(x.expand(500, -1, -1))
        where_kept = outputs.sum(0) / (outputs != 0).sum(0).clamp(min=1)
        torch.testing.assert_close(table(frame, Y), where_kept * mask, atol=0.0005, rtol=0)


@pytest.mark.parametrize("typed", SIZES)
def test_eval_mode_gives_x_as_in_pytorch(typed: dict[str, str]) -> None:
    (frame,) = (each for each in DROPOUT.picture(typed).frames if each.blocks[0].title.startswith("eval mode"))
    x = table(frame, X)
    assert table(frame, Y).equal(nn.Dropout(probability(typed)).eval()(x))
    assert table(frame, MASK).isnan().all()
    assert frame.says.endswith("; ".join(said(x)) + ".")


@pytest.mark.parametrize("typed", SIZES)
def test_the_mean_over_many_masks_is_x(typed: dict[str, str]) -> None:
    frames = [frame for frame in DROPOUT.picture(typed).frames if "mean over" in frame.blocks[0].title]
    assert ["10 masks" in frames[0].says, "100 masks" in frames[1].says, "2,000 masks" in frames[2].says] == [True] * 3
    p, last = probability(typed), frames[-1]
    x = table(last, X)
    # Five standard deviations of the mean of y, and the rounding to two decimals.
    allowed = 5 * x.abs() * (p / (1 - p) / 2000) ** 0.5 + 0.005 if p < 1 else x * 0
    assert ((table(last, Y) - (x if p < 1 else 0)).abs() <= allowed).all()
    assert ((table(last, MASK) - (1 - p)).abs() <= 5 * (p * (1 - p) / 2000) ** 0.5 + 0.005).all()
    for frame in frames:
        assert "; ".join(said(table(frame, Y))) in frame.says


def test_the_lessons_batch_p_and_mask_are_the_default() -> None:
    picture = DROPOUT.picture({})
    first, second = full({})
    assert picture.title.endswith("p = 0.2")
    assert table(first, X).tolist() == [[2, -1, 4, 3], [1, 6, -2, 5]]
    assert table(first, MASK).tolist() == [[1, 0, 1, 1], [0, 1, 0, 1]]
    assert table(first, Y).tolist() == [[2.5, 0, 5, 3.75], [0, 7.5, 0, 6.25]]
    assert "2 / 0.8 = 2.5" in first.says
    assert table(second, X).equal(table(first, X))
    assert not table(second, MASK).equal(table(first, MASK))


def test_each_step_says_its_numbers() -> None:
    says = [frame.says for frame in DROPOUT.picture({}).frames]
    for step, words in enumerate(
        (
            "sample 1: 2, −1, 4, 3; sample 2: 1, 6, −2, 5.",
            "p = 0.2 a unit is dropped, with probability 1 − p = 0.8 it is kept",
            "Unit 2 is dropped, as its number is below p = 0.2: the mask is 1, 0, 1, 1.",
            "Units 1 and 3 are dropped, as their numbers are below p = 0.2: the mask is 0, 1, 0, 1.",
            "the first unit 2 · 1 = 2. x · mask, sample 1: 2, 0, 4, 3; sample 2: 0, 6, 0, 5.",
            "Output y, sample 1: 2.5, 0, 5, 3.75; sample 2: 0, 7.5, 0, 6.25.",
        )
    ):
        assert words in says[step]
    frames = full({})
    assert "; ".join(said(table(frames[1], MASK))) in says[6]
    assert "; ".join(said(table(frames[1], Y))) in says[7]


def test_masks_are_drawn_sample_by_sample() -> None:
    frames = DROPOUT.picture({"samples": "3"}).frames
    shown = [int((~table(frame, MASK).isnan()).all(1).sum()) for frame in frames[:6]]
    assert shown == [0, 0, 1, 2, 3, 3]


def test_another_seed_is_another_mask_and_the_same_batch() -> None:
    one, other = (full({"samples": "3", "seed": seed})[0] for seed in ("1", "2"))
    assert table(one, X).equal(table(other, X))
    assert not table(one, MASK).equal(table(other, MASK))
    assert DROPOUT.picture({"seed": "1"}) == DROPOUT.picture({"seed": "1"})


def test_with_p_0_all_are_kept_and_with_p_1_nothing_is_divided() -> None:
    of_0, of_1 = (DROPOUT.picture({"p": p}).frames for p in ("0", "1"))
    assert "No unit is dropped, as no number is below p = 0:" in of_0[2].says
    assert "with p = 0 all stays as it is: 2 / 1 = 2" in of_0[5].says
    assert "All units are dropped, as their numbers are below p = 1:" in of_1[2].says
    assert "nothing is divided: 1/(1 − p) would be 1/0" in of_1[5].says
    assert "nothing of x is left" in of_1[-1].says


def test_the_drawing_and_the_sentence_round_alike() -> None:
    # 87 · 2.5 / 100 = 2.175, whose half way float and fraction would round differently.
    frame = DROPOUT.picture({}).frames[10]
    assert "87 · 2.5 / 100 ≈ 2.18" in frame.says
    assert table(frame, Y)[0, 0].item() == 2.18


def test_a_factor_that_is_not_exact_is_not_multiplied_rounded() -> None:
    last = DROPOUT.picture({"p": "0.3"}).frames[-1]
    assert "expected: E[y] = 0.3 · 0 + 0.7 · (2 / 0.7) = 2" in last.blocks[0].body.plain
    assert "1/(1 − p) ≈ 1.429" in DROPOUT.picture({"p": "0.3"}).frames[5].blocks[0].body.plain


@pytest.mark.parametrize("p", ["0.2", "0.3", "0.5", "0.999", "1"])
def test_the_default_batch_fits_a_small_terminal(p: str) -> None:
    for frame in DROPOUT.picture({"p": p}).frames:
        lines = frame.drawing(78).plain.splitlines()
        assert len(lines) <= 18
        assert max(map(len, lines)) <= 78


@pytest.mark.parametrize("columns", [78, 160])
@pytest.mark.parametrize("typed", SIZES[:3])
def test_nothing_moves(typed: dict[str, str], columns: int) -> None:
    def places(frame: Frame) -> list[tuple[int, int]]:
        """Where the samples stand, and how large they are."""
        lines = frame.drawing(columns).plain.splitlines()
        at = [
            (row, found.start())
            for row, line in enumerate(lines)
            for found in re.finditer(r"sample \d$|sample \d ", line)
        ]
        return at + [(block.width, len(block.lines)) for block in frame.blocks[1:]]

    frames = DROPOUT.picture(typed).frames
    assert len({tuple(places(frame)) for frame in frames}) == 1


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"p": "1.5"}, "p: '1.5' is not a number from 0 to 1"),
        ({"p": "1/3"}, "a number from 0 to 1 with three decimals at most"),
        ({"samples": "0"}, "samples: '0' is not a whole number from 1 to 4"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_words(typed: dict[str, str], says: str) -> None:
    with pytest.raises(PictureError) as caught:
        DROPOUT.picture(typed)
    assert says in caught.value.message
