"""From a save to its verdict in ``cnn-tutor watch``. Aim: median 100 ms, 95th percentile 200 ms.

Run it with ``python -m benchmarks.watch [EXERCISE]``, on a machine that does nothing else.
"""

from __future__ import annotations

import time
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from benchmarks.in_terminal import in_terminal
from benchmarks.measuring import PROGRAM, ROUNDS, apart, asked_for, right_and_wrong, show
from tutor.draw.verdict import HEADLINES

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.in_terminal import Terminal

PASSED, FAILED = HEADLINES["pass"][0], HEADLINES["fail"][0]


def main() -> None:
    """Measure and print."""
    with apart() as (course, workspace):
        exercise = asked_for(course, "3")
        right, wrong = right_and_wrong(exercise)
        path = workspace.path(exercise)
        path.write_text(right, encoding="utf-8")
        measured: dict[str, list[float]] = {}
        with in_terminal([PROGRAM, "watch", str(exercise.number)], workspace.root) as terminal:
            terminal.wait_for(PASSED)
            # The first time the wrong programs are run for the diagnosis.
            until_verdict(terminal, partial(path.write_text, wrong, encoding="utf-8"), FAILED)
            until_verdict(terminal, partial(path.write_text, right, encoding="utf-8"), PASSED)
            saves: dict[str, Callable[[str], object]] = {
                "written in place": partial(path.write_text, encoding="utf-8"),
                "renamed over it": partial(workspace.write, exercise),
            }
            for how, save in saves.items():
                for text, headline in ((wrong, FAILED), (right, PASSED)) * ROUNDS:
                    seconds = until_verdict(terminal, partial(save, text), headline)
                    measured.setdefault(f"{headline}, {how}", []).append(seconds)
        show({**measured, "all": [*chain(*measured.values())]})


def until_verdict(terminal: Terminal, save: Callable[[], object], headline: str) -> float:
    """From a save until the verdict's first line is on the screen."""
    began = time.perf_counter()
    save()
    return terminal.wait_for(headline) - began


if __name__ == "__main__":
    main()
