"""What networks take an image for: a bar for each class, networks side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from tutor.lab.experiments import title_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.lab.classifier import Guess

EIGHTHS = " ▏▎▍▌▋▊▉"
PER_CENT_WIDTH, GAP = 5, 2
LEAST_BAR, MOST_BAR = 1, 40


def guesses_view(guesses: Sequence[Guess], classes: Sequence[str], width: int, *, are_shown: bool = True) -> Table:
    """A row for each class, and in it for each network a bar and its probability.

    Args:
        classes: what each is called.
        width: columns that there are.
        are_shown: whether there is an image; without one the rows are empty.
    """
    label = max(map(len, classes))
    bar = (width - label) // max(1, len(guesses)) - PER_CENT_WIDTH - GAP
    bar = min(max(LEAST_BAR, bar), MOST_BAR)
    table = Table.grid(padding=(0, GAP, 0, 0))
    table.add_column(no_wrap=True)
    for _ in guesses:
        table.add_column(no_wrap=True, width=bar + PER_CENT_WIDTH)
    table.add_row("", *(Text(_name(guess, alone=len(guesses) == 1), "bold", overflow="ellipsis") for guess in guesses))
    for place, name in enumerate(classes):
        cells = (_cell(guess, place, bar) if are_shown else "" for guess in guesses)
        table.add_row(Text(f"{name:>{label}}"), *cells)
    return table


def best_guess(guess: Guess, classes: Sequence[str]) -> str:
    """What a network takes an image for, in words."""
    best = max(guess.probabilities)
    name = classes[guess.probabilities.index(best)]
    at = "" if guess.step is None else f" at step {guess.step}"
    return f"{guess.network}{at}: {name}, {100 * best:.1f} %"


def _name(guess: Guess, *, alone: bool) -> str:
    return title_of(guess.network) if alone else guess.network


def _cell(guess: Guess, place: int, width: int) -> Text:
    probability = guess.probabilities[place]
    full, eighths = divmod(round(8 * width * probability), 8)
    drawn = "█" * full + (EIGHTHS[eighths] if eighths else "")
    is_best = probability == max(guess.probabilities)
    return Text(f"{drawn:<{width}}{f'{probability:.0%}':>{PER_CENT_WIDTH}}", "bold" if is_best else "dim")
