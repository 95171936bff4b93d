"""A right answer passes in whatever honest form it comes."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Grader

SCALE = {
    "float64_math": """
        import math

        import torch

        def scale(x, factor):
            return torch.tensor([[math.fsum([value] * factor) for value in row] for row in x.tolist()], dtype=x.dtype)
        """,
    "list_comprehension": """
        def scale(x, factor):
            return x.new_tensor([[value * factor for value in row] for row in x.tolist()])
        """,
    "einsum": """
        import torch

        def scale(x, factor):
            return torch.einsum("nm,->nm", x, x.new_tensor(factor))
        """,
    "views": """
        def scale(x, factor):
            return (x.t().reshape(-1) * factor).view(x.shape[1], x.shape[0]).t()
        """,
    "non_contiguous": """
        import torch

        def scale(x, factor):
            answer = torch.stack((x * factor, x), dim=-1)[..., 0]
            assert x.numel() < 2 or not answer.is_contiguous()
            return answer
        """,
    "expanded": """
        def scale(x, factor):
            return x * x.new_tensor(factor).expand(x.shape)
        """,
    "with_a_graph": """
        import torch

        def scale(x, factor):
            return x * torch.tensor(float(factor), dtype=x.dtype, requires_grad=True)
        """,
    "a_parameter": """
        from torch import nn

        def scale(x, factor):
            return nn.Parameter(x * factor)
        """,
    "in_place_on_its_own": """
        def scale(x, factor):
            answer = x.clone()
            answer *= factor
            return answer
        """,
    "a_dataclass": """
        from __future__ import annotations

        from dataclasses import dataclass

        import torch

        @dataclass(frozen=True)
        class Scaling:
            factor: float

            def __call__(self, x: torch.Tensor) -> torch.Tensor:
                return x * self.factor

        def scale(x: torch.Tensor, factor: float) -> torch.Tensor:
            return Scaling(factor)(x)
        """,
    "numpy": """
        import numpy as np
        import numpy.linalg
        import torch

        def scale(x, factor):
            return torch.from_numpy(np.multiply(x.numpy(), factor))
        """,
    "threads": """
        from concurrent.futures import ThreadPoolExecutor

        import torch

        def scale(x, factor):
            with ThreadPoolExecutor(4) as pool:
                return torch.stack(list(pool.map(lambda row: row * factor, x)))
        """,
    "threads_of_torch": """
        import torch

        torch.set_num_threads(2)

        def scale(x, factor):
            torch.randn(200, 200) @ torch.randn(200, 200)
            return x * factor
        """,
    "a_temporary_file": """
        import tempfile

        import torch

        def scale(x, factor):
            with tempfile.NamedTemporaryFile() as file:
                torch.save(x * factor, file)
                file.seek(0)
                return torch.load(file)
        """,
    "files_of_its_own": """
        import json
        import os
        import shutil
        from pathlib import Path

        import torch

        def scale(x, factor):
            Path("a/b").mkdir(parents=True, exist_ok=True)
            Path("a/b/x.json").write_text(json.dumps(x.tolist()))
            shutil.copyfile("a/b/x.json", "y.json")
            os.replace("y.json", "a/z.json")
            answer = torch.tensor(json.loads(Path("a/z.json").read_text()), dtype=x.dtype) * factor
            shutil.rmtree("a")
            return answer
        """,
    "prints_and_warns": """
        import sys
        import warnings

        def scale(x, factor):
            print("here", x)
            print("there", file=sys.stderr)
            warnings.warn("careful")
            return x * factor
        """,
    "libraries_as_they_are_needed": """
        import torch

        def scale(x, factor):
            import collections, csv, dataclasses, datetime, decimal, fractions, functools, itertools, math, random
            import sqlite3, statistics, threading, typing, uuid, zoneinfo
            import numpy.fft, numpy.random
            import torch.distributions, torch.fft, torch.nn.utils.parametrize, torch.optim.lr_scheduler
            random.seed(1)
            numpy.random.default_rng(1)
            torch.manual_seed(1)
            return x * factor
        """,
    "a_layer_trained_for_it": """
        import torch
        from torch import nn

        def scale(x, factor):
            layer = nn.Conv2d(1, 2, 3)
            layer(torch.randn(2, 1, 8, 8)).sum().backward()
            with torch.no_grad():
                for parameter in layer.parameters():
                    parameter -= 0.1 * parameter.grad
            return x * factor
        """,
    "looks_around_and_finds_nothing": """
        import os

        def scale(x, factor):
            for attempt in (lambda: open("/etc/passwd"), os.fork, lambda: os.listdir("/"), lambda: __import__("rich")):
                try:
                    attempt()
                except (OSError, ImportError):
                    pass
            return x * factor
        """,
}

AFFINE = {
    "functional_and_views": """
        import torch
        from torch import nn

        class Affine(nn.Module):
            def __init__(self, features):
                super().__init__()
                self.both = nn.ParameterList([torch.ones(features), torch.zeros(features)])

            def forward(self, x):
                weight, bias = self.both
                return torch.addcmul(bias.expand_as(x), x, weight).t().t()
        """,
    "an_autograd_function": """
        import torch
        from torch import nn

        class Multiply(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x, weight):
                ctx.save_for_backward(x, weight)
                return x * weight

            @staticmethod
            def backward(ctx, grad):
                x, weight = ctx.saved_tensors
                return grad * weight, (grad * x).sum(0)

        class Affine(nn.Module):
            def __init__(self, features):
                super().__init__()
                self.weight = nn.Parameter(torch.ones(features))
                self.bias = nn.Parameter(torch.zeros(features))

            def forward(self, x):
                return Multiply.apply(x, self.weight) + self.bias
        """,
    "einsum": """
        import torch
        from torch import nn

        class Affine(nn.Module):
            def __init__(self, features):
                super().__init__()
                self.weight = nn.Parameter(torch.ones(features))
                self.bias = nn.Parameter(torch.zeros(features))

            def forward(self, x):
                return torch.einsum("nf,f->nf", x, self.weight) + self.bias
        """,
}


@pytest.mark.parametrize(
    ("slug", "name"), [*(("scale", name) for name in SCALE), *(("affine", name) for name in AFFINE)]
)
def test_a_right_answer_passes(graders: dict[tuple[str, bool], Grader], slug: str, name: str) -> None:
    grader = graders["small", False]
    source = textwrap.dedent({"scale": SCALE, "affine": AFFINE}[slug][name])
    verdict = grader.engine.check(grader.course.find(slug), source, learner="ada", seed=1)
    assert verdict.verdict == "pass", verdict
    assert list(grader.temporary.iterdir()) == []
