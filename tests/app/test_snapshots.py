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

SIZES = [(120, 40), (200, 60), (80, 24)]


class ScreenFile(SingleFileSnapshotExtension):
    """A file a screen, that can be read as it is."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    course = load_course(builtin_course())
    with EngineClient(course.location) as engine:
        yield theatre(course, engine, tmp_path_factory.mktemp("begun"), attempts(course))


@pytest.mark.parametrize("name", SCENES)
async def test_scene(name: str, played: Theatre, tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    scene, shown = SCENES[name], {}
    async with played.play(scene, SIZES[0], tmp_path) as stage:
        for size in SIZES:
            await stage.resize(size)
            shown[size] = screen_text(stage.app)
    for (columns, lines), text in shown.items():
        assert str(tmp_path) not in text
        assert text == snapshot(extension_class=ScreenFile, name=f"{columns}x{lines}")


async def test_curves_are_drawn_anew_when_the_terminal_has_another_size(
    played: Theatre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tutor.app.screens.lab.LOOK_EVERY_S", 3600)
    wide, narrow = SIZES[0], SIZES[-1]
    scene = SCENES["lab-training"]
    async with played.play(scene, narrow, tmp_path / "narrow") as stage:
        shown = screen_text(stage.app)
    async with played.play(scene, wide, tmp_path / "wide") as stage:
        await stage.resize(narrow)
        assert screen_text(stage.app) == shown
