"""What a worker says is checked before anything is done with it, and is never more than a person reads."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import pytest
import torch

from tutor.checks import Case, Submission, in_words
from tutor.checks.submission import SubmissionFault
from tutor.engine.channel import LocalChannel
from tutor.engine.program import ProgramJudge
from tutor.engine.wire import ModuleHandle

if TYPE_CHECKING:
    from tutor.course import Course
    from tutor.engine.client import EngineClient
    from tutor.verdict import Verdict

LONG = 3_000_000


class Says:
    """A program that makes a module, and answers everything else that it is asked in one way."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def request(self, do: str, **fields: Any) -> Any:
        return [ModuleHandle(0), {}] if do == "call" else self._answer


def module(answer: Any) -> Any:
    return Submission(Says(answer), Case()).Net()


@pytest.mark.parametrize(
    "answer",
    [
        [["weight", [torch.tensor([1, 2])]]],
        [["weight", [True]]],
        [["weight", [2.0]]],
        [["weight", [1] * 65]],
        [[torch.tensor([1, 2]), [2]]],
        [[None, [2]]],
        [["weight", (2,)]],
        [["weight", [2], 1]],
        (["weight", [2]],),
        [torch.zeros(2)],
        torch.zeros(2),
        None,
    ],
    ids=str,
)
def test_names_and_shapes_that_are_none_are_no_answer(answer: Any) -> None:
    value = torch.zeros(2)
    for name, values in (
        ("load_parameters", [value]),
        ("load_buffers", [value]),
        ("load_state_dict", {"weight": value}),
    ):
        with pytest.raises(SubmissionFault, match="what is no answer"):
            getattr(module(answer), name)(values)


@pytest.mark.parametrize("answer", [[1, {"1": torch.zeros(1)}], [1, {"input": 1}], [1, [], {}], [1], 1], ids=str)
def test_what_a_call_says_of_its_arguments_is_theirs_or_no_answer(answer: Any) -> None:
    with pytest.raises(SubmissionFault, match="what is no answer"):
        module(answer)(torch.zeros(2))


def test_long_odd_and_many_names_are_listed_so_that_they_can_be_read() -> None:
    answer = [["n" * LONG, [1]], ["two\nlines\x1b[2J", [2]], *[[f"p{number}", [3]] for number in range(5000)]]
    with pytest.raises(SubmissionFault) as fault:
        module(answer).load_parameters([torch.zeros(2)])
    message = str(fault.value)
    assert len(message) < 1000
    assert message.isprintable()
    assert r"'two\nlines\x1b[2J' (2,)" in message
    assert "and 4970 more" in message


def test_a_check_may_ask_for_a_name_that_a_module_has_not() -> None:
    for names in (module({"a\nb": None}).buffers(), module({"a\nb": None}).state_dict()):
        with pytest.raises(SubmissionFault, match=r"the module has no mean; it has: 'a\\nb'"):
            names["mean"]


@pytest.mark.parametrize("value", ["x" * LONG, "\x1b" * LONG, 10**4000, "x"], ids=["text", "controls", "number", "x"])
def test_a_value_in_words_is_short(value: object) -> None:
    assert len(in_words(value)) <= 120


def judged(engine: EngineClient, course: Course, slug: str, source: str) -> Verdict:
    verdict = engine.check(course.find(slug), source, learner="ada", seed=1)
    assert not verdict.passed
    return verdict


SCALE = "def scale(x, factor):\n    "


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (f"{SCALE}return 'x' * {LONG}", "the output is 'xxx"),
        (f"{SCALE}raise type('E' * {LONG}, (Exception,), {{}})('m' * {LONG})", "your code raised EEE"),
        (f"{SCALE}return {{'k' * {LONG}: 1}}", "the output is a dict"),
        (f"{SCALE}return x{' ' * 100_000}+ y", "NameError: name 'y' is not defined"),
        ("(" * 100_000, "too many nested parentheses"),
        (f"{SCALE}raise ValueError(*['first' + 500 * '\\n'])", "ValueError: first"),
        (f"{SCALE}return type('A\\n' * 50, (), {{}})()", r"'a submission.A\nA\nA"),
        (f"{SCALE}raise type('A\\n' * 50, (Exception,), {{}})('m')", r"'A\nA\nA"),
    ],
    ids=["text", "exception", "key", "line", "parentheses", "lines", "type's name", "exception's name"],
)
def test_megabytes_of_text_become_a_message_that_can_be_read(
    small_engine: EngineClient, small_course: Course, source: str, says: str
) -> None:
    verdict = judged(small_engine, small_course, "scale", source)
    message = verdict.message or verdict.checks[0].message
    assert says in message
    assert len(message) < 1000
    assert message.count("\n") <= 24
    assert verdict.checks[0].counterexample is None or len(verdict.checks[0].counterexample.got) < 200


def test_what_is_far_larger_than_what_is_asked_is_not_kept(small_course: Course) -> None:
    judging = ProgramJudge(small_course.find("scale"), seed=1)
    submission = LocalChannel()
    source = "import torch\ndef scale(x, factor):\n    return torch.zeros(3 << 20)\n"
    submission.request("load", source=source, filename="scale.py", forbidden={})
    finding = judging.check("values", submission)
    assert "has shape (3145728,)" in finding.message
    assert judging.misconceptions() == {}
    assert not [one for one in gc.get_objects() if type(one) is torch.Tensor and one.numel() > 1 << 20]
