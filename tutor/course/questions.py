"""The questions of a compute exercise: drawn for a learner, worded, and put into a file to be filled in.

A compute exercise has ``solutions/NN_slug/questions.py``, which imports no torch, with

    SLIDES: dict                          the values of the slides' own question, always question 1
    variant(rng: random.Random) -> dict   the values of another question of the same kind
    last_variant(rng) -> dict             optional: the values of the last question, where that asks for more
    prompt(given: dict) -> str            the question in words, a few lines of plain text
    blanks(given: dict) -> list[Blank]    what is to be filled in
    worked(given: dict) -> str            how this very question is worked out, step by step, as Markdown

Its starter, reference, accepted and wrong answers are :class:`string.Template` programs, in which ``$q2`` stands
for the prompt of question 2 and ``$q2_kernel`` for the value ``kernel`` given in it.
"""

from __future__ import annotations

import hashlib
import random
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from string import Template
from typing import TYPE_CHECKING, Any

from tutor.errors import ManifestError, exception_in_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

QUESTIONS = 3
"""How many questions a learner gets: the slides' own and two variants."""

PRACTISED = "q2"
"""The name of the one question that is asked in practice: a variant, as question 2 is."""


@dataclass(frozen=True)
class Blank:
    """One thing to be filled in.

    Attributes:
        suffix: what follows the question's name: ``"variance"`` in question 2 is ``q2_variance``, ``""`` is ``q2``.
        label: what is asked, in a few words.
        shape: () for a number, (n,) for a row of numbers, (m, n) for a table.
    """

    suffix: str
    label: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class NamedBlank:
    """A blank of one question, under the name that it has in the learner's file."""

    name: str
    label: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Question:
    """One question as one learner gets it.

    Attributes:
        name: ``q1``, ``q2``, …; also the id of the check that judges it.
        given: the values it is about.
        prompt: the question in words.
        blanks: what is to be filled in.
        worked: how it is worked out, step by step, as Markdown; it gives the answer away.
    """

    name: str
    given: Mapping[str, Any]
    prompt: str
    blanks: tuple[NamedBlank, ...]
    worked: str


CONTRACT = {
    "SLIDES": "dict SLIDES",
    "variant": "function variant(rng)",
    "prompt": "function prompt(given)",
    "blanks": "function blanks(given)",
    "worked": "function worked(given)",
}
"""What ``questions.py`` must define, as an author is told where it does not."""


def draw_questions(questions_file: Path, slug: str, learner: str, *, anew: bool = False) -> tuple[Question, ...]:
    """Draw the questions that a learner gets: the slides' own first, then variants that the name decides.

    The same learner always gets the same questions, so that a grader can draw them again.

    Args:
        anew: run the file and draw even where that has been done before.

    Raises:
        ManifestError: the file does not follow the module's contract.
    """
    draw = _draw.__wrapped__ if anew else _draw
    with _faults_of(questions_file):
        return draw(questions_file, questions_file.read_text(encoding="utf-8"), slug, learner, anew=anew)


def draw_practice(questions_file: Path, slug: str, seed: int, *, anew: bool = False) -> tuple[Question, ...]:
    """Draw one variant to practise on, which the seed decides.

    It is given out as every one of the exercise's questions, so that the author's programs can be filled in with it;
    what is asked is :data:`PRACTISED` alone.

    Args:
        anew: run the file even where that has been done before.

    Raises:
        ManifestError: the file does not follow the module's contract.
    """
    run = _author.__wrapped__ if anew else _author
    with _faults_of(questions_file):
        author = run(questions_file, questions_file.read_text(encoding="utf-8"))
        rng = random.Random(_seed(slug, f"practice {seed}"))
        draw = rng.choice([author["variant"], author.get("last_variant", author["variant"])])
        given = draw(rng)
        return tuple(_question(author, f"q{n}", given) for n in range(1, QUESTIONS + 1))


@contextmanager
def _faults_of(questions_file: Path) -> Iterator[None]:
    try:
        yield
    except ManifestError:
        raise
    except Exception as error:
        raise ManifestError(f"{questions_file}: {exception_in_words(error, questions_file)}") from error


@lru_cache(maxsize=64)
def _draw(questions_file: Path, text: str, slug: str, learner: str, *, anew: bool) -> tuple[Question, ...]:
    author = (_author.__wrapped__ if anew else _author)(questions_file, text)
    rng = random.Random(_seed(slug, learner))
    draws = [author["variant"]] * (QUESTIONS - 2) + [author.get("last_variant", author["variant"])]
    givens = [author["SLIDES"], *(draw(rng) for draw in draws)]
    return tuple(_question(author, f"q{n}", given) for n, given in enumerate(givens, start=1))


@lru_cache(maxsize=32)
def _author(questions_file: Path, text: str) -> dict[str, Any]:
    author: dict[str, Any] = {"__file__": str(questions_file)}
    exec(compile(text, questions_file, "exec"), author)
    for name, what in CONTRACT.items():
        if name not in author:
            raise ManifestError(f"{questions_file}: has no {what}")
    return author


def filled_in(path: Path, template: str, questions: Sequence[Question]) -> str:
    """A template program of the course with the questions' words and values in it.

    Raises:
        ManifestError: the file is no template, or names a value that no question has.
    """
    try:
        return fill_in(template, questions)
    except KeyError as error:
        given = ", ".join(["$q2", *(f"$q2_{name}" for name in questions[1].given)])
        raise ManifestError(
            f"{path}: names `${error.args[0]}`, which no question gives",
            f"There are: {given}; and so for the other questions.",
        ) from None
    except ValueError as error:
        raise ManifestError(f"{path}: is no template: {error}", "Write `$$` for a dollar sign.") from None


def fill_in(template: str, questions: Sequence[Question]) -> str:
    """Put the questions' words and values into a template program.

    Raises:
        KeyError: the template names a value that no question has.
        ValueError: it is no template.
    """
    values: dict[str, str] = {}
    for question in questions:
        values[question.name] = question.prompt.replace("\n", "\n# ")
        values |= {f"{question.name}_{name}": repr(value) for name, value in question.given.items()}
    return Template(template).substitute(values)


def _question(author: Mapping[str, Any], name: str, given: Mapping[str, Any]) -> Question:
    blanks = tuple(
        NamedBlank(f"{name}_{blank.suffix}" if blank.suffix else name, blank.label, blank.shape)
        for blank in author["blanks"](given)
    )
    return Question(name, given, author["prompt"](given).strip(), blanks, author["worked"](given).strip())


def _seed(slug: str, learner: str) -> int:
    digest = hashlib.sha256(f"{slug}\n{learner}".encode()).digest()
    return int.from_bytes(digest[:8], "big")
