import random
from typing import Any

from tutor.course import Blank

SLIDES = {"rows": [[1, 2, 3], [3, 2, 2]]}


def variant(rng: random.Random) -> dict[str, Any]:
    return {"rows": [[rng.randint(1, 9) for _ in range(3)] for _ in range(rng.randint(2, 4))]}


def prompt(given: dict[str, Any]) -> str:
    return f"The columns' totals and means of\n{given['rows']}"


def blanks(given: dict[str, Any]) -> list[Blank]:
    return [Blank("total", "total of each column", (3,)), Blank("mean", "mean of each column", (3,))]


def worked(given: dict[str, Any]) -> str:
    columns = list(zip(*given["rows"], strict=True))
    return "\n".join(f"{' + '.join(map(str, column))} = {sum(column)}" for column in columns)
