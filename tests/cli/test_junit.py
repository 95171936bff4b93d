"""JUnit XML by the rules of Jenkins' junit-10.xsd, and what it says of each verdict."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tutor.junit import junit_xml
from tutor.verdict import CheckResult, Counterexample, Verdict, VerdictName, WrongValue

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

EXAMPLE = Counterexample("scale(x, 2)", "output", (0, 1), "1", "2", 3, 4)
PASSED = CheckResult("first", "it is there", "pass", 1.0, 1.0)
FAILED = CheckResult("second", "it is <right>", "fail", 0.0, 2.0, "off by\none", "adds", EXAMPLE)
WAITING = CheckResult("third", "gradients", "skip", 0.0, 3.0, "waits until second passes")
VERDICT = Verdict(
    "scale",
    2,
    "fail",
    1.0,
    6.0,
    7,
    {},
    (PASSED, FAILED, WAITING),
    "adds",
    "an addition",
    "",
    "printed\x00\x1b[31m",
    1500,
)

# Element: attributes that it needs, attributes that it may have, elements that may stand in it.
SCHEMA: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "disabled", "errors"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests"},
        {"failures", "errors", "time", "disabled", "skipped", "timestamp", "hostname", "id", "package"},
        {"properties", "testcase", "system-out", "system-err"},
    ),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, set(), set()),
    "testcase": (
        {"name"},
        {"assertions", "time", "classname", "status", "class", "file", "line"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "skipped": (set(), {"message", "type"}, set()),
    "error": (set(), {"message", "type"}, set()),
    "failure": (set(), {"message", "type"}, set()),
    "system-out": (set(), set(), set()),
    "system-err": (set(), set(), set()),
}


def parsed(*verdicts: Verdict) -> ET.Element:
    """The document, after it was held against the schema."""
    root = ET.fromstring(junit_xml(verdicts).encode())
    assert root.tag == "testsuites"
    for element in root.iter():
        needed, allowed, inside = SCHEMA[element.tag]
        assert needed <= set(element.keys()) <= needed | allowed, element.tag
        assert {child.tag for child in element} <= inside, element.tag
        if inside and not {"system-out"} & inside:
            assert not (element.text or "").strip()
    for suite in root:
        cases = suite.findall("testcase")
        assert int(suite.attrib["tests"]) == len(cases)
        for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.attrib[count]) == len(suite.findall(f"testcase/{tag}"))
    return root


def test_each_check_is_a_testcase() -> None:
    (suite,) = parsed(VERDICT)
    assert (suite.get("name"), suite.get("time")) == ("scale", "1.500")
    properties = {entry.get("name"): entry.get("value") for entry in suite.iter("property")}
    assert properties == {
        "number": "2", "verdict": "fail", "points": "1", "max_points": "6", "seed": "7", "misconception": "adds",
    }  # fmt: skip
    first, second, third = suite.findall("testcase")
    assert [case.get("name") for case in (first, second, third)] == ["first", "second", "third"]
    assert [child.tag for child in first] == ["system-out"]
    failure = second.find("failure")
    assert failure is not None
    assert (failure.get("message"), failure.get("type")) == ("off by", "adds")
    for text in ("off by\none", "Looks like an addition", "scale(x, 2)", "output[0, 1]: expected 1, got 2"):
        assert text in (failure.text or "")
    skipped = third.find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "waits until second passes"
    assert "\ufffd" in (suite.findtext("system-out") or "")


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("error", "error"),
        ("timeout", "error"),
        ("not_started", "failure"),
        ("grader_error", "error"),
        ("fail", "failure"),
    ],
)
def test_what_has_not_passed_is_never_all_green(name: VerdictName, tag: str) -> None:
    waiting = tuple(replace(check, status="skip") for check in (PASSED, FAILED, WAITING))
    (suite,) = parsed(replace(VERDICT, verdict=name, checks=waiting, message="line 1: invalid syntax"))
    blamed = suite.find(f"testcase/{tag}")
    assert blamed is not None
    assert (blamed.get("type"), blamed.get("message")) == (name, "line 1: invalid syntax")
    assert len(suite.findall("testcase/skipped")) == 2


def test_a_pass_blames_nothing() -> None:
    root = parsed(
        replace(VERDICT, verdict="pass", checks=(PASSED,)), replace(VERDICT, verdict="pass", checks=(PASSED,))
    )
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("2", "0", "0")
    assert root.find(".//failure") is None


def test_a_wrong_number_by_hand_is_told_too() -> None:
    check = replace(FAILED, counterexample=None, wrong_values=(WrongValue("q1", (0,), "3"),))
    (suite,) = parsed(replace(VERDICT, checks=(check,)))
    assert "off by" in (suite.findtext("testcase/failure") or "")


def test_the_command_prints_it_on_stdout_alone(cnn_tutor: Run, folder: Path) -> None:
    done = cnn_tutor("check", "--all", "--format", "junit", cwd=folder)
    assert done.returncode == 1
    root = ET.fromstring(done.stdout.encode())
    assert {suite.tag for suite in root} == {"testsuite"}
    assert root.get("failures") == str(len(root))
