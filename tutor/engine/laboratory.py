"""Trials in the engine: networks are trained where their program is, and scored here, on labels that it never sees."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from tutor.checks.check import raised_in_words
from tutor.checks.trained import CLASSES, Lab, score
from tutor.engine.channel import LocalChannel, SubmissionRaised
from tutor.engine.findings import Finding
from tutor.engine.program import load_known
from tutor.engine.trainee import TELL_EVERY_S
from tutor.errors import GraderError
from tutor.lab.data import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tutor.checks.check import Trouble
    from tutor.checks.trained import Judgement, Score, TrainedCheck, Trial
    from tutor.course import Exercise
    from tutor.engine.channel import Channel
    from tutor.lab.data import Data

PIECE = 10_000
"""How many images go over the wire at once: 31 MB."""
TRAIN_SCORED = 2_000
"""On how many of the training images the training loss is taken."""

_OURS: dict[tuple[str, Trial, str], tuple[Score, ...]] = {}
"""What the author's networks came to; they come to it again."""


class NoLogits(Exception):
    """What a network gives is no logits; the message says what it gives."""


@dataclass
class Laboratory:
    """Trains the networks of one exercise.

    Args:
        exercise: whose trials.
        data: see :func:`tutor.lab.data.load`.
        say: told what is being done, in a few words, twice a second; it may raise to break the training off.
    """

    exercise: Exercise
    data: str | None
    say: Callable[[str], None]
    _loaded: Data | None = None
    _scores: dict[Trial, tuple[Score, ...]] = field(default_factory=dict)
    _supplied: list[Channel] = field(default_factory=list)

    def check(self, check: TrainedCheck, submission: Channel) -> tuple[Finding, str]:
        """Train what a check asks for, and judge it.

        Returns:
            The finding, and the misconception that shows in it, or an empty text.

        Raises:
            SubmissionTimedOut, SubmissionDied: the submission's process is gone.
            DataError: there is nothing to train on.
            GraderError: the author's networks cannot be trained.
        """
        try:
            judgement = self.judgement(check, submission)
        except SubmissionRaised as error:
            return Finding("error", raised_in_words(error.raised)), ""
        except NoLogits as fault:
            return Finding("fail", str(fault)), ""
        return Finding("pass" if judgement.passed else "fail", judgement.says), judgement.misconception

    def judgement(self, check: TrainedCheck, submission: Channel) -> Judgement:
        """Train what a check asks for, and have it judged.

        Raises:
            SubmissionRaised: the submission does.
            NoLogits: its network gives none.
        """
        # Theirs may not even have what is asked for: that is seen before ours are trained for half a minute.
        values = {name: submission.request("get", name=name) for name in check.values}
        scores = {trial: self._of(trial, submission) for trial in check.trials}
        return check.judge(Lab(self._the_data().name, scores, values))

    def _of(self, trial: Trial, submission: Channel) -> tuple[Score, ...]:
        if trial not in self._scores:
            self._scores[trial] = self._ours(trial) if trial.is_ours else tuple(self._trained(trial, submission))
        return self._scores[trial]

    def _ours(self, trial: Trial) -> tuple[Score, ...]:
        key = self.exercise.fingerprint(), trial, self._the_data().name
        if key not in _OURS:
            oracle = self.exercise.oracle_answer
            program: LocalChannel | Trouble = load_known(self.exercise, oracle)
            if not isinstance(program, LocalChannel):
                raise GraderError(f"{oracle.path}: {program.says}")
            try:
                _OURS[key] = tuple(self._trained(trial, program))
            except (SubmissionRaised, NoLogits) as error:
                raise GraderError(f"{oracle.path}: {trial.symbol} cannot be trained: {error}") from None
            finally:
                self._supplied.remove(program)
        return _OURS[key]

    def _trained(self, trial: Trial, program: Channel) -> Iterator[Score]:
        data = self._the_data()
        self._supply(program)
        for number, seed in enumerate(trial.seeds, start=1):
            which = f", seed {number} of {len(trial.seeds)}" if len(trial.seeds) > 1 else ""
            what = f"training {trial.title}{which}"
            self.say(what)
            program.request(
                "begin_training",
                name=trial.symbol,
                args=list(trial.args),
                seed=seed,
                images=trial.images,
                epochs=trial.epochs,
                batch_size=trial.batch_size,
                learning_rate=trial.learning_rate,
                one_cycle=trial.one_cycle,
            )
            while True:
                step, steps, loss = _how_far(program.request("train", seconds=TELL_EVERY_S))
                self.say(f"{what}: step {step} of {steps}, loss {loss:.3f}")
                if step >= steps:
                    break
            # In an order that nobody can know: whoever counts along has no list of answers to read from.
            order = torch.randperm(len(data.test))
            seen = data.train.images[:TRAIN_SCORED]
            yield score(
                self._logits(program, data.test.images[order]),
                data.test.labels[order],
                self._logits(program, seen),
                data.train.labels[:TRAIN_SCORED],
            )

    def _logits(self, program: Channel, images: torch.Tensor) -> torch.Tensor:
        found = []
        for piece in images.split(PIECE):
            self.say("asking the network for its answers")
            logits = program.request("logits", images=piece)
            if not (isinstance(logits, torch.Tensor) and logits.is_floating_point()):
                raise NoLogits("your network's output is no tensor of floating-point numbers")
            if logits.shape != (len(piece), CLASSES):
                asked = f"{len(piece)} images want logits of shape {(len(piece), CLASSES)}"
                raise NoLogits(f"your network gives shape {tuple(logits.shape)}; {asked}")
            if not logits.isfinite().all():
                raise NoLogits("after the training your network gives numbers that are not finite (NaN or infinity)")
            found.append(logits.float())
        return torch.cat(found)

    def _supply(self, program: Channel) -> None:
        """Send a program what it trains on, once."""
        if program in self._supplied:
            return
        train = self._the_data().train
        for images, labels in zip(train.images.split(PIECE), train.labels.split(PIECE), strict=True):
            self.say("handing out the training images")
            program.request("take_images", images=images, labels=labels)
        self._supplied.append(program)

    def _the_data(self) -> Data:
        if self._loaded is None:
            self._loaded = load(self.data, say=self.say)
        return self._loaded


def _how_far(reply: Any) -> tuple[int, int, float]:
    """Steps taken, steps in all and the last loss, as far as a worker's word goes: it is shown, and decides nothing."""
    match reply:
        case [int(step), int(steps), float(loss)]:
            return step, steps, loss
    return 1, 1, math.nan
