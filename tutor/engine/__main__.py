"""The engine's process: ``python -I -m tutor.engine EXERCISES SOLUTIONS``, started by :mod:`tutor.engine.client`.

It imports torch once, forks the server of workers before it has read anything of the course, and then judges.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import torch
from torch import nn

from tutor.course import CourseLocation
from tutor.engine.forkserver import ForkServer
from tutor.errors import GraderError


def main() -> None:
    """Run the engine."""
    # What an author's checks print must not get among the replies.
    replies = os.dup(1)
    os.dup2(2, 1)
    torch.set_num_threads(1)
    _warm_up()
    _assert_one_thread()
    server = ForkServer()
    # Imported only now: the server, and so every worker, is forked without it.
    from tutor.engine.service import Service

    exercises, solutions = sys.argv[1:]
    Service(CourseLocation(Path(exercises), Path(solutions)), server, requests=0, replies=replies).run()
    server.close()


def _warm_up() -> None:
    """Make torch import what it imports at first use: the first backward from a gradient takes some 490 modules."""
    block = nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), nn.BatchNorm2d(2), nn.ReLU())
    x = torch.zeros(1, 1, 4, 4, requires_grad=True)
    output = block(x)
    output.backward(torch.ones_like(output))
    block.load_state_dict(block.state_dict())
    torch.einsum("ij,jk->ik", torch.zeros(2, 2), torch.zeros(2, 2))
    repr((block, x))


def _assert_one_thread() -> None:
    """A process forked from one with several threads may hang in its first convolution."""
    tasks = Path("/proc/self/task")
    if tasks.is_dir() and len(list(tasks.iterdir())) != 1:
        raise GraderError("torch started threads in the engine before the server was forked")


main()
