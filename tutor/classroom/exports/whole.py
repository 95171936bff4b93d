"""Points for those who count in whole ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.classroom.results import ClassResults

HUNDREDTHS = 100


@dataclass(frozen=True)
class Whole:
    """Turns points into whole ones: as they are, or into hundredths where a check gives half a point, say."""

    factor: int

    @classmethod
    def of(cls, results: ClassResults) -> Whole:
        """The same for all of a course's points, so that they can be added."""
        all_points = (check.max_points for exercise in results.exercises for check in exercise.checks)
        return cls(1 if all(points.is_integer() for points in all_points) else HUNDREDTHS)

    def points(self, points: float) -> int:
        """Rounded down: nobody gets what was not earned."""
        return math.floor(points * self.factor + 1e-6)
