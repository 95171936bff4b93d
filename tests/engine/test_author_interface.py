"""What an author of checks can ask of a submission: gradients, states, modes, windows, forbidden operators, oracles."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest
import torch

from tutor.checks import sliding_window
from tutor.course import Course, CourseLocation, load_course
from tutor.engine.client import EngineClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tutor.verdict import Verdict

MANIFEST = """
    format = 1
    number = {number}
    slug = "{slug}"
    title = "{slug}"
    part = 1
    kind = "implement"
    level = 1
    minutes = 2
    points = {points}
    symbols = ["{symbol}"]
    timeout_s = 5
    memory_mb = 256
    hints = ["Think."]
    {more}

    [tolerance]
    says = "float64, nearly exact"
    atol = 1e-9
    rtol = 1e-9
"""
CHECK = """
    [[check]]
    id = "{id}"
    says = "{id}"
    points = 1
"""
SLIDE_CHECKS = """
    from tutor.checks import Case, check, integers, normal, sliding_window

    def cases(rng):
        for draw in (integers, normal):
            for h, w in [(2, 4), (3, 5), (5, 4)]:
                yield Case(x=draw(rng, 1, 2, h, w), weight=draw(rng, 3, 2, 2, 3), g=draw(rng, 1, 3, h + 1, w))

    def window(case, index):
        return sliding_window(case.x, index, (2, 3), padding=1)

    @check("values", cases, window=window, shrink=("x", "weight"))
    def values(submission, case):
        return {"output": submission.slide(case.x, weight=case.weight)}

    @check("gradients", cases)
    def gradients(submission, case):
        return submission.slide.gradients(case.x, weight=case.weight, grad_output=case.g)
"""
SLIDE = """
    import torch
    from torch.nn.functional import pad, unfold

    def slide(x, weight):
        n, _, h, w = x.shape
        patches = unfold(x, (2, 3), padding=1)
        return (weight.reshape(3, -1) @ patches).reshape(n, 3, h + 1, w)
"""
NORM_CHECKS = """
    import torch
    from tutor.checks import Case, check, normal

    def cases(rng):
        for n in (2, 3, 4):
            state = {"weight": normal(rng, 2), "mean": normal(rng, 2)}
            yield Case(state=state, x=normal(rng, n, 2), y=normal(rng, n, 2), ids=torch.arange(2), g=normal(rng, n, 2))

    def made(submission, case):
        module = submission.Norm()
        module.load_state_dict(case.state)
        return module

    @check("train", cases)
    def train(submission, case):
        module = made(submission, case)
        return {"output": module(case.x, case.ids), **{f"state {name}": v for name, v in module.state_dict().items()}}

    @check("eval", cases)
    def eval(submission, case):
        module = made(submission, case)
        module.train()
        module(case.x, case.ids)
        module.eval()
        return {"output": module(case.y, case.ids), "mean": module.buffers()["mean"]}

    @check("gradients", cases)
    def gradients(submission, case):
        return made(submission, case).gradients(case.x, case.ids, grad_output=case.g)
"""
NORM = """
    import torch
    from torch import nn

    class Norm(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.ones(2))
            self.register_buffer("mean", torch.zeros(2))

        def forward(self, x, ids):
            mean = self.mean
            if self.training:
                mean = x.mean(0)
                self.mean = (self.mean + mean.detach()) / 2
            return self.weight[ids] * (x - mean)
"""
SCALED_CHECKS = """
    from tutor.checks import Case, check, normal

    def cases(rng):
        for n in (2, 3, 4):
            state = {"weight": normal(rng, 2), "x": normal(rng, 2)}
            yield Case(state=state, x=normal(rng, n, 2), y=normal(rng, n, 2), g=normal(rng, n, 2))

    @check("gradients", cases)
    def gradients(submission, case):
        module = submission.Scaled()
        module.load_state_dict(case.state)
        return module.gradients(case.x, case.y, grad_output=case.g)
"""
SCALED = """
    import torch
    from torch import nn

    class Scaled(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight, self.x = nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(2))

        def forward(self, x, y):
            return self.weight * x + self.x * y
"""
TURNED_CHECKS = """
    from tutor.checks import Case, check, integers

    @check("values", lambda rng: [Case(x=integers(rng, n, 3).t()) for n in (1, 2, 4)], shrink=["x"])
    def values(submission, case):
        return {"output": submission.turned(case.x)}
"""
STATE_CHECKS = """
    import torch
    from tutor.checks import Case, check, normal

    def cases(rng):
        for n in (1, 2, 3):
            buffers = [normal(rng, 2), torch.rand(2, generator=rng).double() + 1, torch.tensor(n)]
            yield Case(parameters=[normal(rng, 2), normal(rng, 2)], buffers=buffers, x=normal(rng, n, 2))

    @check("eval", cases)
    def eval(submission, case):
        module = submission.Normed()
        module.load_parameters(case.parameters)
        module.load_buffers(case.buffers)
        module.eval()
        return {"output": module(case.x), "batches": list(module.buffers().values())[-1]}
"""
NORMED = """
    from torch import nn

    class Normed(nn.Module):
        def __init__(self):
            super().__init__()
            self.mine = nn.BatchNorm1d(2)

        def forward(self, x):
            return self.mine(x)
"""
BARE_CHECKS = """
    from tutor.checks import Case, check, normal

    @check("values", lambda rng: [Case(x=normal(rng, n, 2), g=normal(rng, n, 2)) for n in (1, 2, 3)])
    def values(submission, case):
        module = submission.Bare()
        module.load_parameters([])
        return module.gradients(case.x, grad_output=case.g)
"""
BARE = """
    from torch import nn

    class Bare(nn.Module):
        def forward(self, x):
            return x * x
"""
MOMENTS_CHECKS = """
    from tutor.checks import Case, check, integers, named

    @check("values", lambda rng: [Case(x=integers(rng, n, 3)) for n in (2, 3, 4)])
    def values(submission, case):
        return named(submission.moments(case.x), "mean", "var", of="moments")
"""
MOMENTS = """
    def moments(x):
        return x.mean(0), x.var(0)
"""
LIMITED_CHECKS = """
    from tutor.checks import Case, check, integers

    @check("values", lambda rng: [Case(x=integers(rng, n, 2)) for n in (1, 2, 3)])
    def values(submission, case):
        return {"output": submission.limited(case.x)}
"""


def lay(root: Path, number: int, slug: str, symbol: str, checks: str, reference: str, more: str = "") -> None:
    ids = [line.split('"')[1] for line in checks.splitlines() if "@check" in line]
    name = f"{number:02d}_{slug}"
    manifest = MANIFEST.format(number=number, slug=slug, symbol=symbol, points=len(ids), more=more)
    write(root / "exercises" / name / "exercise.toml", manifest + "".join(CHECK.format(id=id_) for id_ in ids))
    write(root / "exercises" / name / f"{slug}.py", "raise NotImplementedError")
    write(root / "solutions" / name / "checks.py", checks)
    write(root / "solutions" / name / f"{slug}.py", reference)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text))


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    root = tmp_path_factory.mktemp("course")
    course_toml = """
        format = 1
        title = "t"
        welcome = "w"
        farewell = "f"
        order = ["slide", "norm", "limited", "turned", "normed", "scaled", "bare", "moments"]
        [[part]]
        number = 1
        title = "p"
    """
    write(root / "exercises" / "course.toml", course_toml)
    lay(root, 1, "slide", "slide", SLIDE_CHECKS, SLIDE, 'forbid = ["torch.nn.functional.conv2d"]')
    oracle = "from torch.nn import functional as F\ndef slide(x, weight):\n    return F.conv2d(x, weight, padding=1)"
    write(root / "solutions" / "01_slide" / "oracle.py", oracle)
    lay(root, 2, "norm", "Norm", NORM_CHECKS, NORM)
    lay(root, 4, "turned", "turned", TURNED_CHECKS, "def turned(x):\n    return x.reshape(-1)")
    lay(root, 5, "normed", "Normed", STATE_CHECKS, NORMED)
    lay(root, 6, "scaled", "Scaled", SCALED_CHECKS, SCALED)
    lay(root, 7, "bare", "Bare", BARE_CHECKS, BARE)
    lay(root, 8, "moments", "moments", MOMENTS_CHECKS, MOMENTS)
    limits = "file_mb = 2\n    processes = 4\n    output_kb = 1"
    lay(root, 3, "limited", "limited", LIMITED_CHECKS, "def limited(x):\n    return 2 * x", limits)
    return load_course(CourseLocation(root / "exercises", root / "solutions"))


@pytest.fixture(scope="module")
def engine(course: Course) -> Iterator[EngineClient]:
    with EngineClient(course.location) as engine:
        yield engine


@pytest.fixture
def judge(course: Course, engine: EngineClient) -> Callable[..., Verdict]:
    def judge(slug: str, source: str, seed: int = 1) -> Verdict:
        return engine.check(course.find(slug), textwrap.dedent(source), learner="ada", seed=seed)

    return judge


def failed(verdict: Verdict) -> dict[str, str]:
    return {check.id: check.message for check in verdict.checks if check.status != "pass"}


@pytest.mark.parametrize(("slug", "source"), [("slide", SLIDE), ("norm", NORM)])
@pytest.mark.parametrize("seed", range(3))
def test_what_is_right_passes(judge: Callable[..., Verdict], slug: str, source: str, seed: int) -> None:
    assert judge(slug, source, seed).verdict == "pass"


@pytest.mark.parametrize(
    "call",
    [
        "torch.nn.functional.conv2d(x, weight, padding=1)",
        "torch.conv2d(x, weight, padding=1)",
        "torch.ops.aten.convolution(x, weight, None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1)",
        "getattr(torch, 'con' + 'v2d')(x, weight, padding=1)",
        "torch.vmap(lambda a: torch.conv2d(a, weight, padding=1))(x[None])[0]",
        "torch.nn.functional.conv3d(x[:, :, None], weight[:, :, None], padding=(0, 1, 1))[:, :, 0]",
        "__import__('concurrent.futures').futures.ThreadPoolExecutor().submit(torch.conv2d, x, weight).result()",
    ],
)
def test_what_is_forbidden_is_seen_under_every_name(judge: Callable[..., Verdict], call: str) -> None:
    verdict = judge("slide", f"import torch\ndef slide(x, weight):\n    return {call}")
    assert verdict.verdict == "fail"
    message = failed(verdict)["values"]
    assert message.startswith("torch.nn.functional.conv2d may not be used here")
    assert "line 3" in message


def test_another_exercise_may_use_what_this_one_forbids(judge: Callable[..., Verdict]) -> None:
    used = NORM.replace("return self", "x = x * torch.conv2d(torch.ones(1, 1, 1, 1), torch.ones(1, 1, 1, 1)).item()\n"
                        "            return self")  # fmt: skip
    assert judge("norm", used).verdict == "pass"


def test_a_function_cut_from_the_graph_is_told_which_gradient_is_missing(judge: Callable[..., Verdict]) -> None:
    source = SLIDE.replace("weight.reshape", "weight.detach().reshape")
    assert failed(judge("slide", source)) == {
        "gradients": "the gradient of weight is None: nothing flows back to it",
    }
    source = SLIDE.replace(".reshape(n, 3, h + 1, w)", ".reshape(n, 3, h + 1, w).detach()")
    assert failed(judge("slide", source)) == {"gradients": "the gradient of x is None: nothing flows back to it"}


def test_an_argument_by_name_that_is_changed_in_place_is_seen(judge: Callable[..., Verdict]) -> None:
    source = SLIDE.replace("n, _, h", "weight += 0.5\n        n, _, h")
    assert "changes its weight in place" in failed(judge("slide", source))["values"]


def test_a_counterexample_has_the_window_and_simple_numbers(judge: Callable[..., Verdict]) -> None:
    verdict = judge("slide", SLIDE.replace("(x, (2, 3), padding=1)", "(x.flip(-1), (2, 3), padding=1)"))
    check = verdict.checks[0]
    example = check.counterexample
    assert example is not None
    assert example.window is not None
    namespace: dict[str, torch.Tensor] = {}
    exec(textwrap.dedent(SLIDE) + example.python, namespace)
    for tensor in (namespace["x"], namespace["weight"]):
        assert set(tensor.flatten().tolist()) <= {-1.0, 0.0, 1.0}
    assert int((namespace["x"] != 0).sum()) <= 2
    # The message and the example are about the same numbers.
    assert f"{example.got}; expected {example.expected}" in check.message
    shown = [[float(entry.replace("·", "0")) for line in table for entry in line] for table in example.window.channels]
    weight = namespace["weight"][example.index[1]].reshape(2, -1).tolist()
    products = [a * b for channel, w in zip(shown, weight, strict=True) for a, b in zip(channel, w, strict=True)]
    assert sum(products) == float(example.expected)


def test_the_same_seed_gives_the_same_counterexample(judge: Callable[..., Verdict]) -> None:
    wrong = SLIDE.replace("patches = unfold(x", "patches = unfold(x * 1.5")
    assert judge("slide", wrong).checks == judge("slide", wrong).checks


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("self.mean = (self.mean + mean.detach()) / 2", "pass", {"train", "eval"}),
        ("if self.training", "if True", {"eval"}),
        ("if self.training", "if False", {"train", "eval", "gradients"}),
        ('self.register_buffer("mean", torch.zeros(2))', "self.mean = torch.zeros(2)", {"train", "eval", "gradients"}),
        ("self.weight[ids]", "self.weight.detach()", {"gradients"}),
    ],
)
def test_modes_states_and_gradients_of_a_module_are_told_apart(
    judge: Callable[..., Verdict], old: str, new: str, says: set[str]
) -> None:
    assert old in NORM
    assert failed(judge("norm", NORM.replace(old, new))).keys() == says


def test_after_a_state_gradients_go_by_its_names_and_not_by_the_order_of_registering(
    judge: Callable[..., Verdict],
) -> None:
    turned = SCALED.replace("self.weight, self.x", "self.x, self.weight")
    assert turned != SCALED
    for source in (SCALED, turned):
        assert judge("scaled", source).verdict == "pass"
    # An input and a parameter of one name are kept apart.
    cut = {name: SCALED.replace(f"self.{name} *", f"self.{name}.detach() *") for name in ("x", "weight")}
    assert failed(judge("scaled", cut["x"])) == {
        "gradients": "the gradient of parameter x is None: nothing flows back to it"
    }
    assert failed(judge("scaled", cut["weight"])) == {
        "gradients": "the gradient of weight is None: nothing flows back to it"
    }


def test_a_buffer_that_keeps_the_graph_alive_is_seen(judge: Callable[..., Verdict]) -> None:
    source = NORM.replace("mean.detach()", "mean * self.weight")
    assert failed(judge("norm", source))["train"] == (
        "the state mean is a tensor that still carries the graph; a torch.Tensor is expected"
    )


def test_a_state_that_does_not_fit_is_listed_on_both_sides(judge: Callable[..., Verdict]) -> None:
    message = failed(judge("norm", NORM.replace("mean", "average")))["train"]
    assert "Asked for: weight (2,), mean (2,). Yours: weight (2,), average (2,)" in message


def test_what_only_works_on_contiguous_tensors_is_caught(judge: Callable[..., Verdict]) -> None:
    source = "def turned(x):\n    return x.view(-1)"
    (check,) = judge("turned", source).checks
    assert (check.status, "view size is not compatible" in check.message) == ("error", True)
    # A wrong value has a counterexample: pasted, it shows the same.
    source = "def turned(x):\n    return x.reshape(-1) + (not x.is_contiguous())\n"
    (check,) = judge("turned", source).checks
    assert check.counterexample is not None
    assert ".permute(1, 0)" in check.counterexample.python
    namespace: dict[str, torch.Tensor] = {}
    exec(source + check.counterexample.python, namespace)
    assert namespace["output"][check.counterexample.index] == float(check.counterexample.got)


def test_buffers_are_loaded_in_order_under_any_name(judge: Callable[..., Verdict]) -> None:
    assert judge("normed", NORMED).verdict == "pass"
    assert judge("normed", NORMED.replace("mine", "theirs")).verdict == "pass"
    wrong = NORMED.replace("BatchNorm1d(2)", "BatchNorm1d(2, eps=0.5)")
    (check,) = judge("normed", wrong).checks
    assert check.counterexample is not None
    namespace: dict[str, torch.Tensor] = {}
    exec(textwrap.dedent(wrong) + check.counterexample.python, namespace)
    assert namespace["output"][check.counterexample.index].item() == pytest.approx(float(check.counterexample.got))


def test_buffers_that_do_not_fit_are_listed_on_both_sides(judge: Callable[..., Verdict]) -> None:
    unbuffered = NORMED.replace("BatchNorm1d(2)", "BatchNorm1d(2, track_running_stats=False)")
    assert failed(judge("normed", unbuffered)) == {
        "eval": "the buffers of Normed() do not fit. Asked for, in this order: (2,), (2,), (). Yours: none"
    }


def test_a_module_can_be_asked_to_have_no_parameters(judge: Callable[..., Verdict]) -> None:
    assert judge("bare", BARE).verdict == "pass"
    own = BARE.replace(
        "        def forward",
        "        def __init__(self):\n            super().__init__()\n            self.inner = nn.Linear(1, 1)\n\n"
        "        def forward",
    )
    assert failed(judge("bare", own)) == {
        "values": "the parameters of Bare() do not fit. Asked for, in this order: none. "
        "Yours: inner.weight (1, 1), inner.bias (1,)"
    }


@pytest.mark.parametrize(
    ("gives", "says"),
    [
        ("x.mean(0), x.var(0)", None),
        ("x.mean(0), x.var(0, correction=0)", "the var is off in "),
        ("x.mean(0)", "moments gives a tensor of shape (3,); a tuple of 2 is asked: mean, var"),
        ("(x.mean(0),)", "moments gives a tuple of 1; a tuple of 2 is asked: mean, var"),
        ("[x.mean(0), x.var(0)]", "moments gives a list of 2; a tuple of 2 is asked: mean, var"),
        ("None", "moments gives None; a tuple of 2 is asked: mean, var"),
    ],
)
def test_the_parts_of_a_tuple_are_compared_by_name_and_what_is_none_is_said(
    judge: Callable[..., Verdict], gives: str, says: str | None
) -> None:
    verdict = judge("moments", MOMENTS.replace("x.mean(0), x.var(0)", gives))
    assert verdict.verdict == ("pass" if says is None else "fail")
    assert failed(verdict).get("values", "").startswith(says or "")


@pytest.mark.parametrize(
    ("spoilt", "says"),
    [
        ("open('big', 'wb').write(bytes(3 << 20))", "File too large"),
        ("bytearray(400 << 20)", "MemoryError"),
    ],
)
def test_the_manifest_sets_the_limits(judge: Callable[..., Verdict], spoilt: str, says: str) -> None:
    source = "def limited(x):\n    return x * 2\n"
    assert judge("limited", source).verdict == "pass"
    verdict = judge("limited", source + spoilt)
    assert verdict.verdict == "error"
    assert says in verdict.message


def test_the_manifest_sets_how_much_of_the_output_is_shown(judge: Callable[..., Verdict]) -> None:
    verdict = judge("limited", "def limited(x):\n    return x * 2\nprint('x' * 5000)")
    assert verdict.printed == "x" * 1024 + "\n… (cut)"


def test_a_window_names_its_place_and_marks_the_padding() -> None:
    x = torch.arange(24.0).reshape(1, 2, 3, 4)
    window = sliding_window(x, (0, 0, 0, 1), (2, 3), stride=(1, 2), padding=(1, 0), channel=1)
    assert window.says == "x[0, 1], rows -1 to 0, columns 2 to 4; · is padding"
    assert window.channels == ((("·", "·", "·"), ("14", "15", "·")),)
    assert window.first_channel == 1
    spread = sliding_window(x, (0, 0, 0, 0), (1, 2), padding=(0, 1), dilation=2)
    assert spread.says == "x[0, :], rows 0, columns -1, 1; · is padding"
    dilated = sliding_window(x, (0, 0, 0, 0), 2, dilation=2)
    assert dilated.says == "x[0, :, 0:3:2, 0:3:2]"
    assert dilated.channels == ((("0", "2"), ("8", "10")), (("12", "14"), ("20", "22")))
