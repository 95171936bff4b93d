"""Exercises whose networks are trained: what decides is how a network does on labels that its process never sees."""

from __future__ import annotations

import copy
import shutil
import textwrap
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
from torch import nn
from torch.nn import functional

from tutor.checks.loading import load_trained_checks
from tutor.course import Course, CourseLocation, load_course
from tutor.engine.client import Cancelled, CheckStarted, EngineClient
from tutor.engine.trainee import Trainee
from tutor.errors import GraderError, ManifestError
from tutor.lab.data import load
from tutor.lab.one_cycle import one_cycle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tutor.engine.client import CheckProgress
    from tutor.verdict import CheckResult, Verdict

    Judge = Callable[..., Verdict]

SMALL_COURSE = Path(__file__).parents[1] / "small_course"

MANIFEST = """
format = 1
number = 4
slug = "learn"
title = "A network that learns"
part = 1
kind = "train"
level = 2
minutes = 4
points = 4
symbols = ["Net", "predicted"]
timeout_s = 3
training_timeout_s = 60
memory_mb = 1024
hints = ["nn.Linear(784, 10) will do."]

[tolerance]
says = "float64, nearly exact"
atol = 1e-9
rtol = 1e-9

[[check]]
id = "prediction"
says = "a prediction is there"
points = 1

[[check]]
id = "learns"
says = "it gets more of the test digits right than ours, which sees fewer"
points = 3
after = ["prediction"]
trains = true

[[misconception]]
id = "one-answer"
says = "it gives one answer whatever it sees."
"""
STARTER = """
from torch import nn

predicted = ...

class Net(nn.Module):
    pass
"""
RIGHT = """
from torch import nn

predicted = 80

class Net(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Flatten(), nn.Linear(784, 10))
"""
CHECKS = """
from tutor.checks import Case, Judgement, Trial, check, percentage, trained

def nothing(rng):
    yield Case()

@check("prediction", nothing)
def prediction(submission, case):
    return {"predicted": percentage(submission.value("predicted"))}

OURS = Trial("ours", "Net", is_ours=True, learning_rate=0.01, images=64)
YOURS = Trial("yours", "Net", learning_rate=0.01, images=2000, seeds=(0, 1))

@trained("learns", OURS, YOURS, values=("predicted",))
def learns(lab):
    says = f"{lab.accuracy(OURS):.1f} and {lab.accuracy(YOURS):.1f} {lab.on_what()}, not {lab.values['predicted']}"
    one = all(score.guesses == 1 for score in lab.scores[YOURS])
    return Judgement(lab.accuracy(YOURS) > lab.accuracy(OURS), says, "one-answer" if one else "")
"""
SYNTHETIC = "synthetic"


def net(body: str) -> str:
    """A network whose forward has this body; it begins as the right one does."""
    return RIGHT + "\n    def forward(self, x):\n" + textwrap.indent(textwrap.dedent(body), " " * 8)


@pytest.fixture(scope="module")
def location(tmp_path_factory: pytest.TempPathFactory) -> CourseLocation:
    """The small course, and an exercise in it that trains."""
    root = tmp_path_factory.mktemp("course")
    shutil.copytree(SMALL_COURSE, root, dirs_exist_ok=True)
    course = root / "exercises" / "course.toml"
    course.write_text(course.read_text().replace('"affine"', '"affine", "learn"', 1))
    for name, text in {
        "exercises/04_learn/exercise.toml": MANIFEST,
        "exercises/04_learn/lesson.md": "# Learn",
        "exercises/04_learn/learn.py": STARTER,
        "solutions/04_learn/learn.py": RIGHT,
        "solutions/04_learn/checks.py": CHECKS,
        "solutions/04_learn/explain.md": "# Why",
    }.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return CourseLocation(root / "exercises", root / "solutions")


@pytest.fixture(scope="module")
def course(location: CourseLocation) -> Course:
    return load_course(location)


@pytest.fixture(scope="module")
def engine(course: Course) -> Iterator[EngineClient]:
    with EngineClient(course.location) as engine:
        yield engine


@pytest.fixture
def judge(course: Course, engine: EngineClient) -> Judge:
    def judge(
        source: str, data: str = SYNTHETIC, on_progress: Callable[[CheckProgress], None] | None = None
    ) -> Verdict:
        exercise = course.find("learn")
        return engine.check(exercise, source, learner="ada", seed=1, data=data, on_progress=on_progress)

    return judge


def trained(verdict: Verdict) -> CheckResult:
    return verdict.checks[-1]


def test_a_network_that_learns_passes_and_what_was_measured_is_said(judge: Judge) -> None:
    told: list[str] = []

    def tell(progress: CheckProgress) -> None:
        if isinstance(progress, CheckStarted):
            told.append(progress.says)

    verdict = judge(RIGHT, on_progress=tell)
    assert verdict.passed
    assert verdict.score == 4
    assert trained(verdict).message.endswith("on synthetic digits, not MNIST, mean of 2 seeds, not 80")
    # What it does meanwhile: ours, once, and each seed of theirs.
    assert any(says.startswith("training ours: step 1 of 1") for says in told)
    assert any(says.startswith("training yours, seed 2 of 2: step 32 of 32, loss ") for says in told)


def test_the_same_text_gets_the_same_numbers(judge: Judge) -> None:
    one, other = (trained(judge(RIGHT)).message for _ in range(2))
    assert one == other


def test_what_is_seen_without_training_is_seen_first(judge: Judge) -> None:
    verdict = judge(RIGHT.replace("80", "..."))
    assert [check.status for check in verdict.checks] == ["fail", "skip"]
    example = verdict.checks[0].counterexample
    assert example is not None
    assert "not filled in yet" in example.got
    assert judge(STARTER).verdict == "not_started"


def test_a_network_that_learns_nothing_does_not_pass_and_may_have_a_name(judge: Judge) -> None:
    verdict = judge(net("return super().forward(x) * 0"))
    assert trained(verdict).status == "fail"
    assert verdict.misconception == "one-answer"
    assert verdict.looks_like == "it gives one answer whatever it sees."


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        ("return super().forward(x)[:, :9]", "error", "your code raised"),
        ("return super().forward(x) if self.training else super().forward(x)[:, :9]", "fail", "(1000, 9)"),
        ("return super().forward(x) if self.training else super().forward(x).argmax(1)", "fail", "no tensor of float"),
        ("return super().forward(x) * float('nan')", "fail", "not finite"),
        ("return [super().forward(x)]", "error", "your code raised TypeError"),
        ("raise ValueError('in the middle')", "error", "ValueError: in the middle\n  line 11: raise ValueError"),
    ],
)
def test_a_network_that_gives_no_logits_is_told_what_it_gives(judge: Judge, body: str, status: str, says: str) -> None:
    verdict = judge(net(body))
    assert trained(verdict).status == status
    assert says in trained(verdict).message


def test_whoever_knows_the_labels_in_their_order_has_no_use_for_them(judge: Judge) -> None:
    labels = load(SYNTHETIC).test.labels.tolist()
    cheat = net(f"""
        if self.training:
            return super().forward(x)
        self.seen = getattr(self, "seen", 0)
        known = torch.tensor({labels})[self.seen : self.seen + len(x)]
        self.seen += len(x)
        return torch.eye(10)[known] if len(known) == len(x) else super().forward(x)
    """)
    verdict = judge("import torch\n" + cheat)
    theirs = float(trained(verdict).message.split()[2])
    assert theirs < 30


def test_the_labels_of_the_test_digits_are_not_where_the_network_is(judge: Judge) -> None:
    truth = load(SYNTHETIC).test.labels
    spy = net("""
        if not self.training:
            held = [t for t in gc.get_objects() if type(t) is torch.Tensor and t.dtype is torch.int64]
            print(sorted({len(t) for t in held if t.ndim == 1}))
        return super().forward(x)
    """)
    verdict = judge("import gc, torch\n" + spy)
    assert "6000" in verdict.printed  # those it trains on it may well have
    assert str(len(truth)) not in verdict.printed.replace("6000", "")


def test_a_network_that_takes_too_long_is_said_to(course: Course, tmp_path: Path) -> None:
    root = tmp_path / "impatient"
    shutil.copytree(course.location.exercises.parent, root)
    manifest = root / "exercises" / "04_learn" / "exercise.toml"
    manifest.write_text(manifest.read_text().replace("training_timeout_s = 60", "training_timeout_s = 0.5"))
    impatient = load_course(CourseLocation(root / "exercises", root / "solutions"))
    with EngineClient(impatient.location) as engine:
        source = net("while self.training: pass\nreturn super().forward(x)")
        verdict = engine.check(impatient.find("learn"), source, learner="ada", seed=1, data=SYNTHETIC)
    assert verdict.verdict == "timeout"
    assert verdict.message == "your network was not trained within 0.5 s; is it larger than it was to be?"


@pytest.mark.parametrize("when", ["training ours", "training yours"])
def test_a_training_can_be_cancelled_and_the_engine_goes_on(course: Course, when: str) -> None:
    with EngineClient(course.location) as engine:
        reached = threading.Event()

        def tell(progress: CheckProgress) -> None:
            if isinstance(progress, CheckStarted) and progress.says.startswith(when):
                reached.set()
                engine.cancel()

        with pytest.raises(Cancelled):
            engine.check(course.find("learn"), RIGHT, learner="ada", seed=1, data=SYNTHETIC, on_progress=tell)
        assert reached.is_set()
        assert engine.check(course.find("learn"), RIGHT, learner="ada", seed=1, data=SYNTHETIC).passed


def test_without_data_nothing_is_judged_and_what_to_do_is_said(judge: Judge, tmp_path: Path) -> None:
    with pytest.raises(GraderError) as caught:
        judge(RIGHT, data=str(tmp_path))
    assert "holds none of MNIST's files" in caught.value.message


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("training_timeout_s = 60\n", "", "field `training_timeout_s` is missing"),
        ("trains = true\n", "", "no check says `trains = true`"),
        ('kind = "train"', 'kind = "implement"', "check `learns` trains, and only those of kind `train` do"),
        ('id = "prediction"\n', 'id = "prediction"\ntrains = true\n', "is to be made with @trained"),
        ('after = ["prediction"]', "", ""),
    ],
)
def test_a_manifest_and_its_checks_have_to_agree_on_what_trains(
    course: Course, tmp_path: Path, old: str, new: str, says: str
) -> None:
    root = tmp_path / "spoilt"
    shutil.copytree(course.location.exercises.parent, root)
    manifest = root / "exercises" / "04_learn" / "exercise.toml"
    assert old in manifest.read_text()
    manifest.write_text(manifest.read_text().replace(old, new, 1))
    location = CourseLocation(root / "exercises", root / "solutions")
    if not says:
        assert load_trained_checks(load_course(location).find("learn"))
        return
    with pytest.raises(ManifestError) as caught:
        load_trained_checks(load_course(location).find("learn"))
    assert says in caught.value.message


def test_checks_that_train_come_last(course: Course, tmp_path: Path) -> None:
    root = tmp_path / "spoilt"
    shutil.copytree(course.location.exercises.parent, root)
    manifest = root / "exercises" / "04_learn" / "exercise.toml"
    first, prediction, learns = manifest.read_text().split("[[check]]")
    learns, misconception = learns.split("[[misconception]]")
    text = [first, learns.replace('after = ["prediction"]\n', ""), prediction + "[[misconception]]" + misconception]
    manifest.write_text("[[check]]".join(text))
    with pytest.raises(ManifestError, match="the checks that train come last"):
        load_course(CourseLocation(root / "exercises", root / "solutions"))


def trainee(network: nn.Module, images: torch.Tensor, labels: torch.Tensor, *, cycle: bool, epochs: int = 1) -> Trainee:
    return Trainee(network, images, labels, seed=3, epochs=epochs, batch_size=16, learning_rate=0.01, one_cycle=cycle)


@pytest.mark.parametrize("cycle", [False, True])
def test_a_training_does_what_pytorchs_own_adam_would(cycle: bool) -> None:
    torch.manual_seed(0)
    images, labels = torch.randn(70, 1, 28, 28), torch.randint(10, (70,))
    network = nn.Sequential(nn.Flatten(), nn.Linear(784, 10))
    network.register_parameter("unused", nn.Parameter(torch.ones(2)))
    twin = copy.deepcopy(network)
    training = trainee(network, images, labels, cycle=cycle, epochs=3)
    training.train(seconds=60)
    assert (training.step, training.steps) == (15, 15)

    optimizer = torch.optim.Adam(twin.parameters(), lr=0.01)
    random = torch.Generator().manual_seed(3)
    step = 0
    for _ in range(3):
        for batch in torch.randperm(70, generator=random).split(16):
            optimizer.param_groups[0]["lr"] = 0.01 * (one_cycle(step / 15) if cycle else 1)
            optimizer.zero_grad()
            functional.cross_entropy(twin(images[batch]), labels[batch]).backward()
            optimizer.step()
            step += 1
    for mine, its in zip(network.parameters(), twin.parameters(), strict=True):
        torch.testing.assert_close(mine, its, rtol=1e-4, atol=1e-5)


def test_one_cycle_is_pytorchs(recwarn: pytest.WarningsRecorder) -> None:
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
    steps = 1000
    theirs = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=1.0, total_steps=steps, pct_start=0.3, cycle_momentum=False, final_div_factor=1e4
    )
    for step in range(steps):
        assert abs(float(str(theirs.get_last_lr()[0])) - one_cycle(step / steps)) < 0.01
        optimizer.step()
        if step < steps - 1:
            theirs.step()
    assert not recwarn.list


def test_a_last_batch_of_one_image_is_left_out() -> None:
    images, labels = torch.randn(17, 1, 28, 28), torch.randint(10, (17,))
    training = trainee(
        nn.Sequential(nn.Flatten(), nn.BatchNorm1d(784), nn.Linear(784, 10)), images, labels, cycle=False
    )
    training.train(seconds=60)
    assert (training.step, training.steps) == (1, 1)
