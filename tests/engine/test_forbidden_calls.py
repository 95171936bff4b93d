"""Each name in `forbid` stops what it is said to stop, however it is called and in whichever thread."""

from __future__ import annotations

import textwrap
import threading
from typing import Any

import pytest
import torch

from tutor.course.manifest import COVERED, FORBIDDABLE
from tutor.engine.channel import LocalChannel, SubmissionRaised

# What each function of torch.nn.functional is called with, for an x of shape (N, C, D, H, W) or a part of it.
ARGUMENTS = {
    "conv1d": "x[..., 0, 0], torch.ones(2, 2, 1)",
    "conv2d": "x[..., 0], torch.ones(2, 2, 1, 1)",
    "conv3d": "x, torch.ones(2, 2, 1, 1, 1)",
    "conv_transpose1d": "x[..., 0, 0], torch.ones(2, 2, 1)",
    "conv_transpose2d": "x[..., 0], torch.ones(2, 2, 1, 1)",
    "conv_transpose3d": "x, torch.ones(2, 2, 1, 1, 1)",
    "conv_tbc": "x[..., 0, 0], torch.ones(1, 4, 2), torch.ones(2)",
    "max_pool1d": "x[..., 0, 0], 2",
    "max_pool2d": "x[..., 0], 2",
    "max_pool3d": "x, 2",
    "fractional_max_pool2d": "x[..., 0], 2, output_size=2",
    "fractional_max_pool3d": "x, 2, output_size=2",
    "adaptive_max_pool1d": "x[..., 0, 0], 1",
    "adaptive_max_pool2d": "x[..., 0], 1",
    "adaptive_max_pool3d": "x, 1",
    "avg_pool1d": "x[..., 0, 0], 2",
    "avg_pool2d": "x[..., 0], 2",
    "avg_pool3d": "x, 2",
    "lp_pool1d": "x[..., 0, 0], 1.0, 2",
    "lp_pool2d": "x[..., 0], 1.0, 2",
    "lp_pool3d": "x, 1.0, 2",
    "adaptive_avg_pool1d": "x[..., 0, 0], 1",
    "adaptive_avg_pool2d": "x[..., 0], 1",
    "adaptive_avg_pool3d": "x, 1",
    "batch_norm": "x, None, None, training=True",
    "instance_norm": "x",
    "group_norm": "x, 2",
    "layer_norm": "x, (4,)",
    "rms_norm": "x, (4,)",
    "dropout": "x, 0.5",
    "dropout1d": "x[..., 0, 0], 0.5",
    "dropout2d": "x[..., 0], 0.5",
    "dropout3d": "x, 0.5",
    "alpha_dropout": "x, 0.5, training=True",
    "feature_alpha_dropout": "x, 0.5, training=True",
}

OTHER_WAYS = [
    ("dropout", "nn.Dropout(0.5)(x)"),
    ("dropout", "nn.Dropout2d(0.5)(x[..., 0])"),
    ("dropout", "nn.AlphaDropout(0.5)(x)"),
    ("dropout", "torch.dropout(x, 0.5, True)"),
    ("dropout", "torch.dropout_(x, 0.5, True)"),
    ("dropout", "torch.feature_dropout(x, 0.5, train=True)"),
    ("dropout", "torch.native_dropout(x, 0.5, True)[0]"),
    ("dropout", "torch._VF.dropout(x, 0.5, True)"),
    ("dropout", "torch._VF.feature_alpha_dropout_(x, 0.5, True)"),
    ("dropout", "torch._C._VariableFunctions.dropout(x, 0.5, True)"),
    ("dropout", "torch.ops.aten.dropout(x, 0.5, True)"),
    ("dropout", "torch.ops.aten.dropout.default(x, 0.5, True)"),
    ("dropout", "torch.ops.aten.alpha_dropout_.default(x, 0.5, True)"),
    ("dropout", "getattr(F, 'drop' + 'out')(x, 0.5)"),
    ("dropout", "torch.vmap(lambda a: F.dropout(a, 0.5), randomness='different')(x)"),
    ("dropout", "Own.apply(x)"),
    ("batch_norm", "nn.RMSNorm(4)(x)"),
    ("batch_norm", "torch.rms_norm(x, (4,))"),
    ("batch_norm", "torch.ops.aten.rms_norm.default(x, [4])"),
    ("batch_norm", "nn.BatchNorm3d(2)(x)"),
    ("avg_pool2d", "nn.AdaptiveAvgPool2d(1)(x[..., 0])"),
    ("conv2d", "torch.ops.aten.convolution.default(x, x[:1], None, [1] * 3, [0] * 3, [1] * 3, False, [0] * 3, 1)"),
    ("conv2d", "nn.LazyConv3d(2, 1)(x)"),
]

PROGRAM = """
    import concurrent.futures
    import threading

    import torch
    from torch import nn
    from torch.nn import functional as F


    class Own(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return F.dropout(x, 0.5)


    def f(x):
        {body}
"""

IN_THREADS = {
    "thread": """
        found = []
        thread = threading.Thread(target=lambda: found.append({call}))
        thread.start()
        thread.join()
        return found[0] if found else x
    """,
    "own run": """
        class Own(threading.Thread):
            def run(self):
                self.found = {call}
        thread = Own()
        thread.start()
        thread.join()
        return getattr(thread, "found", x)
    """,
    "pool": """
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            return pool.submit(lambda: {call}).result()
    """,
    "thread of a thread": """
        found = []
        inner = threading.Thread(target=lambda: found.append({call}))
        outer = threading.Thread(target=lambda: (inner.start(), inner.join()))
        outer.start()
        outer.join()
        return found[0] if found else x
    """,
}


def load(body: str, *names: str) -> LocalChannel:
    forbidden = {operator: f"torch.nn.functional.{name}" for name in names for operator in operators(name)}
    channel = LocalChannel()
    body = textwrap.indent(textwrap.dedent(body).strip(), " " * 8).strip()
    source = textwrap.dedent(PROGRAM).replace("{body}", body.replace("\n    ", "\n"))
    channel.request("load", source=source, filename="f.py", forbidden=forbidden)
    return channel


def operators(name: str) -> tuple[str, ...]:
    return FORBIDDABLE[f"torch.nn.functional.{name}"]


def call(channel: LocalChannel, x: torch.Tensor | None = None) -> Any:
    x = torch.rand(3, 2, 4, 4, 4) if x is None else x
    return channel.request("call", name="f", args=[x], kwargs={})[0]


def refused(channel: LocalChannel) -> str:
    with pytest.raises(SubmissionRaised) as error:
        call(channel)
    return str(error.value)


def says(name: str) -> str:
    return f"ForbiddenOperator: torch.nn.functional.{name} may not be used here: it is what you are asked to write"


def test_all_that_can_be_forbidden_is_tried() -> None:
    assert set(COVERED) == {name for name in FORBIDDABLE if name.startswith("torch.nn.functional.")}
    assert {function for functions in COVERED.values() for function in functions} == set(ARGUMENTS)


@pytest.mark.parametrize(
    ("name", "function"), [(name, function) for name, functions in COVERED.items() for function in functions]
)
def test_each_name_stops_the_functions_that_it_covers(name: str, function: str) -> None:
    body = f"return F.{function}({ARGUMENTS[function]})"
    assert isinstance(call(load(body)), torch.Tensor)
    short = name.rpartition(".")[2]
    assert refused(load(body, short)) == says(short)
    others = [other.rpartition(".")[2] for other in COVERED if other != name]
    assert isinstance(call(load(body, *others)), torch.Tensor)


@pytest.mark.parametrize(("name", "expression"), OTHER_WAYS)
def test_no_other_way_of_calling_gets_around_it(name: str, expression: str) -> None:
    assert isinstance(call(load(f"return {expression}")), torch.Tensor)
    assert refused(load(f"return {expression}", name)) == says(name)


@pytest.mark.parametrize("function", ["F.dropout(x, 0.5)", "F.batch_norm(x, None, None, training=True)"])
@pytest.mark.parametrize("way", IN_THREADS)
def test_a_thread_is_watched_like_the_one_that_starts_it(way: str, function: str) -> None:
    body = IN_THREADS[way].format(call=function)
    name = function.partition("(")[0].removeprefix("F.")
    assert isinstance(call(load(body)), torch.Tensor)
    channel = load(body, name)
    assert refused(channel) == says(name)
    # What is not forbidden may go on in threads, and is not told of what was refused before.
    assert isinstance(call(load(IN_THREADS[way].format(call="x + 1"), name)), torch.Tensor)


def test_what_several_threads_were_refused_is_told_once() -> None:
    body = """
        if x.sum() > 0:
            threads = [threading.Thread(target=F.dropout, args=(x,)) for _ in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        return x
    """
    channel = load(body, "dropout")
    assert refused(channel) == says("dropout")
    assert call(channel, torch.zeros(2)).tolist() == [0, 0]


def test_drawing_and_multiplying_is_no_dropout() -> None:
    for mask in ("torch.bernoulli(torch.full_like(x, 0.5))", "torch.empty_like(x).bernoulli_(0.5)", "(x > 0.5)"):
        assert isinstance(call(load(f"return x * {mask} / 0.5", "dropout", "batch_norm")), torch.Tensor)


def test_threads_that_no_submission_starts_are_let_be() -> None:
    channel = load("return x", "dropout")
    assert isinstance(call(channel), torch.Tensor)
    found: list[torch.Tensor] = []
    thread = threading.Thread(target=lambda: found.append(torch.nn.functional.dropout(torch.ones(2), 0.5)))
    thread.start()
    thread.join()
    assert len(found) == 1
