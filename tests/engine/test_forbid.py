"""Autograd is forbidden by what runs while it works, whoever set it going; all else runs as ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from torch.autograd import forward_ad

from tutor.course.manifest import FORBIDDABLE
from tutor.engine.forbid import ForbiddenOperator, ForbidMode

if TYPE_CHECKING:
    from collections.abc import Callable

# Forward mode imports what PyTorch itself warns of.
pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.script:FutureWarning")

AUTOGRAD = dict.fromkeys(FORBIDDABLE["torch.autograd"], "torch.autograd")
NORMS = dict.fromkeys(FORBIDDABLE["torch.nn.functional.batch_norm"], "torch.nn.functional.batch_norm")


def cube(x: torch.Tensor) -> torch.Tensor:
    return x * x * x


class Cube(torch.autograd.Function):
    """A function whose way back is written by hand, as autograd would call it."""

    @staticmethod
    def forward(ctx: object, x: torch.Tensor) -> torch.Tensor:
        return cube(x)

    @staticmethod
    def backward(ctx: object, *grads: torch.Tensor) -> torch.Tensor:
        return grads[0] * 3


def leaf() -> torch.Tensor:
    return torch.tensor([1.0, -2.0], requires_grad=True)


def by_dual_numbers() -> None:
    with forward_ad.dual_level():
        dual = cube(forward_ad.make_dual(leaf().detach(), torch.ones(2)))
        assert forward_ad.unpack_dual(dual).tangent.tolist() == [3, 12]


WAYS: dict[str, Callable[[], object]] = {
    "backward": lambda: cube(leaf()).sum().backward(),
    "grad": lambda: torch.autograd.grad(cube(x := leaf()), x, torch.ones(2)),
    "own function": lambda: Cube.apply(leaf()).sum().backward(),
    "functional.jacobian": lambda: torch.autograd.functional.jacobian(cube, leaf()),
    "functional.vjp": lambda: torch.autograd.functional.vjp(cube, leaf(), torch.ones(2)),
    "func.grad": lambda: torch.func.grad(lambda x: cube(x).sum())(leaf().detach()),
    "func.vjp": lambda: torch.func.vjp(cube, leaf().detach())[1](torch.ones(2)),
    "func.jacrev": lambda: torch.func.jacrev(cube)(leaf().detach()),
    "func.jvp": lambda: torch.func.jvp(cube, (leaf().detach(),), (torch.ones(2),)),
    "func.jacfwd": lambda: torch.func.jacfwd(cube)(leaf().detach()),
    "dual numbers": by_dual_numbers,
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_a_derivative_is_seen(way: str) -> None:
    with pytest.raises(ForbiddenOperator, match=r"^torch\.autograd may not be used here"), ForbidMode(AUTOGRAD):
        WAYS[way]()


@pytest.mark.parametrize("way", WAYS)
def test_where_it_is_not_forbidden_it_works(way: str) -> None:
    with ForbidMode(NORMS):
        WAYS[way]()


def test_what_only_could_be_gone_back_from_is_let_be() -> None:
    x = leaf()
    with ForbidMode(AUTOGRAD):
        y = cube(x)
        assert y.detach().tolist() == [1, -8]
    y.sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [3, 12]


def test_one_attempt_that_was_refused_leaves_nothing_behind() -> None:
    with ForbidMode(AUTOGRAD):
        for way in ("grad", "func.jvp", "dual numbers"):
            with pytest.raises(ForbiddenOperator):
                WAYS[way]()
        assert cube(torch.tensor([2.0])).item() == 8


@pytest.mark.parametrize(
    "call",
    [
        lambda x, g, one: torch.ops.aten.native_batch_norm_backward(
            g, x, one, None, None, x.mean(0), x.var(0), True, 1e-5, [True, True, True]
        ),
        lambda x, g, one: torch.ops.aten.native_layer_norm_backward(
            g, x, [2], x.mean(1, True), x.var(1, keepdim=True), one, one, [True, True, True]
        ),
        lambda x, g, one: torch.ops.aten.native_group_norm_backward(
            g, x, x[:, :1], x[:, :1], one, 3, 2, 1, 1, [True, True, True]
        ),
    ],
)
def test_a_norm_cannot_be_gone_back_through_by_its_own_operator(call: Callable[..., object]) -> None:
    x, g, one = torch.tensor([[1.0, 2.0], [3.0, 5.0], [4.0, 1.0]]), torch.ones(3, 2), torch.ones(2)
    with (
        pytest.raises(ForbiddenOperator, match=r"^torch\.nn\.functional\.batch_norm may not be used here"),
        ForbidMode(NORMS),
    ):
        call(x, g, one)
