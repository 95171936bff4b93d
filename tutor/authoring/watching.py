"""``verify --watch``: proves an exercise again when one of its files is saved, and says what has changed by that.

Imports no torch.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from rich.text import Text

from tutor.authoring.pack import manifest_faults, root_of
from tutor.authoring.report import problem_view, report_view, summary
from tutor.authoring.verify import Extent, Progress, verify
from tutor.course import load_course
from tutor.errors import TutorError
from tutor.watch.saves import Notifications

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from rich.console import Console

    from tutor.authoring.problems import Problem
    from tutor.authoring.report import Report
    from tutor.course import Course, CourseLocation, Exercise

SUFFIXES = (".py", ".toml", ".md")
LOOK_AT_LEAST_EVERY_S = 1.0
"""Where the system says nothing of what is saved."""
WHOLE_COURSE = "course.toml"

Stamps = dict[str, dict["Path", tuple[int, int]]]
"""When each file was saved, and its size, by the folder of its exercise."""


class Watching:
    """Proves exercises again and again.

    Args:
        location: of the course.
        select: the exercises that are meant.
        extent: how much is proved each time.
        out: where it is shown.
        progress: shows how far a proof is, for as long as it takes.
    """

    def __init__(
        self,
        location: CourseLocation,
        select: Callable[[Course], tuple[Exercise, ...]],
        extent: Extent,
        out: Console,
        progress: Callable[[], AbstractContextManager[Progress]],
    ) -> None:
        self._location = location
        self._select = select
        self._extent = extent
        self._out = out
        self._progress = progress
        self._known: dict[str, Report] = {}

    def run(self) -> None:
        """Go on until it is interrupted."""
        saved = threading.Event()
        with Notifications(root_of(self._location), saved.set):
            before = self._stamps()
            self._prove(None)
            while True:
                saved.wait(LOOK_AT_LEAST_EVERY_S)
                saved.clear()
                now = self._stamps()
                changed = {name for name in {*before, *now} if before.get(name) != now.get(name)}
                before = now
                if changed:
                    self._prove(None if WHOLE_COURSE in changed else changed)

    def _prove(self, folders: set[str] | None) -> None:
        """Prove the exercises in these folders, or all that are meant, and show what is new."""
        self._look(folders)
        self._out.print(Text("Waiting for a file to be saved; Ctrl-C ends it.", "dim"))

    def _look(self, folders: set[str] | None) -> None:
        faults = manifest_faults(self._location)
        if faults:
            self._out.print(_at("the course cannot be read"))
            self._show(faults)
            return
        try:
            course = load_course(self._location)
            meant = self._select(course)
            exercises = [one for one in meant if folders is None or one.manifest.folder in folders]
            exercises += [one for one in meant if one.slug not in self._known and one not in exercises]
            if not exercises:
                return
            with self._progress() as progress:
                reports = verify(course, exercises, self._extent, progress)
        except TutorError as error:
            self._out.print(_at(" ".join(filter(None, (error.message, error.remedy)))))
            return
        for report in reports:
            self._tell(report)
        self._out.print(summary([report for report in self._known.values() if report.exercise in meant] or reports))

    def _tell(self, report: Report) -> None:
        """A report in full for the first time, and then what is other than before."""
        slug = report.exercise.slug
        before = self._known.get(slug)
        self._known[slug] = report
        if before is None:
            self._out.print(report_view(report))
            return
        new, gone = changes(before.problems, report.problems)
        state = "proved" if report.proved else "not judged" if report.unjudged else "not proved"
        same = len(report.problems) - len(new)
        self._out.print(_at(f"{report.exercise.number} {slug}  {state}" + (f"; {same} as before" if same else "")))
        self._show(new)
        for problem in gone:
            self._out.print(Text.assemble(("  mended", "bold green"), f"  {problem.file}: {problem.says}"))
        if report.unjudged:
            self._out.print(Text(f"  {report.unjudged}"))

    def _show(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self._out.print(problem_view(problem))

    def _stamps(self) -> Stamps:
        found: Stamps = {}
        for folder, path in self._files():
            try:
                stat = path.stat()
            except OSError:
                continue
            found.setdefault(folder, {})[path] = (stat.st_mtime_ns, stat.st_size)
        return found

    def _files(self) -> Iterator[tuple[str, Path]]:
        for top in (self._location.exercises, self._location.solutions):
            for path in top.rglob("*"):
                if path.suffix in SUFFIXES and not path.name.startswith("."):
                    yield path.relative_to(top).parts[0], path


def changes(before: list[Problem], now: list[Problem]) -> tuple[list[Problem], list[Problem]]:
    """What is new, and what is gone."""
    return [one for one in now if one not in before], [one for one in before if one not in now]


def _at(says: str) -> Text:
    return Text.assemble((f"{time.strftime('%H:%M:%S')}  ", "dim"), (says, "bold"))
