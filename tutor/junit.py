"""Verdicts as JUnit XML, as continuous integration reads it (the rules of Jenkins' junit-10.xsd).

One ``testsuite`` for each exercise, one ``testcase`` for each of its checks. What has not passed is never all green:
see :func:`tutor.verdict.to_blame`.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from tutor.verdict import to_blame

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tutor.verdict import CheckResult, Verdict

ELEMENTS = {"fail": "failure", "error": "error", "timeout": "error", "skip": "skipped"}
BLAMED = {"not_started": "failure", "fail": "failure", "error": "error", "timeout": "error", "grader_error": "error"}
NOT_IN_XML = re.compile(r"[^\t\n\r -~\u00A0-\u2027\u202F-\u2065\u206A-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
"""Nor what XML allows and a terminal obeys, or what turns the text that follows around."""


def junit_xml(verdicts: Iterable[Verdict]) -> str:
    """The whole document."""
    return junit_document(junit_suite(verdict) for verdict in verdicts)


def junit_document(of: Iterable[ET.Element]) -> str:
    """The whole document, made of its suites."""
    suites = list(of)
    root = ET.Element("testsuites", name="cnn-tutor")
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, 0)) for suite in suites)))
    root.set("time", f"{sum(float(suite.get('time', 0)) for suite in suites):.3f}")
    root.extend(suites)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode")


def junit_suite(verdict: Verdict, whose: str = "") -> ET.Element:
    """The suite of one verdict.

    Args:
        whose: the learner's name where there are several; it is in every name then, as GitLab keeps only the first of
            equal ones.
    """
    whose = _clean(whose)
    cases = [_case(verdict, check, whose) for check in verdict.checks]
    if (blamed := to_blame(verdict, verdict.checks)) is not None:
        _blame(verdict, cases[verdict.checks.index(blamed)])
    name = f"{whose}: {verdict.exercise}" if whose else verdict.exercise
    suite = ET.Element("testsuite", name=name, package="cnn-tutor")
    suite.set("tests", str(len(cases)))
    for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(count, str(sum(case.find(tag) is not None for case in cases)))
    suite.set("time", f"{verdict.duration_ms / 1000:.3f}")
    properties = ET.SubElement(suite, "properties")
    for name, value in {
        "number": verdict.number,
        "verdict": verdict.verdict,
        "points": f"{verdict.score:g}",
        "max_points": f"{verdict.max_score:g}",
        "seed": verdict.seed,
        "misconception": verdict.misconception or "",
    }.items():
        ET.SubElement(properties, "property", name=name, value=_clean(str(value)))
    suite.extend(cases)
    if verdict.printed:
        ET.SubElement(suite, "system-out").text = _clean(verdict.printed)
    return suite


def _case(verdict: Verdict, check: CheckResult, whose: str) -> ET.Element:
    name = f"{whose}: {verdict.exercise}: {check.id}" if whose else check.id
    case = ET.Element("testcase", classname=f"{whose or 'cnn-tutor'}.{verdict.exercise}", name=name)
    if check.status != "pass":
        what = ET.SubElement(case, ELEMENTS[check.status], message=_clean(_first_line(check.message) or check.says))
        if check.status != "skip":
            what.set("type", check.misconception or check.status)
            what.text = _clean("\n".join(_details(verdict, check)))
    points = f"{check.points:g} of {check.max_points:g} points"
    ET.SubElement(case, "system-out").text = _clean(f"{check.says}: {points}")
    return case


def _details(verdict: Verdict, check: CheckResult) -> Iterable[str]:
    yield check.message
    if verdict.looks_like and check.misconception in (None, verdict.misconception):
        yield f"Looks like {verdict.looks_like}"
    if (example := check.counterexample) is not None:
        index = f"[{', '.join(map(str, example.index))}]" if example.index else ""
        yield example.python
        yield f"{example.name}{index}: expected {example.expected}, got {example.got}"


def _blame(verdict: Verdict, case: ET.Element) -> None:
    for element in case.findall("skipped"):
        case.remove(element)
    why = ET.Element(BLAMED[verdict.verdict], message=_clean(_first_line(verdict.message)), type=verdict.verdict)
    why.text = _clean(verdict.message)
    case.insert(0, why)


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]


def _clean(text: str) -> str:
    """XML 1.0 has hardly any control characters, not even escaped ones."""
    return NOT_IN_XML.sub("\ufffd", text)
