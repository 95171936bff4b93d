"""The process that runs an author's programs: ``python -I -m tutor.authoring.prover EXERCISES SOLUTIONS``.

It reads tasks as JSON lines from stdin and answers with what it does and finds, line by line (see
:mod:`tutor.authoring.outcomes`). It says what it is about to run before it runs it, so that whoever listens knows which
program never ends. It ends with its stdin, and with its parent.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import torch

from tutor.authoring.hand_proof import HandProof
from tutor.authoring.outcomes import Done, Message, Step, Task
from tutor.authoring.program_proof import ProgramProof
from tutor.authoring.proof import Files, Proof, Stop
from tutor.authoring.training_proof import training_outcomes
from tutor.course import Course, CourseLocation, load_course
from tutor.errors import TutorError

if TYPE_CHECKING:
    from collections.abc import Iterator


def main() -> None:
    """Answer tasks until stdin ends."""
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    # What an author's programs print must not get among the answers.
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    torch.set_num_threads(1)
    # What is imported stays: no use in looking for garbage in it again and again.
    gc.collect()
    gc.freeze()
    exercises, solutions = map(Path, sys.argv[1:])
    course = load_course(CourseLocation(exercises, solutions))

    def say(message: Message) -> None:
        answers.write(msgspec.json.encode(message) + b"\n")

    for line in sys.stdin.buffer:
        for step in steps(course, msgspec.json.decode(line, type=Task)):
            say(step)
        say(Done())


def steps(course: Course, task: Task) -> Iterator[Step]:
    """Carry out a task; the last step says it where no more can be proved."""
    exercise = course.find(task.slug)
    proof: Proof = HandProof(exercise) if exercise.is_compute else ProgramProof(exercise)
    try:
        if task.basics:
            yield from proof.basics()
        for number in task.numbers:
            yield from proof.on(number, whole=number in task.whole)
        if task.trains_on:
            yield from training_outcomes(exercise, task.trains_on)
    except Stop as stop:
        yield stop.broken
    except TutorError as error:
        yield Files(exercise).broken(error)


def _end_with(parent: int) -> None:
    """End when the parent is gone, however it went and whatever runs here: nobody would notice an endless loop."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


if __name__ == "__main__":
    main()
