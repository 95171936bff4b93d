"""A class's results as others read them: pure functions from :class:`ClassResults` to text. No torch.

    everybody's                                 one learner's
    csv, canvas, moodle   tables                gradescope, prairielearn      results.json
    json                  all that is known     classroom50                   result.json
    junit                 for GitLab, Jenkins   github-classroom              what its autograding actions say

Marks count every check. What a learner reads says nothing else of hidden ones (:mod:`.feedback`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tutor.classroom.results import ClassResults

CLASS_FORMATS = ("csv", "canvas", "moodle", "json", "junit")
LEARNER_FORMATS = ("gradescope", "prairielearn", "classroom50", "github-classroom")


def exported(
    results: ClassResults,
    form: str,
    *,
    learner: str | None = None,
    assignments: Mapping[str, int] | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """A class's results in one of the formats, which ends with a newline.

    Args:
        form: one of :data:`CLASS_FORMATS` or :data:`LEARNER_FORMATS`.
        learner: whose; of the formats for one learner alone, and only needed where the class has several.
        assignments: Canvas' numbers of assignments, by slug.
        environment: where Classroom 50 says what is judged.

    Raises:
        UsageError: the format needs something that is not there.
    """
    if form in LEARNER_FORMATS:
        return _for_learner(results, form, _the_learner(results, learner), environment or {})
    if learner is not None:
        raise UsageError(
            f"--format {form} is for the whole class", f"For one learner: --format {', '.join(LEARNER_FORMATS)}"
        )
    match form:
        case "csv":
            from tutor.classroom.exports.wide import csv_text

            return csv_text(results)
        case "canvas":
            from tutor.classroom.exports.canvas import canvas_csv

            return canvas_csv(results, assignments or {})
        case "moodle":
            from tutor.classroom.exports.moodle import moodle_csv

            return moodle_csv(results)
        case "json":
            from tutor.classroom.exports.everything import everything_json

            return everything_json(results)
        case _:
            from tutor.classroom.exports.junit import class_junit

            return class_junit(results)


def _for_learner(results: ClassResults, form: str, learner: str, environment: Mapping[str, str]) -> str:
    match form:
        case "gradescope":
            from tutor.classroom.exports.gradescope import gradescope_json

            return gradescope_json(results, learner)
        case "prairielearn":
            from tutor.classroom.exports.prairielearn import prairielearn_json

            return prairielearn_json(results, learner)
        case "classroom50":
            from tutor.classroom.exports.classroom50 import classroom50_json

            return classroom50_json(results, learner, environment)
        case _:
            from tutor.classroom.exports.github_classroom import github_classroom_json

            return github_classroom_json(results, learner)


def _the_learner(results: ClassResults, learner: str | None) -> str:
    known = [person.learner for person in results.people]
    if learner is None:
        if len(known) != 1:
            raise UsageError(
                f"this format is for one learner, and the class has {len(known)}", "Say whose: --learner NAME"
            )
        return known[0]
    if learner not in known:
        raise UsageError(f"nobody in the class is called {learner!r}", "cnn-tutor export BOOK --format csv names all.")
    return learner
