"""What was seen in a run's networks, drawn for eyes and told for ears."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from rich.console import Console

from tutor.draw.confusion import ConfusionMatrices
from tutor.draw.inspected import NOTHING_YET, Inspected, inspected
from tutor.draw.layer_table import LayerTable, merged, power, short, sparkline
from tutor.draw.linear.inspected import confusion_lines, layer_lines, worst_lines
from tutor.draw.worst_digits import WorstDigits, centred, cropped
from tutor.lab import events
from tutor.lab.datasets import FASHION_MNIST, MNIST
from tutor.lab.run_state import RunState

if TYPE_CHECKING:
    from rich.console import RenderableType

BASE = ("conv1", "conv2", "linear")
BN = ("conv1", "norm1", "conv2", "norm2", "linear")


def drawn(view: RenderableType, columns: int) -> list[str]:
    console = Console(width=columns, color_system=None)
    with console.capture() as captured:
        console.print(view)
    return captured.get().splitlines()


def looked(names: tuple[str, ...], step: int, deviation: float | None) -> events.LayerStatistics:
    layers = (events.Layer(name, "Conv2d", -0.0004, deviation, 0.5, 0.00123, 0.002 if step else None) for name in names)
    return events.LayerStatistics("base", step, 32, tuple(layers))


def image(*rows: str) -> bytes:
    """28 × 28, with these rows in its middle."""
    inked = [[255 if sign == "#" else 0 for sign in row] for row in rows]
    return bytes(value for row in centred(tuple(map(tuple, inked)), 28, 28) for value in row)


CONFUSED = events.Classified(
    "base",
    938,
    tuple(tuple(90 if of == at else {(3, 5): 8, (4, 9): 2}.get((of, at), 0) for at in range(10)) for of in range(10)),
    (
        events.Digit(42, 3, 5, 0.00012, image("####", "#  #", "#  #", "####")),
        events.Digit(720, 4, 4, 0.51, image("##", "##")),
    ),
)
NETWORKS = (
    Inspected("base CNN", (looked(BASE, 0, 0.5), looked(BASE, 938, 4.0)), CONFUSED, MNIST.classes),
    Inspected("base CNN with batch norm", (looked(BN, 0, 1.0), looked(BN, 938, 1.0)), None, MNIST.classes),
)


@pytest.mark.parametrize("columns", [75, 90, 200])
def test_networks_share_a_layers_row(columns: int) -> None:
    lines = drawn(LayerTable(NETWORKS), columns)
    assert max(map(len, lines)) <= columns
    rows = [line.split()[0] for line in lines[2:7]]
    assert rows == list(BN)
    assert lines[0].count("step 938") == 2
    assert ("update" in lines[1]) == (columns > 75)
    conv1, norm1 = lines[2], lines[3]
    assert conv1.count("1.2e-3") == 2
    assert "4.00 ▂█" in conv1
    assert "1.00 ▃▃" in conv1
    assert norm1.count("1.2e-3") == 1


def test_networks_without_room_side_by_side_stand_below_each_other() -> None:
    lines = drawn(LayerTable(NETWORKS), 50)
    assert max(map(len, lines)) <= 50
    heads = [place for place, line in enumerate(lines) if "step 938" in line]
    assert len(heads) == 2
    assert heads[1] > heads[0] + len(BASE)


def test_forty_columns_are_enough() -> None:
    ten_times = tuple(tuple(10 * count for count in row) for row in CONFUSED.counts)
    many = msgspec.structs.replace(CONFUSED, counts=ten_times)
    long = Inspected("plain net", (looked(("stage1.0.conv1", "stage3.0.shortcut.0"), 0, 1.0),), many, MNIST.classes)
    layers, confused = drawn(LayerTable([long]), 40), drawn(ConfusionMatrices([long]), 40)
    assert "1.00 █" in layers[2]
    assert layers[3].endswith("50%")
    assert confused == ["plain net, step 938: 98.90 %", "  80 × 3 → 5", "  20 × 4 → 9"]
    assert max(map(len, [*layers, *confused, *drawn(WorstDigits([long]), 40)])) <= 40


def test_long_names_keep_their_ends() -> None:
    name = "stage3.0.shortcut.projection.weights"
    lines = drawn(LayerTable((Inspected("net", (looked((name,), 0, 1.0),), None, MNIST.classes),)), 80)
    assert any(line.startswith("…") and ".projection.weights" in line for line in lines)


def test_what_is_not_known_is_a_dash() -> None:
    nothing = events.LayerStatistics("base", 0, 32, (events.Layer("conv1", "Conv2d"),))
    assert drawn(LayerTable((Inspected("net", (nothing,), None, MNIST.classes),)), 80)[2].count("–") == 5


def test_layers_in_the_order_of_every_network() -> None:
    assert merged([BASE, BN]) == list(BN)
    assert merged([BN, BASE]) == list(BN)
    assert merged([("a", "c"), ("b", "c", "d"), ("x",)]) == ["x", "b", "a", "c", "d"]
    assert merged([]) == []


def test_numbers_of_any_size_fit_their_columns() -> None:
    values = [0.0, 0.5, 99.99, 99.999, -12.345, 0.0951, 0.0949, 3.14e-5, 1e12]
    assert [short(value) for value in values] == [
        *("0.0e0", "0.50", "99.99", "1.0e2", "-12.35", "0.10", "9.5e-2", "3.1e-5", "1.0e12"),
    ]
    assert power(None) == short(None) == "–"


def test_a_sparkline_goes_from_the_first_to_the_last() -> None:
    assert sparkline([0.0, 4.0, 8.0], 8.0, 6) == "▁▅█"
    assert sparkline([0.0, None, 8.0], 8.0, 6) == "▁ █"
    assert sparkline([float(value) for value in range(101)], 100.0, 6) == "▁▂▄▅▇█"


@pytest.mark.parametrize("columns", [60, 120])
def test_mistakes_are_shaded_and_counted(columns: int) -> None:
    both = (NETWORKS[0], NETWORKS[0])
    lines = drawn(ConfusionMatrices(both), columns)
    assert max(map(len, lines)) <= columns
    assert lines[0].startswith("base CNN, step 938: 98.90 %")
    assert lines[0].count("base CNN") == (2 if columns == 120 else 1)
    three, four = lines[5], lines[6]
    assert three.split()[:11] == ["3", "·", "·", "·", "90", "·", "█8", "·", "·", "·", "·"]
    assert four.split()[:11] == ["4", "·", "·", "·", "·", "90", "·", "·", "·", "·", "░2"]


def test_classes_have_their_data_sets_names() -> None:
    (network,) = [Inspected("net", (), CONFUSED, FASHION_MNIST.classes)]
    assert any(line.startswith("      dress") and "█8" in line for line in drawn(ConfusionMatrices([network]), 80))
    assert any("dress → sandal" in line for line in drawn(WorstDigits([network]), 80))
    assert "dress taken for sandal: 8." in confusion_lines([network])


def test_digits_are_drawn_so_that_they_are_seen_without_colours() -> None:
    lines = [line.rstrip() for line in drawn(WorstDigits(NETWORKS), 80)]
    assert lines[1].split("  ")[0] == "3 → 5"
    assert "no. 42, p below 0.1 %" in lines[2]
    assert "no. 720, p 51.0 %" in lines[2]
    assert lines[3].split() == ["█▀▀█", "▄▄"]
    assert lines[4].split() == ["█▄▄█", "▀▀"]


def test_what_is_black_around_an_image_is_left_out() -> None:
    assert cropped(image("##", "#.")) == ((255, 255), (255, 0))
    assert cropped(bytes(784)) == ((0,),)
    assert cropped(b"\xff" * 784) == ((255,) * 28,) * 28


def test_told_for_the_ear() -> None:
    layers = list(layer_lines(NETWORKS))
    assert layers[0] == "base CNN after step 938, on 32 images of the training set:"
    assert layers[1] == (
        "conv1, Conv2d: mean −0.0004, standard deviation 4, at first 0.5, the ReLU behind it leaves 50% as zeros, "
        "gradient of its weight 0.0012, a step changes its weight by 0.002 of it."
    )
    assert list(confusion_lines(NETWORKS)) == [
        "base CNN after step 938: 900 of 910 images right.",
        "3 taken for 5: 8.",
        "4 taken for 9: 2.",
    ]
    assert list(worst_lines(NETWORKS)) == [
        "base CNN after step 938, the worst first:",
        "Image 42 shows 3, taken for 5; to 3 goes a probability of below 0.1 %.",
        "Image 720 shows 4, and taken for that; to 4 goes a probability of 51.0 %.",
    ]


def test_where_nothing_was_seen_it_is_said() -> None:
    state = RunState()
    assert inspected(state) == ()
    for view in (LayerTable(()), ConfusionMatrices(()), WorstDigits(())):
        assert " ".join(drawn(view, 200)) == NOTHING_YET
    for lines in (layer_lines, confusion_lines, worst_lines):
        assert list(lines(())) == [NOTHING_YET]
