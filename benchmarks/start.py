"""How long ``cnn-tutor --help`` and ``list`` take, beside Python's own start. Aim: less than three times as long.

Run it with ``python -m benchmarks.start``, on a machine that does nothing else.
"""

from __future__ import annotations

from benchmarks.measuring import PROGRAM, PYTHON, apart, command, in_turn, show

BASELINE = "python -c pass"


def main() -> None:
    """Measure and print."""
    with apart() as (_, workspace):
        show(
            in_turn(
                {
                    BASELINE: lambda: command([PYTHON, "-c", "pass"]),
                    "cnn-tutor --help": lambda: command([PROGRAM, "--help"]),
                    "cnn-tutor list": lambda: command([PROGRAM, "list"], workspace.root),
                }
            ),
            BASELINE,
        )


if __name__ == "__main__":
    main()
