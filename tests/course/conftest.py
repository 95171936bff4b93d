"""The built-in course, whose exercises have a file of tests each in this folder."""

from __future__ import annotations

import pytest

from tutor.course import Course, builtin_course, load_course


@pytest.fixture(scope="session")
def course() -> Course:
    return load_course(builtin_course())
