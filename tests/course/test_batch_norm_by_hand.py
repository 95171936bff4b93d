"""Batch normalisation by hand: how a question is worked out."""

from __future__ import annotations

import ast
import re
import runpy
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tutor.course import Exercise

SLUG = "batch-norm-by-hand"


def test_worked_ends_in_the_right_numbers(exercise: Exercise) -> None:
    answer = runpy.run_path(str(exercise.checks_file))["answer"]
    for number in range(200):
        for question in exercise.questions(f"learner-{number}"):
            right = answer(question.given)
            said = [float(found) for found in re.findall(r"= \*\*([\d.]+)\*\*", question.worked)]
            statistics = [
                n for pair in zip(right["mean"].tolist(), right["variance"].tolist(), strict=True) for n in pair
            ]
            assert said == pytest.approx(statistics, abs=5e-6)
            table = ast.literal_eval(question.worked.rpartition("```\n[")[2].removesuffix("```").join(["[", ""]))
            assert [n for row in table for n in row] == pytest.approx(right["output"].flatten().tolist(), abs=5.1e-5)
            # The same numbers stand in the last column of each feature's table.
            last = [
                float(line.split()[-1].replace("−", "-")) for line in re.findall(r"^ +[\d].*$", question.worked, re.M)
            ]
            assert last == [row[feature] for feature in range(3) for row in table]
            assert max(map(len, question.worked.splitlines())) <= 76
