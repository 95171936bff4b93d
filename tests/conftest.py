"""What several test folders share: a small course of its own, and an engine that stays warm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tutor.course import Course, CourseLocation, load_course
from tutor.engine.client import EngineClient

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALL_COURSE = Path(__file__).parent / "small_course"


@pytest.fixture(scope="session")
def small_course() -> Course:
    """Three tiny exercises: sum-by-hand (compute), scale (a function), affine (a module)."""
    return load_course(CourseLocation(SMALL_COURSE / "exercises", SMALL_COURSE / "solutions"))


@pytest.fixture(scope="session")
def small_engine(small_course: Course) -> Iterator[EngineClient]:
    """An engine on the small course; it has to survive whatever any test hands it."""
    with EngineClient(small_course.location) as engine:
        yield engine
