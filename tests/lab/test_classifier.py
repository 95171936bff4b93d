"""Digits that are drawn, classified by networks that were really trained."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec
import pytest
import torch

from tutor.errors import UsageError
from tutor.lab.checkpoints import Checkpoint, CheckpointFolder, keep_weights
from tutor.lab.classifier import Answer, Drawn, Guesses
from tutor.lab.classifying import Classifier
from tutor.lab.drawing import Point, as_in_mnist, blank, grey_values, with_stroke
from tutor.lab.events import Failed, Loading
from tutor.lab.mine import lay_down
from tutor.lab.networks import build
from tutor.lab.plan import Plan
from tutor.lab.runs import Run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.lab.conftest import Finished

STROKES: dict[int, list[Point]] = {
    0: [(14, 4), (8, 9), (8, 19), (14, 24), (20, 19), (20, 9), (14, 4)],
    1: [(14, 4), (14, 24)],
    4: [(17, 24), (17, 4), (7, 17), (21, 17)],
}


def image_of(points: list[Point]) -> bytes:
    image = blank()
    for start, end in pairwise(points):
        image = with_stroke(image, start, end)
    return grey_values(as_in_mnist(image))


def run_with(folder: Path, plan: Plan) -> Run:
    """A run of which nothing is trained."""
    folder.mkdir(parents=True)
    run = Run(folder)
    run.plan_file.write_bytes(msgspec.json.encode(plan))
    return run


class Asking:
    """A classifier that a test asks and waits for."""

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self._answers = classifier.answers()
        self._number = 0

    def ask(self, grey: bytes) -> Guesses:
        self._number += 1
        self._classifier.ask(self._number, grey)
        answer = self.until_it_answers()
        assert isinstance(answer, Guesses), answer
        assert answer.number == self._number
        return answer

    def until_it_answers(self) -> Answer:
        return next(answer for answer in self._answers if not isinstance(answer, Loading))


@pytest.fixture
def asking() -> Iterator[list[Classifier]]:
    """Classifiers that the test has started; they are closed when it is over."""
    started: list[Classifier] = []
    yield started
    for classifier in started:
        classifier.close()


def best(probabilities: tuple[float, ...]) -> int:
    return max(range(10), key=probabilities.__getitem__)


def test_a_digit_of_straight_pixels_is_recognised_by_each_network_of_a_run(finished: Finished) -> None:
    with closing(Classifier(finished.run)) as classifier:
        asked = Asking(classifier)
        for digit, points in STROKES.items():
            guesses = asked.ask(image_of(points)).guesses
            assert [(guess.network, guess.step) for guess in guesses] == [("base", None), ("bn", None)]
            for guess in guesses:
                assert best(guess.probabilities) == digit, guess
                assert sum(guess.probabilities) == pytest.approx(1)
        # Wherever it is drawn.
        moved = [(x / 2 + 1, y / 2 + 12) for x, y in STROKES[1]]
        assert [best(guess.probabilities) for guess in asked.ask(image_of(moved)).guesses] == [1, 1]
        classifier.close()
        assert list(asked._answers) == [], "that it was closed is no failure"


def test_what_comes_to_be_trained_meanwhile_is_asked_too(tmp_path: Path, asking: list[Classifier]) -> None:
    run = run_with(tmp_path / "run", Plan("bn"))
    asking.append(Classifier(run))
    asked = Asking(asking[0])
    assert asked.ask(bytes(784)).guesses == ()

    first, second = build("base"), build("bn")
    folder = CheckpointFolder(run.checkpoints_folder)
    folder.write(Checkpoint("base", {"network": first.state_dict(), "step": 40}, seconds=1.0))
    guesses = asked.ask(bytes(784)).guesses
    assert [(guess.network, guess.step) for guess in guesses] == [("base", 40)]

    keep_weights(run.weights_file("base"), first)
    with torch.no_grad():
        second.get_parameter("linear3.bias")[3] = 100.0
    folder.write(Checkpoint("bn", {"network": second.state_dict(), "step": 7}, seconds=2.0))
    guesses = asked.ask(bytes(784)).guesses
    assert [(guess.network, guess.step) for guess in guesses] == [("base", None), ("bn", 7)]
    assert best(guesses[1].probabilities) == 3


def test_a_damaged_checkpoint_is_passed_over_and_left_where_it_is(tmp_path: Path) -> None:
    folder = CheckpointFolder(tmp_path / "checkpoints")
    assert folder.look() is None
    for step in (1, 2):
        folder.write(Checkpoint("base", {"step": step}, seconds=0.0))
    newest = max((tmp_path / "checkpoints").iterdir())
    newest.write_bytes(b"half of it")
    found = folder.look()
    assert found is not None
    assert found.training == {"step": 1}
    assert newest.exists()


SPEAKS = """
import sys

from torch import nn


class Dropout(nn.Module):
    def __init__(self, p=0.5):
        super().__init__()

    def forward(self, x):
        print("what a learner prints")
        assert sys.stdin.read() == ""
        return x
"""


def test_a_learners_own_layers_are_used_and_may_print(tmp_path: Path, asking: list[Classifier]) -> None:
    run = run_with(tmp_path / "run", Plan(networks=("dropout",)))
    lay_down(run.folder, {"dropout.py": SPEAKS})
    keep_weights(run.weights_file("dropout"), build("dropout"))
    asking.append(Classifier(run))
    assert [guess.network for guess in Asking(asking[0]).ask(bytes(784)).guesses] == ["dropout"]
    assert "what a learner prints" in (run.folder / "classifier.log").read_text()


@pytest.mark.parametrize(
    ("spoilt", "says"),
    [
        ("plan", "There is no experiment"),
        ("weights", "cannot be read"),
        ("layer", "Your dropout.py, line 1, `1 / 0`: ZeroDivisionError"),
    ],
)
def test_what_cannot_be_asked_says_why(spoilt: str, says: str, tmp_path: Path, asking: list[Classifier]) -> None:
    run = run_with(tmp_path / "run", Plan("nonsense") if spoilt == "plan" else Plan("dropout"))
    if spoilt == "weights":
        run.weights_file("base").parent.mkdir()
        run.weights_file("base").write_bytes(b"no weights")
    if spoilt == "layer":
        lay_down(run.folder, {"dropout.py": "1 / 0\n"})
    asking.append(Classifier(run))
    asking[0].ask(1, bytes(784))
    answer = Asking(asking[0]).until_it_answers()
    assert isinstance(answer, Failed)
    assert says in answer.message


def test_a_process_that_dies_without_a_word_is_told_of(tmp_path: Path, asking: list[Classifier]) -> None:
    asking.append(Classifier(run_with(tmp_path / "run", Plan("bn"))))
    asked = Asking(asking[0])
    asked.ask(bytes(784))
    asking[0]._process.kill()
    answer = asked.until_it_answers()
    assert isinstance(answer, Failed)
    assert "without a word" in answer.message
    asking[0].ask(2, bytes(784))  # into a pipe that nobody reads


def test_a_run_whose_folder_is_gone_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"classifier\.log: cannot be written to"):
        Classifier(Run(tmp_path / "gone"))


def test_it_ends_when_its_stdin_does(tmp_path: Path) -> None:
    run = run_with(tmp_path / "run", Plan("bn"))
    done = subprocess.run(
        [sys.executable, "-P", "-m", "tutor.lab.classifier", str(run.folder)],
        input=msgspec.json.encode(Drawn(1, bytes(784))) + b"\n",
        capture_output=True,
        check=True,
    )
    first, last = done.stdout.splitlines()
    assert msgspec.json.decode(first, type=Answer) == Loading("loading PyTorch")
    assert msgspec.json.decode(last, type=Answer) == Guesses(1, ())
