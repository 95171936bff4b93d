"""Judging in one process of pytest: one engine, and each submission once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.course import load_course
from tutor.engine.client import EngineClient
from tutor.errors import TutorError
from tutor.files import text_hash
from tutor.settings import data_for
from tutor.verdict import DEFAULT_SEED, not_judged

if TYPE_CHECKING:
    import pytest

    from tutor.course import Course, Exercise
    from tutor.verdict import Verdict
    from tutor.workspace import Workspace


class Judge:
    """Has submissions judged, and remembers the verdicts.

    Args:
        course: whose exercises are judged; its engine is started by the first submission.
    """

    def __init__(self, course: Course) -> None:
        self.course = course
        self._engine = EngineClient(course.location)
        self._verdicts: dict[tuple[str, str, str, int], Verdict] = {}

    def verdict(
        self,
        exercise: Exercise,
        source: str,
        *,
        learner: str,
        seed: int = DEFAULT_SEED,
        workspace: Workspace | None = None,
    ) -> Verdict:
        """The verdict on a text; where the grader itself cannot judge, one that says so.

        Args:
            workspace: which decides what a train exercise trains on, where that is set.
        """
        key = (exercise.slug, learner, text_hash(source), seed)
        if key not in self._verdicts:
            try:
                data = data_for(exercise, workspace)
                verdict = self._engine.check(exercise, source, learner=learner, seed=seed, data=data)
            except TutorError as error:
                verdict = not_judged(exercise, seed, " ".join(filter(None, (error.message, error.remedy))))
            self._verdicts[key] = verdict
        return self._verdicts[key]

    def close(self) -> None:
        """End the engine."""
        self._engine.close()


def course_for(config: pytest.Config) -> Course:
    """The course of a run that has no submissions of its own.

    Raises:
        pytest.UsageError: there is none.
    """
    import pytest

    from tutor.pytest_plugin.scope import location_of

    try:
        return load_course(location_of(config.getoption("cnn_tutor_course"), config.invocation_params.dir))
    except TutorError as error:
        raise pytest.UsageError("\n".join(filter(None, (error.message, error.remedy)))) from None
