"""Every scene as text, at three sizes. CONTRIBUTING.md says how the snapshots are renewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tests.app.scenes import SCENES, attempts
from tests.app.screen_text import screen_text
from tests.app.stage import theatre
from tutor.course import builtin_course, load_course
from tutor.engine.client import EngineClient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

    from tests.app.stage import Theatre

SIZES = [(80, 24), (120, 40), (200, 60)]


class ScreenFile(SingleFileSnapshotExtension):
    """A file a screen, that can be read as it is."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    course = load_course(builtin_course())
    with EngineClient(course.location) as engine:
        yield theatre(course, engine, tmp_path_factory.mktemp("begun"), attempts(course))


@pytest.mark.parametrize(
    ("name", "size"), [pytest.param(name, size, id=f"{name}-{size[0]}x{size[1]}") for name in SCENES for size in SIZES]
)
async def test_scene(
    name: str, size: tuple[int, int], played: Theatre, tmp_path: Path, snapshot: SnapshotAssertion
) -> None:
    async with played.play(SCENES[name], size, tmp_path) as app:
        shown = screen_text(app)
    assert str(tmp_path) not in shown
    assert shown == snapshot(extension_class=ScreenFile)
