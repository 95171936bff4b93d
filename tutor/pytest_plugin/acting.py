"""What the plugin does where there are submissions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tutor.pytest_plugin.nodes import Check, Folder, Refused, Submission

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

    from tutor.pytest_plugin.scope import Scope


class Acting:
    """The hooks of a run in which there are submissions.

    Args:
        scope: which these are.
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def pytest_configure(self, config: pytest.Config) -> None:
        """The marker, for ``-m "cnn_tutor(exercise='conv2d')"``."""
        says = "cnn_tutor(exercise, number, kind, check, learner): a check of a submission to cnn-tutor's course"
        config.addinivalue_line("markers", says)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collect_directory(self, path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """In what others handed in no folder is a package, and none has a ``conftest.py``."""
        return Folder.from_parent(parent, path=path, scope=self._scope) if self._scope.is_handed_in(path) else None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
        """A submission is judged and never imported, whatever else would collect a file of that name."""
        others = yield
        exercise = self._scope.exercise_of(file_path)
        if exercise is not None:
            return [Submission.from_parent(parent, path=file_path, scope=self._scope, exercise=exercise)]
        return [] if self._scope.is_selective or self._scope.is_handed_in(file_path) else others

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Now it is known which checks are run."""
        for item in session.items:
            if isinstance(item, Check):
                item.parent.selected.add(item.name)

    def pytest_report_collectionfinish(self, items: Sequence[pytest.Item]) -> list[str]:
        """What is going to take long."""
        judged = {item.path: item.parent.exercise for item in items if isinstance(item, Check)}
        training = [exercise.slug for exercise in judged.values() if exercise.is_train]
        if not training:
            return []
        names = ", ".join(sorted(set(training)))
        return [
            f"cnn-tutor: networks are trained for {len(training)} of these submissions, which takes minutes: {names}"
        ]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """What is wrong is wrong in the submission, not in a line of this plugin's."""
        report = yield
        if not isinstance(item, Check | Refused):
            return report
        if isinstance(report.longrepr, tuple):
            report.longrepr = (str(item.path), 1, report.longrepr[2])
        elif (place := getattr(report.longrepr, "reprcrash", None)) is not None and item.why_failed:
            place.path, place.lineno, place.message = str(item.path), 1, item.why_failed
        return report

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Where all is submissions, the checks of one go to the same process: it is judged once."""
        if not self._scope.is_selective or config.getoption("dist") != "load":
            return None
        from xdist.scheduler import LoadFileScheduling

        return LoadFileScheduling(config, log)
