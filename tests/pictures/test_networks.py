"""Networks as diagrams: shapes, parameters and numbers are those of PyTorch and of the course's solutions."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tutor.pictures.lenet import LENET
from tutor.pictures.picture import Frame, Kind, Picture, PictureError
from tutor.pictures.textcnn import TEXTCNN, filter_of, sentence_table

SOLUTIONS = Path(__file__).parents[2] / "solutions"

LENETS = [
    {},
    {"input": "32", "channels": "3", "classes": "5"},
    {"input": "33x12", "channels": "2", "classes": "1"},
    {"input": "256x200", "channels": "64", "classes": "1000"},
]
TEXTCNNS = [
    {},
    {"embedding": "300", "vocabulary": "20000", "classes": "6"},
    {"words": "4", "kernel_sizes": "2", "filters": "1"},
    {"words": "1", "embedding": "1", "kernel_sizes": "1", "filters": "2", "classes": "1"},
    {"words": "12", "embedding": "3", "kernel_sizes": "(5, 2, 12, 2, 1)", "filters": "4", "vocabulary": "9"},
]
ALL = [(LENET, typed) for typed in LENETS] + [(TEXTCNN, typed) for typed in TEXTCNNS]


def reference(folder: str, name: str) -> Any:
    source = SOLUTIONS / folder
    namespace: dict[str, Any] = {}
    path = source / f"{folder[3:]}.py"
    exec(compile(path.read_text(encoding="utf-8"), path.name, "exec"), namespace)
    return namespace[name]


def lenet(typed: dict[str, str]) -> nn.Module:
    """The solution, for another image with other layers at its two ends."""
    module: nn.Module = reference("08_lenet", "LeNet")()
    if typed:
        rows, columns = sizes(typed["input"])[0], sizes(typed["input"])[-1]
        channels, classes = int(typed["channels"]), int(typed["classes"])
        first, second = nn.Conv2d(channels, 6, kernel_size=5, padding=2), nn.Conv2d(6, 16, kernel_size=5)
        with torch.no_grad():
            features = F.max_pool2d(second(F.max_pool2d(first(torch.zeros(1, channels, rows, columns)), 2)), 2)
        module.conv1, module.linear1 = first, nn.Linear(features.numel(), 120)
        module.linear3 = nn.Linear(84, classes)
    return module


def textcnn(typed: dict[str, str]) -> tuple[nn.Module, torch.Tensor]:
    value = values(TEXTCNN, typed)
    module = reference("09_textcnn", "TextCNN")(
        int(value["vocabulary"]), int(value["embedding"]), int(value["classes"]),
        kernel_sizes=sizes(value["kernel_sizes"]), num_filters=int(value["filters"]),
    )  # fmt: skip
    return module.eval(), torch.zeros(1, int(value["words"]), dtype=torch.int64)


@cache
def drawn(at: int) -> Picture:
    kind, typed = ALL[at]
    return kind.picture(typed)


def values(kind: Kind, typed: dict[str, str]) -> dict[str, str]:
    return {**{setting.name: setting.default for setting in kind.settings}, **typed}


def sizes(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", text))


def count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def table(picture: Picture) -> list[tuple[str, str, int]]:
    """Name, shape and parameters of each layer, as the last frame has them."""
    lines = picture.frames[-1].blocks[0].body.plain.split("\n")[:-1]
    rows = [re.fullmatch(r"  (.+?) +\[N, (.+)\] +([\d,]*)", line) for line in lines]
    return [(row[1].split("  ")[0], row[2], int(row[3].replace(",", "") or 0)) for row in rows if row]


def shapes(module: nn.Module, x: torch.Tensor, kinds: tuple[type[nn.Module], ...]) -> list[str]:
    """What comes out of each layer of these kinds, in order."""
    seen: list[str] = []
    for layer in module.modules():
        if isinstance(layer, kinds):
            layer.register_forward_hook(lambda _layer, _in, out: seen.append(", ".join(map(str, out.shape[1:]))))
    with torch.no_grad():
        module(x)
    return seen


def plain(frame: Frame) -> list[str]:
    return frame.drawing(78).plain.split("\n")


@pytest.mark.parametrize("typed", LENETS)
def test_lenet_has_the_shapes_and_parameters_of_the_solution(typed: dict[str, str]) -> None:
    picture, module = drawn(LENETS.index(typed)), lenet(typed)
    rows = table(picture)
    image = [int(number) for number in rows[0][1].split(", ")]
    seen = shapes(module, torch.zeros(1, *image), (nn.Conv2d, nn.MaxPool2d, nn.Linear))
    assert [shape for name, shape, _ in rows if not re.match(r"image|ReLU|flatten", name)] == seen
    learning = [layer for layer in module.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]
    assert [number for _, _, number in rows if number] == [count(layer) for layer in learning]
    assert f"{count(module):,}" in plain(picture.frames[-1])[len(rows) + 1]


@pytest.mark.parametrize("typed", TEXTCNNS)
def test_textcnn_has_the_shapes_and_parameters_of_the_solution(typed: dict[str, str]) -> None:
    picture, (module, tokens) = drawn(len(LENETS) + TEXTCNNS.index(typed)), textcnn(typed)
    rows = table(picture)
    seen = shapes(module, tokens, (nn.Embedding, nn.Conv1d, nn.Dropout, nn.Linear))
    assert [shape for name, shape, _ in rows if re.match(r"embedding|conv |dropout|linear", name)] == seen
    learning = [layer for layer in module.modules() if isinstance(layer, nn.Embedding | nn.Conv1d | nn.Linear)]
    assert [number for _, _, number in rows if number] == [count(layer) for layer in learning]
    assert f"{count(module):,}" in plain(picture.frames[-1])[len(rows) + 1]


@pytest.mark.parametrize("typed", TEXTCNNS)
def test_filter_1_gives_the_numbers_of_pytorch(typed: dict[str, str]) -> None:
    value = values(TEXTCNN, typed)
    x = torch.tensor(sentence_table(int(value["words"]), int(value["embedding"])), dtype=torch.float64).T[None]
    picture = drawn(len(LENETS) + TEXTCNNS.index(typed))
    said = [frame.says for frame in picture.frames]
    for number, k in enumerate(sizes(value["kernel_sizes"])):
        weights, bias = filter_of(k, 1, x.shape[1])
        conv = F.conv1d(x, torch.tensor(weights).double().T[None], torch.tensor([bias]).double())
        outputs = [f"{int(output)}".replace("-", "−") for output in conv[0, 0]]
        if number == 0:
            positions = [says for says in said if says.startswith("Filter 1 at position")]
            assert [says.split(" = ")[-1].split(";")[0] for says in positions] == outputs
        else:
            assert any(says.startswith(f"conv k={k}:") and f"gives {', '.join(outputs)}." in says for says in said)
        largest = int(torch.relu(conv).amax())
        assert any(says.startswith(f"Max over time for k={k}:") and f") = {largest}, " in says for says in said)


def test_the_lesson_s_filter_finds_not_good() -> None:
    picture = TEXTCNN.picture({"words": "4", "kernel_sizes": "2"})
    assert any("max(0, 3, 0) = 3, at position 2, on “not good”" in frame.says for frame in picture.frames)
    assert any("−2, 3, 0 become 0, 3, 0" in frame.says for frame in picture.frames)


@pytest.mark.parametrize("at", [0, len(LENETS)])
def test_the_default_fits_and_each_frame_lights_one_line(at: int) -> None:
    for frame in drawn(at).frames:
        lines = plain(frame)
        assert max(map(len, lines)) <= 78
        assert len(lines) <= 18
        assert sum(line.startswith("▶") for line in lines) == 1


@pytest.mark.parametrize("at", range(len(ALL)))
def test_nothing_moves(at: int) -> None:
    frames = drawn(at).frames
    assert len({tuple((block.width, len(block.lines)) for block in frame.blocks) for frame in frames}) == 1
    before = frames[0].blocks[0].lines
    for frame in frames[1:]:
        # What stands in the table stays where it is; what was not known yet comes in.
        for old, new in zip(before, frame.blocks[0].lines, strict=True):
            if "so far" not in old.plain:
                kept = [place for place, sign in enumerate(old.plain) if sign not in " ▶·?"]
                names = kept if "?" not in old.plain else kept[:5]
                assert all(old.plain[place] == new.plain[place] for place in names)
        before = frame.blocks[0].lines


@pytest.mark.parametrize("at", range(len(ALL)))
def test_each_layer_says_its_shape_and_the_products_are_right(at: int) -> None:
    picture = drawn(at)
    rows = table(picture)
    layers = [frame.says for frame in picture.frames if "so far." in frame.says]
    assert len(layers) == len(rows)
    total = 0
    for says, (_, shape, number) in zip(layers, rows, strict=True):
        total += number
        assert says.endswith(f"{total:,} so far.")
        assert f"[N, {shape}]" in says or says.startswith("N images arrive")
    for says in [frame.says for frame in picture.frames]:
        for product, result in re.findall(r"Parameters: ([\d,·() +]+) = ([\d,]+);", says):
            assert eval(product.replace(",", "").replace("·", "*")) == int(result.replace(",", ""))
        assert re.search(r"\d", says)


def test_a_layer_is_not_known_before_its_turn() -> None:
    first, last = (LENET.picture({}).frames[at].blocks[0].body.plain for at in (0, -1))
    assert "linear1  ? → 120" in first
    assert "400" not in first
    assert "linear1  400 → 120" in last


@pytest.mark.parametrize(
    ("kind", "typed", "words"),
    [
        (LENET, {"input": "1"}, "the first max pool has no output: its window covers 2 rows, and there is only 1"),
        (LENET, {"input": "28x9"}, "conv2 has no output: its window covers 5 columns, and there are only 4"),
        (LENET, {"input": "11"}, "the second max pool has no output"),
        (TEXTCNN, {"words": "4"}, "conv k=5 has no output: its kernel covers 5 words, and the sentence has 4"),
        (TEXTCNN, {"kernel_sizes": "3,,4"}, "'3,,4' is not kernel sizes with commas"),
        (TEXTCNN, {"kernel_sizes": "0"}, "one to five kernel sizes, each from 1 to 12"),
        (TEXTCNN, {"words": "13"}, "a whole number from 1 to 12"),
    ],
)
def test_what_has_no_output_is_refused_in_words(kind: Kind, typed: dict[str, str], words: str) -> None:
    with pytest.raises(PictureError, match=re.escape(words)):
        kind.picture(typed)


def test_the_smallest_image_has_an_output() -> None:
    assert table(LENET.picture({"input": "12"}))[-1][1] == "10"
