"""The pages, as text."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from tutor.classroom.exports.feedback import for_learner, kept_back, outcome, standing
from tutor.classroom.exports.plain import SURROGATE, number, one_line
from tutor.classroom.exports.table import SAYS, SIGNS
from tutor.classroom.report.summary import summary_of
from tutor.draw.engine_words import is_about_numbers, measured, message_of, shown_name, shown_status, what_to_tell
from tutor.draw.plain import without_controls
from tutor.draw.verdict import HEADLINES, MARKS, MAX_CHANNELS, PADDING_SIGN, WORDS

if TYPE_CHECKING:
    from tutor.classroom.people import Person
    from tutor.classroom.results import ClassResults, GradedExercise
    from tutor.verdict import Verdict

CODE = re.compile("`([^`\n]+)`")

FIRST = 12
"""So many rows of a list are seen at once; the others are folded away."""


def class_page(results: ClassResults) -> str:
    """The instructor's page; it links to those of the learners."""
    # What is missing stands in the tables.
    findings = [finding for finding in results.findings if finding.kind != "missing"]
    return _rendered("class.html", results=results, summary=summary_of(results), findings=findings, first=FIRST)


def learner_page(results: ClassResults, person: Person) -> str:
    """A learner's page: nothing of others, of hidden checks, or of what an instructor should look at."""
    handed_in = [one for one in results.exercises if results.grade(person.learner, one.slug) is not None]
    seen = [(one, for_learner(outcome(results, person.learner, one), one)) for one in handed_in]
    return _rendered(
        "learner.html",
        results=results,
        person=person,
        verdicts=seen,
        missing=[one for one in results.exercises if one not in handed_in],
        score=sum(verdict.score for _, verdict in seen),
        max_score=sum(_shown_points(exercise) for exercise in results.exercises),
    )


def page_name(person: Person) -> str:
    """The file of a learner's page: the same in every report, and never made of the name itself."""
    return f"{hashlib.sha256(person.learner.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}.html"


def _shown_points(exercise: GradedExercise) -> float:
    return sum(check.max_points for check in exercise.checks if not check.is_hidden)


def _headline(verdict: Verdict) -> str:
    return HEADLINES[shown_name(verdict)][0]


def _told(verdict: Verdict) -> str:
    """What is wrong, of the check that a learner is told about."""
    told = what_to_tell(verdict)
    return verdict.message or (message_of(told, verdict, "") if told else "")


def _rendered(template: str, **values: Any) -> str:
    return _environment().get_template(template).render(**values)


@cache
def _environment() -> Environment:
    style = files(__package__).joinpath("style.css").read_text(encoding="utf-8")
    environment = Environment(
        loader=PackageLoader("tutor.classroom", "report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_harmless,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"code": _with_code, "line": one_line, "points": number}
    environment.globals |= {
        "style": Markup(style),
        "style_hash": base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        "headline": _headline,
        "is_about_numbers": is_about_numbers,
        "kept_back": kept_back,
        "marks": MARKS,
        "max_channels": MAX_CHANNELS,
        "measured": measured,
        "padding": PADDING_SIGN,
        "page_name": page_name,
        "says": SAYS,
        "shown_status": shown_status,
        "signs": SIGNS,
        "standing": standing,
        "told": _told,
        "what_to_tell": what_to_tell,
        "words": WORDS,
    }
    return environment


def _with_code(text: str) -> Markup:
    """What stands between backticks is code, as authors write it."""
    return Markup(CODE.sub(r"<code>\1</code>", escape(_harmless(text))))


def _harmless(value: Any) -> Any:
    """Every text that is put into a page, before it is escaped: what cannot be written or turns text around goes."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return SURROGATE.sub("\ufffd", without_controls(value))
    return value
