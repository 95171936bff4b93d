"""The training process, ``python -m tutor.lab.trainer RUN_FOLDER``; :func:`tutor.lab.launching.start_run` starts it.

``torchrun --nproc-per-node 2 -m tutor.lab.trainer RUN_FOLDER`` trains with two processes: ``cnn-tutor train
--processes 2``.

The loop itself stands in :mod:`tutor.lab.training`; :mod:`tutor.lab.narration` runs it and tells it as events. Here is
how the process begins and ends.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tutor.engine.sandbox.process import die_with_parent
from tutor.errors import TutorError
from tutor.lab.events import Ended, Failed, Loading, encode
from tutor.lab.mine import told_as_theirs
from tutor.lab.runs import Run
from tutor.lab.wishes import Stopped

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from tutor.lab.events import Event


def main(run: Run) -> int:
    """Train what the run's plan asks for, and say how it ended.

    Returns:
        The exit code: 0 finished or stopped, 1 failed.
    """
    if "WORLD_SIZE" in os.environ:
        with suppress(OSError):
            die_with_parent(os.getppid())  # torchrun, which is what a face can kill
    # Of the processes that torchrun starts for one training, one tells what happens.
    is_first = os.environ.get("RANK", "0") == "0"
    # Unbuffered: each line is one write, whole and at once, whatever happens to the process.
    with run.events_file.open("ab", buffering=0) as file:

        def say(event: Event) -> None:
            if is_first:
                file.write(encode(event))

        began = time.monotonic()

        def stopped() -> Ended:
            return Ended("stopped", seconds=time.monotonic() - began)

        def stop_now(_number: int, _frame: FrameType | None) -> None:
            # No exception: what is being imported when the signal comes may swallow it, or break in odd ways.
            say(stopped())
            os._exit(0)

        _on_signals(stop_now)
        last: Event
        try:
            plan = run.plan()
            say(Loading("loading PyTorch"))
            if plan.recipe.deterministic:
                # Without it cuBLAS refuses to be deterministic; it is read once, when CUDA is first used.
                os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
            # Now and not above: importing torch takes seconds, and the face should know what it waits for.
            from tutor.lab.narration import tell_experiment

            tell_experiment(plan, run, say)
            last = Ended("finished", seconds=time.monotonic() - began)
        except Stopped:
            last = stopped()
        except Exception as error:
            traceback.print_exc()
            last = _in_words(error, run)
        _on_signals(signal.SIG_IGN)
        say(last)
    return 1 if isinstance(last, Failed) else 0


def _on_signals(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, handler)


def _in_words(error: Exception, run: Run) -> Failed:
    if isinstance(error, TutorError):
        return Failed(error.message, error.remedy)
    if theirs := told_as_theirs(error):
        return Failed(theirs.message, theirs.remedy)
    # torch.OutOfMemoryError, by its name: torch may be what could not be imported.
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return Failed(
            "There is not enough memory for this training, even in small parts.",
            "End what else takes memory there, or take another --device.",
        )
    words = " ".join(str(error).split())
    return Failed(f"The training broke off: {type(error).__name__}: {words}", f"Where it happened: {run.log_file}")


if __name__ == "__main__":
    sys.exit(main(Run(Path(sys.argv[1]))))
