"""Cases too large to be written out, and faults that are the same under other names."""

from __future__ import annotations

from typing import Any

import torch

from tutor.checks import Case, Submission, Words, check, in_words
from tutor.checks.check import Observation, Trouble
from tutor.checks.compare import difference, same_observation
from tutor.checks.transcript import write
from tutor.course.manifest import Tolerance
from tutor.engine.channel import LocalChannel

TOLERANCE = Tolerance(atol=1e-9, rtol=1e-9, says="nearly exact")
PYTHON = "rng = torch.Generator().manual_seed(3)\nx = torch.randn(2, 30, generator=rng)\nw = torch.full((1, 30), 2.0)"
PROGRAM = """
from torch import nn

class Linear(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.{name} = nn.Linear(n, 1{more})

    def forward(self, x):
        return self.{name}(x)
"""


def cases(_rng: torch.Generator) -> list[Case]:
    return [Case.from_python(PYTHON, n=30)]


@check("output", cases)
def output(submission: Submission, case: Case) -> dict[str, Any]:
    module = submission.Linear(case.n)
    module.load_parameters([case.w, torch.ones(1)])
    return {"output": module(case.x), "other": module(case.w)}


def observe(name: str, more: str = "", case: Case | None = None) -> Observation:
    channel = LocalChannel()
    channel.request("load", source=PROGRAM.format(name=name, more=more), filename="linear.py", forbidden={})
    return output.observe(channel, case or output.draw(1)[0])


def text(observation: Observation) -> str:
    assert observation.transcript is not None
    return observation.transcript.text()


def test_a_case_made_by_lines_has_what_they_bind_and_shows_them_once() -> None:
    case = output.draw(1)[0]
    assert (case.n, case.x.shape, case.w.sum().item()) == (30, (2, 30), 60)
    written = text(observe("fc"))
    assert written.count(PYTHON) == 1
    namespace: dict[str, Any] = {}
    exec(PROGRAM.format(name="fc", more="") + "\n" + written, namespace)
    assert torch.equal(namespace["x"], case.x)


def test_a_value_that_was_replaced_is_written_out_and_the_lines_do_not_bind_it_again() -> None:
    case = output.draw(1)[0].replaced("x", torch.ones(2, 30))
    written = text(observe("fc", case=case))
    assert "x = torch.ones((2, 30))" in written
    assert "w = torch.tensor([[2., 2.," in written
    assert "manual_seed" not in written


def test_a_large_tensor_of_one_number_is_written_without_repeating_it() -> None:
    for value in (torch.zeros(9, 9), torch.ones(60).double(), torch.full((8, 8), -2.5), torch.zeros(50).long()):
        python = write(value)
        assert len(python) < 60
        again = eval(python, {"torch": torch})
        assert (again.dtype, again.shape) == (value.dtype, value.shape)
        assert torch.equal(again, value)
    assert write(torch.zeros(2)) == "torch.tensor([0., 0.])"
    assert write(torch.zeros(0)) == "torch.tensor([])"


def test_parameters_that_do_not_fit_are_the_same_fault_under_other_names_but_not_with_other_shapes() -> None:
    one, other = observe("fc", ", bias=False"), observe("my_layer", ", bias=False")
    assert isinstance(one.values, Trouble)
    assert isinstance(other.values, Trouble)
    assert "the parameters of Linear(30) do not fit" in one.values.says
    assert one.values.says != other.values.says
    assert same_observation(one, other, TOLERANCE)
    assert not same_observation(one, observe("fc", " + 1"), TOLERANCE)


def test_what_is_said_in_words_is_shown_without_quotes() -> None:
    expected = Observation({"a call": Words("the same numbers")})
    found = difference(expected, Observation({"a call": Words("other numbers")}), TOLERANCE)
    assert found is not None
    assert found.says == "a call is other numbers; expected the same numbers"
    assert (found.expected, found.got) == ("the same numbers", "other numbers")
    assert in_words("text") == "'text'"


def test_a_program_that_is_kept_lets_its_modules_go() -> None:
    channel = LocalChannel()
    channel.request("load", source=PROGRAM.format(name="fc", more=""), filename="linear.py", forbidden={})
    first = channel.request("call", name="Linear", args=[3], kwargs={})[0]
    channel.forget_modules()
    assert channel.request("call", name="Linear", args=[3], kwargs={})[0] == first
