"""Writing a report into a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.classroom.report.pages import class_page, learner_page, page_name
from tutor.errors import TutorError
from tutor.files import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from tutor.classroom.results import ClassResults


def write_report(results: ClassResults, folder: Path) -> Path:
    """Write ``index.html`` and ``learners/*.html``, over an older report.

    Returns:
        The instructor's page.

    Raises:
        TutorError: it cannot be written.
    """
    index = folder / "index.html"
    learners = folder / "learners"
    try:
        learners.mkdir(parents=True, exist_ok=True)
        for person in results.people:
            write_atomically(learners / page_name(person), learner_page(results, person))
        write_atomically(index, class_page(results))
    except OSError as error:
        raise TutorError(f"{folder}: the report cannot be written: {error.strerror}") from error
    return index
