"""What an author of checks uses: ``from tutor.checks import Case, check, …``.

A check is a function that reads like a plain PyTorch test. It is run twice on every case: on the reference, and on the
learner's submission, and what the two return is compared. That the submission's calls run in another process is the
engine's business::

    def cases(rng):
        for n, h, w in [(1, 2, 3), (2, 4, 3)]:
            yield Case(x=integers(rng, n, 3, h, w), weight=integers(rng, 5, 3, 3, 3))

    @check("values", cases)
    def values(submission, case):
        return {"output": submission.conv2d(case.x, case.weight)}
"""

from tutor.checks.cases import Case, integers, normal
from tutor.checks.check import Check, Observation, Trouble, check
from tutor.checks.submission import Module, Submission, in_words, named
from tutor.checks.trained import Judgement, Lab, Score, TrainedCheck, Trial, percentage, trained
from tutor.checks.transcript import Words
from tutor.checks.windows import sliding_window

__all__ = [
    "Case",
    "Check",
    "Judgement",
    "Lab",
    "Module",
    "Observation",
    "Score",
    "Submission",
    "TrainedCheck",
    "Trial",
    "Trouble",
    "Words",
    "check",
    "in_words",
    "integers",
    "named",
    "normal",
    "percentage",
    "sliding_window",
    "trained",
]
