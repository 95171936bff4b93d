"""Networks of the learner's own layers: what can stand where, what is refused, and how it behaves in a network."""

from __future__ import annotations

import traceback
from dataclasses import fields, replace
from typing import TYPE_CHECKING

import pytest
import torch

from tutor.course import Answer, Exercise, builtin_course, load_course
from tutor.engine.client import EngineClient
from tutor.errors import GraderError, UnknownExercise, UsageError
from tutor.lab.experiments import NETWORKS
from tutor.lab.launching import start_run
from tutor.lab.mine import OWN, choose, lay_down, prepare, told_as_theirs
from tutor.lab.networks import Layers, build
from tutor.lab.networks.own import has_own_layers, layers_from
from tutor.lab.plan import Plan
from tutor.lab.recipe import Recipe
from tutor.lab.run_state import state_of
from tutor.verdict import DEFAULT_SEED, Verdict, not_judged
from tutor.workspace import Workspace, make_workspace

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor, nn

    from tutor.verdict import VerdictName

COURSE = load_course(builtin_course())
PLACES = [
    (slug, network.examples[0])
    for slug, own in OWN.items()
    for network in NETWORKS.values()
    if own.layers & network.layers
]
IMAGES, LABELS = torch.randn(8, 1, 28, 28, generator=torch.Generator().manual_seed(0)), torch.arange(8)


def laid_down(folder: Path, **texts: str) -> Path:
    lay_down(folder, {f"{name}.py": text for name, text in texts.items()})
    return folder


def reference(slug: str) -> str:
    return COURSE.find(slug).reference_answer.source


def of_references(folder: Path, *slugs: str) -> Layers:
    lay_down(folder, {OWN[slug].filename: reference(slug) for slug in slugs})
    return layers_from(folder)


def started(name: str, layers: Layers) -> nn.Module:
    torch.manual_seed(1)
    return build(name, layers)


def trained(network: nn.Module, steps: int = 3) -> list[Tensor]:
    """A few steps in float64, and all that has come of them."""
    network.double()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    torch.manual_seed(2)
    for _ in range(steps):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(IMAGES.double()), LABELS).backward()
        optimizer.step()
    return [*network.state_dict().values(), network.eval()(IMAGES.double())]


def test_the_table_fits_the_course_and_leaves_no_layer_out() -> None:
    for slug, own in OWN.items():
        exercise = COURSE.find(slug)
        assert exercise.slug == own.slug == slug
        assert own.filename == exercise.filename
        assert own.symbol in exercise.manifest.symbols
    assert frozenset().union(*(own.layers for own in OWN.values())) == {field.name for field in fields(Layers)}
    assert {slug for slug, _ in PLACES} == set(OWN)


@pytest.mark.parametrize(("slug", "name"), PLACES)
def test_a_network_of_own_layers_is_that_of_pytorchs(slug: str, name: str, tmp_path: Path) -> None:
    ours, theirs = started(name, Layers()), started(name, of_references(tmp_path, slug))
    assert theirs.state_dict().keys() == ours.state_dict().keys()
    assert all(torch.equal(a, b) for a, b in zip(theirs.parameters(), ours.parameters(), strict=True))
    for of_theirs, of_ours in zip(trained(theirs), trained(ours), strict=True):
        # What is dropped is drawn in another way.
        assert of_theirs.shape == of_ours.shape
        assert slug == "dropout" or torch.allclose(of_theirs, of_ours, atol=1e-9)


@pytest.mark.parametrize(("slug", "name"), PLACES)
def test_it_moves_to_another_dtype_and_device_as_a_whole(slug: str, name: str, tmp_path: Path) -> None:
    network = started(name, of_references(tmp_path, slug)).double()
    assert network(IMAGES.double()).dtype == torch.float64
    moved = network.to("meta").state_dict()
    assert all(tensor.is_meta for tensor in moved.values())


# Right, but one element at a time: a single step would take a minute.
TOO_SLOW = ("conv2d", "element_by_element")
ACCEPTED = [
    pytest.param(slug, answer, id=f"{slug}-{answer.path.stem}")
    for slug in OWN
    for answer in COURSE.find(slug).accepted
    if (slug, answer.path.stem) != TOO_SLOW
]


@pytest.mark.parametrize(("slug", "answer"), ACCEPTED)
def test_whatever_passes_can_be_trained(slug: str, answer: Answer, tmp_path: Path) -> None:
    lay_down(tmp_path, {OWN[slug].filename: answer.source})
    name = next(name for other, name in PLACES if other == slug)
    *_, logits = trained(started(name, layers_from(tmp_path)), steps=1)
    assert logits.shape == (8, 10)
    assert logits.isfinite().all()


def test_several_stand_side_by_side(tmp_path: Path) -> None:
    layers = of_references(tmp_path, "batch-norm-2d", "basic-block", "pool2d")
    kinds = {type(layer).__qualname__: type(layer).__module__ for layer in build("mini-resnet", layers).modules()}
    assert kinds["BasicBlock"] == "mine.basic_block"
    assert kinds["BatchNorm2d"].startswith(("mine", "torch"))
    assert "max_pooling.<locals>.MaxPool2d" in kinds


@pytest.mark.parametrize(("slug", "name"), PLACES)
def test_a_network_is_known_to_have_own_layers(slug: str, name: str, tmp_path: Path) -> None:
    assert has_own_layers(build(name, of_references(tmp_path, slug)))
    assert not has_own_layers(build(name))


def test_without_copies_the_layers_are_pytorchs(tmp_path: Path) -> None:
    lay_down(tmp_path, {})
    assert layers_from(tmp_path) == Layers()
    assert list(tmp_path.iterdir()) == []


def test_a_copy_that_was_changed_meanwhile_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"dropout\.py: defines no Dropout"):
        layers_from(laid_down(tmp_path, dropout="Dropout = None"))


BREAKS = """
from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()
        self.p = p

    def forward(self, x):
        return _dropped(x) if self.training else x


def _dropped(x):
    return x.view(7, -1)
"""


def test_a_failure_in_their_layer_is_told_as_theirs_with_their_line(tmp_path: Path) -> None:
    network = build("dropout", layers_from(laid_down(tmp_path, dropout=BREAKS)))
    with pytest.raises(RuntimeError) as caught:
        network(IMAGES)
    told = told_as_theirs(caught.value)
    assert told is not None
    assert told.message.startswith("Your dropout.py, line 15, `return x.view(7, -1)`: RuntimeError: shape '[7, -1]'")
    assert "cnn-tutor check dropout" in told.remedy
    assert 'File "dropout.py", line 15, in _dropped\n    return x.view(7, -1)' in "".join(
        traceback.format_exception(caught.value)
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("import nothing_of_the_kind", "line 1, `import nothing_of_the_kind`: ModuleNotFoundError: No module"),
        ("\nclass Dropout:\n    def", "line 3: SyntaxError"),
        ("raise KeyError", "line 1, `raise KeyError`: KeyError"),
    ],
)
def test_what_cannot_even_be_loaded_is_told_as_theirs(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises((ImportError, SyntaxError, KeyError)) as caught:
        layers_from(laid_down(tmp_path, dropout=text))
    told = told_as_theirs(caught.value)
    assert told is not None
    assert f"Your dropout.py, {says}" in told.message


def test_a_failure_of_ours_is_not_told_as_theirs(tmp_path: Path) -> None:
    network = build("dropout", of_references(tmp_path, "dropout"))
    with pytest.raises(RuntimeError) as caught:
        network(torch.zeros(1, 1, 5, 5))
    assert told_as_theirs(caught.value) is None


@pytest.mark.parametrize(
    ("typed", "networks", "chosen"),
    [
        ("batch-norm-2d", ("base", "bn"), ["batch-norm-2d"]),
        ("15, 26 ,basic_block.py", ("residual-20",), ["batch-norm-2d", "basic-block"]),
        ("lenet,dropout", ("base", "dropout"), ["lenet", "dropout"]),
        ("conv2d,lenet", ("lenet", "bn"), ["conv2d", "lenet"]),
        ("dropout", ("dropout-0.3",), ["dropout"]),
    ],
)
def test_own_layers_are_chosen_by_any_name(typed: str, networks: tuple[str, ...], chosen: list[str]) -> None:
    assert [own.slug for own in choose(typed, networks, COURSE)] == chosen


@pytest.mark.parametrize(
    ("typed", "networks", "message", "remedy"),
    [
        ("", ("bn",), "which layers", "batch-norm-2d"),
        ("batch-norm-train", ("bn",), "exercise 12, batch-norm-train, is no layer", "conv2d, pool2d, lenet"),
        ("27", ("skip",), "exercise 27, long-skip, is no layer", "residual-block"),
        ("dropout", ("base", "bn"), "base and bn: no place for your dropout", "have one: dropout, dropout-P"),
        ("residual-block", ("residual-8",), "no place for your residual-block", "have one: skip"),
        ("lenet,conv2d", ("base",), "your lenet is all of it, and leaves no place for your conv2d", ""),
        ("lenet,dropout", ("base",), "no place for your dropout", "dropout-P"),
    ],
)
def test_what_fits_nowhere_is_refused_in_words(
    typed: str, networks: tuple[str, ...], message: str, remedy: str
) -> None:
    with pytest.raises(UsageError) as caught:
        choose(typed, networks, COURSE)
    assert message in caught.value.message
    assert remedy in caught.value.remedy


def test_an_exercise_that_is_not_there_is_refused_and_the_nearest_named() -> None:
    with pytest.raises(UnknownExercise) as caught:
        choose("batchnorm-2d", ("bn",), COURSE)
    assert "batch-norm-2d" in caught.value.remedy


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made, _ = make_workspace(tmp_path / "course", COURSE, "ada")
    return made


@pytest.mark.parametrize(
    ("verdict", "error", "message", "remedy"),
    [
        ("fail", UsageError, "exercise 15, batch-norm-2d, does not pass as your file is now", "cnn-tutor check 15"),
        ("error", UsageError, "does not pass", "leave it out of --mine"),
        ("not_started", UsageError, "is not begun yet", "cnn-tutor check 15"),
        ("timeout", UsageError, "takes too long", "cnn-tutor check 15"),
        ("grader_error", GraderError, "could not be judged: out of order", "Try again"),
    ],
)
def test_what_does_not_pass_now_is_refused(
    workspace: Workspace, verdict: VerdictName, error: type[UsageError | GraderError], message: str, remedy: str
) -> None:
    def judge(exercise: Exercise, source: str) -> Verdict:
        return replace(not_judged(exercise, DEFAULT_SEED, "out of order"), verdict=verdict)

    with pytest.raises(error) as caught:
        prepare("batch-norm-2d", ("bn",), COURSE, workspace, judge)
    assert message in caught.value.message
    assert remedy in caught.value.remedy


def test_nothing_is_judged_where_something_fits_nowhere(workspace: Workspace) -> None:
    def judge(exercise: Exercise, source: str) -> Verdict:
        pytest.fail("it was judged")

    with pytest.raises(UsageError):
        prepare("batch-norm-2d,dropout", ("bn",), COURSE, workspace, judge)


def test_a_missing_file_is_refused(workspace: Workspace) -> None:
    workspace.path(COURSE.find("dropout")).unlink()
    with pytest.raises(UsageError, match=r"dropout\.py: cannot be read"):
        prepare("dropout", ("dropout",), COURSE, workspace, lambda *_: pytest.fail("it was judged"))


def test_the_present_texts_are_judged_by_the_engine_and_copied(workspace: Workspace, tmp_path: Path) -> None:
    norm, dropout = COURSE.find("batch-norm-2d"), COURSE.find("dropout")
    workspace.write(norm, reference("batch-norm-2d"))
    with EngineClient(COURSE.location) as engine:

        def judge(exercise: Exercise, source: str) -> Verdict:
            return engine.check(exercise, source, learner=workspace.learner, seed=DEFAULT_SEED)

        texts = prepare("batch-norm-2d", ("bn",), COURSE, workspace, judge)
        with pytest.raises(UsageError, match="exercise 19, dropout, is not begun yet"):
            prepare("dropout", ("dropout",), COURSE, workspace, judge)
        workspace.write(dropout, dropout.wrong[0].source)
        with pytest.raises(UsageError, match="exercise 19, dropout, does not pass"):
            prepare("dropout", ("dropout",), COURSE, workspace, judge)

    lay_down(tmp_path / "run", texts)
    workspace.write(norm, "what is typed while it trains")
    assert layers_from(tmp_path / "run").batch_norm2d.__module__ == "mine.batch_norm_2d"


BREAKS_LATER = """
from torch import nn


class Dropout(nn.Module):
    calls = 0

    def __init__(self, p=0.5):
        super().__init__()

    def forward(self, x):
        Dropout.calls += 1
        if Dropout.calls > 6:
            raise ValueError("enough is enough")
        return x
"""


def test_a_training_that_their_layer_breaks_off_says_so(tmp_path: Path) -> None:
    plan = Plan(networks=("dropout",), data="synthetic", recipe=Recipe(batch_size=500))
    run, process = start_run(tmp_path / "runs", plan, {"dropout.py": BREAKS_LATER})
    try:
        assert process.wait(120) == 1
    finally:
        process.kill()
        process.wait()
    state = state_of(run)
    assert state.started is not None
    assert state.failed is not None
    assert state.started.mine == ("dropout",)
    assert state.failed.message.startswith(
        'Your dropout.py, line 14, `raise ValueError("enough is enough")`: ValueError'
    )
    assert "cnn-tutor check dropout" in state.failed.remedy
    assert 'File "dropout.py", line 14, in forward' in run.log_file.read_text()


@pytest.mark.parametrize("error", [MemoryError(), torch.OutOfMemoryError()])
def test_that_memory_runs_out_in_their_layer_is_not_their_fault(error: Exception, tmp_path: Path) -> None:
    layer = layers_from(laid_down(tmp_path, dropout=BREAKS.replace("return x.view(7, -1)", "raise x"))).dropout()
    with pytest.raises(type(error)) as caught:
        layer(error)
    assert told_as_theirs(caught.value) is None
