"""The scenes: each screen of the app, reached through the keys that a person would press."""

from __future__ import annotations

import fcntl
import math
from typing import TYPE_CHECKING
from unittest.mock import patch

import msgspec

from tests.app.fake_classifier import FakeClassifier
from tests.app.stage import LEARNER, Scene
from tutor.app.widgets.answer_form import Cell
from tutor.lab import events
from tutor.lab.plan import Plan
from tutor.lab.runs import Run
from tutor.pictures import KINDS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping

    from tests.app.stage import Stage
    from tutor.course import Course

    Walk = Callable[[Stage], Awaitable[None]]

CONV2D = '''\
import torch
import torch.nn.functional as F


def conv2d(x, weight, bias=None, stride=1, padding=0):
    """x (N, C_in, H, W), weight (C_out, C_in, K, O) → (N, C_out, H', W')."""
    s, t = (stride, stride) if isinstance(stride, int) else stride
    p, q = (padding, padding) if isinstance(padding, int) else padding
    k, o = weight.shape[-2:]
    windows = F.pad(x, (q, q, p, p)).unfold(2, k, s).unfold(3, o, t)
    output = torch.einsum("nchwij,fcij->nfhw", windows, weight)
    if bias is not None:
        output = output + bias[:, None, None]
    return output
'''
AVERAGED = CONV2D.replace("windows, weight)", "windows, weight) / (k * o)")
FLIPPED = CONV2D.replace("windows, weight)", "windows, weight.flip(2, 3))")
BATCH_NORM = """\
q1_mean = [2.25, 2.5, 1.25]
# Divided by one less than there are.
q1_variance = [8.75 / 3, 5 / 3, 10.75 / 3]
q1_output = [
    [-0.1690, -0.4472, -0.1525],
    [1.1832, -1.3416, -0.7625],
    [-1.5213, 1.3416, -0.7625],
    [0.5071, 0.4472, 1.6775],
]
q2_mean = ...
q2_variance = ...
q2_output = ...
q3_mean = ...
q3_variance = ...
q3_output = ...
"""

SCENES: dict[str, Scene] = {}


def attempts(course: Course) -> Iterator[tuple[str, str]]:
    """What the learner of the scenes has tried, from the first: slug and text."""
    for slug in ("conv-output-shape", "conv-by-hand"):
        yield slug, course.find(slug).reference(LEARNER)
    yield "conv2d", AVERAGED
    yield "conv2d", FLIPPED


def _scene(
    name: str, *shows: str, files: Mapping[str, str] | None = None, has_workspace: bool = True
) -> Callable[[Walk], Walk]:
    def enter(walk: Walk) -> Walk:
        SCENES[name] = Scene(walk, shows, files or {}, has_workspace)
        return walk

    return enter


@_scene("welcome", "Your folder", "begin", has_workspace=False)
async def _welcome(stage: Stage) -> None:
    await stage.press("tab", "ctrl+u", *LEARNER)


@_scene("home", "2 of 28 passed", "A convolution")
async def _home(stage: Stage) -> None:
    pass


@_scene("home-find", "A batch norm layer")
async def _home_find(stage: Stage) -> None:
    await stage.press("slash", *"norm code")


@_scene("lesson", "What it is for")
async def _lesson(stage: Stage) -> None:
    await stage.open("pool2d")


@_scene("editor", "def max_pool2d")
async def _editor(stage: Stage) -> None:
    await stage.open("pool2d")
    await stage.press("f4")


@_scene("lesson-picture", "Step 2 of")
async def _lesson_picture(stage: Stage) -> None:
    await stage.open("pool2d")
    await stage.press("f9")
    await stage.see("Step 1 of")
    await stage.press("right")


@_scene("failed", "✗ Not yet", "turned by 180°")
async def _failed(stage: Stage) -> None:
    await stage.open("conv2d")
    await stage.press("ctrl+s", "f5")


@_scene("hints", "Hint 2")
async def _hints(stage: Stage) -> None:
    await stage.open("conv2d")
    await stage.press("f2")
    await stage.see("Hint 1")
    await stage.press("f2")


async def _pass(stage: Stage) -> None:
    await stage.open("conv2d")
    await stage.press("ctrl+s")
    await stage.see("✓ Passed")


@_scene("passed", "✓ Passed", files={"conv2d": CONV2D})
async def _passed(stage: Stage) -> None:
    await _pass(stage)
    await stage.press("f5")


@_scene("solution", "Yours", "The reference", files={"conv2d": CONV2D})
async def _solution(stage: Stage) -> None:
    await _pass(stage)
    await stage.press("ctrl+r")


@_scene("form", "q1_variance", "✗", files={"batch-norm-by-hand": BATCH_NORM})
async def _form(stage: Stage) -> None:
    await stage.open("batch-norm-by-hand")
    await stage.press("ctrl+s")
    await stage.see("Not yet")
    await stage.press("f4")


@_scene("practice", "How it is worked out")
async def _practice(stage: Stage) -> None:
    await stage.open("conv-by-hand")
    await stage.press("ctrl+n")
    await stage.see("Variant")
    for _ in stage.app.screen.query(Cell):
        await stage.press("0", "tab")
    await stage.press("ctrl+s")
    await stage.see("Not yet")
    await stage.press("f2")


def _picture(name: str, steps: int) -> None:
    at = list(KINDS).index(name)
    turns = ["n"] * at if at <= len(KINDS) / 2 else ["p"] * (len(KINDS) - at)

    @_scene(f"picture-{name}", f"Step {steps + 1} of")
    async def _(stage: Stage) -> None:
        await stage.press("p")
        await stage.see(f"1 of {len(KINDS)}")
        await stage.press(*turns)
        await stage.see(f"{at + 1} of {len(KINDS)}: {name}")
        await stage.press(*["right"] * steps)


for _name, _steps in {"convolution": 3, "batch-norm": 12, "block": 3, "long-skip": 3}.items():
    _picture(_name, _steps)


@_scene("history", "From attempt 1 (-) to attempt 2 (+)")
async def _history(stage: Stage) -> None:
    await stage.press("a")


@_scene("help", "Help", "Everywhere")
async def _help(stage: Stage) -> None:
    await stage.open("conv2d")
    await stage.press("f1")


@_scene("palette", "Search for commands")
async def _palette(stage: Stage) -> None:
    await stage.open("conv2d")
    await stage.press("ctrl+p")


@_scene("settings", "Theme", "holds at once")
async def _settings(stage: Stage) -> None:
    await stage.press("ctrl+p")
    await stage.see("Search for commands")
    await stage.press(*"settings")
    await stage.see("Theme, animation")
    await stage.press("enter")


@_scene("lab-setup", "Epochs", "start training")
async def _lab_setup(stage: Stage) -> None:
    await stage.press("t")


@_scene("lab-training", "▶ training", "600 of 938")
async def _lab_training(stage: Stage) -> None:
    run = _run(stage, STARTED, *_trained("base", 938), *_trained("bn", 600))
    fcntl.flock(stage.props.enter_context(run.lock_file.open("wb")), fcntl.LOCK_EX)
    await stage.press("t")


@_scene("lab-finished", "✓ finished", "97.85")
async def _lab_finished(stage: Stage) -> None:
    _run(stage, STARTED, *_trained("base", 938), *_trained("bn", 938), events.Ended("finished", 192.0))
    await stage.press("t")


STARTED = events.Started(
    experiment="bn",
    networks=("base", "bn"),
    parameters={"base": 1_199_882, "bn": 1_200_074},
    device="cpu",
    device_name="2 threads",
    dataset="MNIST",
    train_size=60_000,
    test_size=10_000,
    batch_size=64,
    epochs=1,
    steps=938,
    seed=0,
)
TESTED_AFTER = {"base": {313: 93.4, 626: 96.1, 938: 97.2}, "bn": {313: 96.3, 626: 97.4, 938: 98.1}}
FALLS_OVER = {"base": 90, "bn": 45}


def _run(stage: Stage, *said: events.Event) -> Run:
    """A training that has said this much."""
    run = Run(stage.workspace.runs / "20260314-092600-bn-000001")
    run.folder.mkdir(parents=True)
    run.plan_file.write_bytes(msgspec.json.encode(Plan("bn")))
    run.events_file.write_bytes(b"".join(map(events.encode, said)))
    run.log_file.touch()
    run.ask("run")
    return run


def _trained(network: str, steps: int) -> Iterator[events.Event]:
    losses = tuple(
        2.3 * math.exp(-step / FALLS_OVER[network]) + 0.15 + 0.08 * math.sin(step) for step in range(1, steps + 1)
    )
    yield events.Steps(network, 1, losses, samples_per_s=1250.0, seconds_left=17.0)
    for step, accuracy in TESTED_AFTER[network].items():
        if step <= steps:
            yield events.Tested(network, step, 0.1, accuracy)


@_scene("lab-setup-own", "[✓] conv2d", "residual net of 20 layers", "▼ More", files={"conv2d": CONV2D})
async def _lab_setup_own(stage: Stage) -> None:
    await _pass(stage)
    await stage.press("escape")
    await stage.see("passed")
    await stage.press("t")
    await stage.see("Epochs")
    await stage.press(*["shift+tab"] * 3, "enter", "end", "enter")
    await stage.see("mini-resnet")
    await stage.press("tab", *"fast residual-20", *["tab"] * 4, "space", "tab", "enter")


@_scene("lab-layers", "4 Layers", "base CNN with batch n", "linear3")
async def _lab_layers(stage: Stage) -> None:
    await _inspect(stage, "4")


@_scene("lab-confusion", "5 Confusion", "step 938: 97.20 %")
async def _lab_confusion(stage: Stage) -> None:
    await _inspect(stage, "5")


@_scene("lab-digits", "6 Digits", "no. 1242, p 0.4 %")
async def _lab_digits(stage: Stage) -> None:
    await _inspect(stage, "6")


async def _inspect(stage: Stage, key: str) -> None:
    networks = {"base": 938, "bn": 600}
    said = (what for network, steps in networks.items() for what in (*_trained(network, steps), *_seen(network, steps)))
    run = _run(stage, STARTED, *said)
    fcntl.flock(stage.props.enter_context(run.lock_file.open("wb")), fcntl.LOCK_EX)
    await stage.press("t")
    await stage.see("▶ training")
    await stage.press(key)


LAYERS = {
    "base": ("conv1", "conv2", "linear1", "linear2", "linear3"),
    "bn": ("conv1", "norm1", "conv2", "norm2", "linear1", "norm3", "linear2", "norm4", "linear3"),
}
SIDE = 28


def _seen(network: str, steps: int) -> Iterator[events.Event]:
    """What the base CNN does grows, and what is normalised stays."""
    for step in (0, *TESTED_AFTER[network]):
        if step <= steps:
            layers = tuple(_layer(name, place, step) for place, name in enumerate(LAYERS[network]))
            yield events.LayerStatistics(network, step, 32, layers)
    wrong = 280 if network == "base" else 190
    counts = tuple(
        tuple(1000 - wrong // 10 if of == at else wrong // 10 if at == (of + 3) % 10 else 0 for at in range(10))
        for of in range(10)
    )
    worst = (
        events.Digit(1242, 4, 9, 0.004, _pixels(lambda row, column: column in (9, 10, 18, 19) or row in (13, 14))),
        events.Digit(9009, 7, 2, 0.011, _pixels(lambda row, column: row < 7 or abs(row + column - 27) < 2)),
        events.Digit(3520, 6, 4, 0.052, _pixels(lambda row, column: 40 < (row - 14) ** 2 + (column - 14) ** 2 < 90)),
        events.Digit(720, 5, 8, 0.13, _pixels(lambda row, column: row // 3 % 2 == 0)),
    )
    yield events.Classified(network, steps, counts, worst)


def _layer(name: str, place: int, step: int) -> events.Layer:
    is_norm = name.startswith("norm")
    return events.Layer(
        *(name, "BatchNorm2d" if is_norm else "Conv2d"),
        mean=0.01 * place - 0.03,
        deviation=1.0 if is_norm else 0.4 + step * (place + 1) / 1500,
        zeros=None if name == "linear3" else 0.5 + place / 50,
        gradient=0.03 / (place + 1),
        update=0.0021 if step else None,
    )


def _pixels(is_inked: Callable[[int, int], bool]) -> bytes:
    inside = range(4, 24)
    return bytes(
        (80 + 7 * row if row in inside and column in inside and is_inked(row, column) else 0)
        for row in range(SIDE)
        for column in range(SIDE)
    )


async def _draw_a_one(stage: Stage, **of: int | None) -> None:
    _run(stage, STARTED, *_trained("base", 938), *_trained("bn", 600))
    stage.props.enter_context(patch("tutor.app.screens.digit.Classifier", FakeClassifier(**of)))
    await stage.press("t")
    await stage.see("of 938")
    await stage.press("d")
    await stage.see("Your digit")
    await stage.press(*["up"] * 9, "space", *["down"] * 16)


@_scene("digit", "base: 1, 90.0 %", "bn at step 600: 1, 60.0 %", "pen down, row 22, column 15")
async def _digit(stage: Stage) -> None:
    await _draw_a_one(stage, base=None, bn=600)


@_scene("digit-too-early", "No network of this training")
async def _digit_too_early(stage: Stage) -> None:
    await _draw_a_one(stage)
