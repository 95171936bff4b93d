"""What several test folders share: a small course of its own, and an engine that stays warm."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tutor.course import Course, CourseLocation, load_course
from tutor.engine import daemon
from tutor.engine.client import EngineClient

if TYPE_CHECKING:
    from collections.abc import Iterator

SMALL_COURSE = Path(__file__).parent / "small_course"


@pytest.fixture(scope="session", autouse=True)
def shared_engines_apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Commands that the tests run share engines among them, and never the user's own; none outlives the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("engines")))
        patch.setenv(daemon.IDLE, "60")
        yield
        daemon.stop_shared_engine()


@pytest.fixture(scope="session", autouse=True)
def terminals_have_the_size_that_they_have() -> Iterator[None]:
    """Where tests run side by side, the size of pytest's own terminal stands in the environment."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("COLUMNS", "LINES"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def ctrl_c_reaches_what_is_started() -> Iterator[None]:
    """A shell ignores ctrl+c for what it runs in the background, the tests say, and so would all that they start."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def small_course() -> Course:
    """Three tiny exercises: sum-by-hand (compute), scale (a function), affine (a module)."""
    return load_course(CourseLocation(SMALL_COURSE / "exercises", SMALL_COURSE / "solutions"))


@pytest.fixture(scope="session")
def small_engine(small_course: Course) -> Iterator[EngineClient]:
    """An engine on the small course; it has to survive whatever any test hands it."""
    with EngineClient(small_course.location) as engine:
        yield engine
