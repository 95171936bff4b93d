"""JSON with all that is known, and JUnit for a class."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections import Counter

from tests.classroom.example_class import HOSTILE_NAMES, adds, example, hostile
from tutor.classroom.exports import exported
from tutor.verdict import Verdict


def test_json_has_all_that_is_known_and_a_format() -> None:
    told = json.loads(exported(example(), "json"))
    assert (told["format"], told["course"], told["max_score"]) == (1, "Small course", 9.0)
    assert told["versions"]["torch"] == "2.14"
    assert told["exercises"][1]["checks"][1] == {
        "id": "secret_shapes", "says": "only the instructor knows of this", "max_points": 4.0, "hidden": True,
    }  # fmt: skip
    bob = told["learners"][1]
    assert (bob["learner"], bob["email"], bob["score"]) == ("bob", "bob@example.org", 3.0)
    assert (bob["grades"][0]["status"], bob["grades"][0]["late_by_s"]) == ("fail", 5400.0)
    assert bob["grades"][0]["at"] == "2026-11-02T12:30:00+00:00"
    verdict = {name: value for name, value in bob["grades"][0]["verdict"].items() if name != "format"}
    assert Verdict.from_dict(verdict) == adds()
    assert [grade["status"] for grade in told["learners"][3]["grades"]] == ["grader_error", "missing"]
    assert told["findings"][0]["kind"] == "late"


def test_json_of_names_that_attack_can_be_written_and_shown() -> None:
    text = exported(hostile(), "json")
    text.encode()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", text)
    names = [person["learner"] for person in json.loads(text)["learners"]]
    assert names == [name.replace("\udcff", "\ufffd") for name in HOSTILE_NAMES]


def test_junit_has_a_suite_for_each_learner_and_exercise_of_which_none_that_is_missing_is_green() -> None:
    root = ET.fromstring(exported(example(), "junit").encode())
    suites = {suite.attrib["name"]: suite for suite in root}
    assert list(suites) == [f"{name}: {slug}" for name in ("ada", "bob", "cyd", "dan") for slug in ("scale", "affine")]
    assert [case.attrib["name"] for case in suites["bob: scale"].iter("testcase")] == [
        "bob: scale: values", "bob: scale: input",
    ]  # fmt: skip
    assert suites["ada: scale"].attrib["failures"] == "0"
    assert suites["dan: affine"].find("testcase/failure") is not None
    assert suites["cyd: affine"].find("testcase/error") is not None


def test_no_two_names_in_junit_are_equal_and_all_of_it_is_xml() -> None:
    root = ET.fromstring(exported(hostile(), "junit").encode())
    assert {element.tag for element in root.iter()} == {
        "testsuites", "testsuite", "testcase", "properties", "property", "failure", "skipped", "system-out",
    }  # fmt: skip
    names = Counter(case.attrib["name"] for case in root.iter("testcase"))
    assert set(names.values()) == {1}
    assert len(root) == len(HOSTILE_NAMES) * 2
