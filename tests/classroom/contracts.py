"""What others publish of the files that they read, as functions that name every fault of one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Kinds = tuple[type, ...]
NUMBER: Kinds = (int, float)
VISIBILITY = {"visible", "hidden", "after_due_date", "after_published"}
TEXT_FORMATS = {"text", "html", "simple_format", "md", "ansi"}


def faults_of_gradescope(told: Any) -> list[str]:
    """By autograder_samples' docs/specs.md."""
    top: dict[str, Kinds] = {
        "score": NUMBER, "tests": (list,), "execution_time": NUMBER, "output": (str,), "output_format": (str,),
        "test_output_format": (str,), "test_name_format": (str,), "visibility": (str,), "stdout_visibility": (str,),
        "leaderboard": (list,), "extra_data": (dict,),
    }  # fmt: skip
    test: dict[str, Kinds] = {
        "score": NUMBER, "max_score": NUMBER, "status": (str,), "name": (str,), "name_format": (str,),
        "number": (str,), "output": (str,), "output_format": (str,), "tags": (list,), "visibility": (str,),
        "extra_data": (dict,),
    }  # fmt: skip
    faults = [*_of_fields(told, top, set(), "results")]
    if "score" not in told and not all("score" in one for one in told.get("tests", [{}])):
        faults.append("neither a score nor one for each test")
    for one in (told, *told.get("tests", ())):
        for name, allowed in (("visibility", VISIBILITY), ("stdout_visibility", VISIBILITY),
                              ("output_format", TEXT_FORMATS), ("status", {"passed", "failed"})):  # fmt: skip
            if one.get(name, min(allowed)) not in allowed:
                faults.append(f"{name}: {one[name]}")
    for one in told.get("tests", ()):
        faults += _of_fields(one, test, {"name"}, "test")
    return faults


def faults_of_prairielearn(told: Any) -> list[str]:
    """By its docs/externalGrading.md."""
    top: dict[str, Kinds] = {
        "score": NUMBER, "gradable": (bool,), "message": (str,), "format_errors": (str, list), "output": (str,),
        "images": (list,), "tests": (list,),
    }  # fmt: skip
    test: dict[str, Kinds] = {
        "name": (str,), "description": (str,), "points": NUMBER, "max_points": NUMBER, "message": (str,),
        "output": (str,), "images": (list,),
    }  # fmt: skip
    faults = [*_of_fields(told, top, {"score"} if told.get("gradable", True) else set(), "results")]
    if not 0 <= told.get("score", 0) <= 1:
        faults.append(f"score {told['score']}")
    for one in told.get("tests", ()):
        # One test without points, and none are shown.
        faults += _of_fields(one, test, {"name", "points", "max_points"}, "test")
    return faults


def faults_of_classroom50(told: Any) -> list[str]:
    """By schemas/result-v1.schema.json, and what it leaves to code."""
    texts = ("schema", "classroom", "assignment", "assignment_type", "owner", "submission", "commit", "release",
             "review", "datetime")  # fmt: skip
    top: dict[str, Kinds] = dict.fromkeys((*texts, "graded_at"), (str,))
    top |= {"score": (int,), "max-score": (int,), "tests": (list,), "submitted_by": (dict,)}
    faults = [*_of_fields(told, top, {*texts, "score", "max-score", "tests"}, "result")]
    faults += [f"{name} is empty" for name in texts if not told.get(name)]
    if told.get("schema") != "classroom50/result/v1":
        faults.append("schema")
    if told.get("assignment_type") not in ("individual", "group"):
        faults.append("assignment_type")
    if not str(told.get("submission")).startswith("submit/"):
        faults.append("submission")
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ", str(told.get("datetime"))):
        faults.append("datetime")
    kinds: dict[str, Kinds] = {"test-name": (str,), "passed": (bool,), "score": (int,), "max-score": (int,)}
    for one in told.get("tests", ()):
        faults += _of_fields({name: one[name] for name in kinds if name in one}, kinds, set(kinds), "test")
    for one in (told, *told.get("tests", ())):
        if not 0 <= one["score"] <= one["max-score"] or isinstance(one["score"], bool):
            faults.append(f"score {one['score']}")
    return faults


def faults_of_github_classroom(told: Any) -> list[str]:
    """By what autograding-command-grader writes."""
    top: dict[str, Kinds] = {
        "version": (int,), "status": (str,), "max_score": (int,), "message": (str,), "tests": (list,),
    }  # fmt: skip
    test: dict[str, Kinds] = {
        "name": (str,), "status": (str,), "score": (int,), "message": (str,), "test_code": (str,), "filename": (str,),
        "line_no": (int,), "duration": NUMBER,
    }  # fmt: skip
    faults = [*_of_fields(told, top, {"version", "status", "max_score", "tests"}, "result")]
    status = {"pass", "fail", "error"}
    faults += [f"status {one['status']}" for one in (told, *told["tests"]) if one["status"] not in status]
    for one in told["tests"]:
        faults += _of_fields(one, test, set(test), "test")
    return faults


def _of_fields(told: Any, may: Mapping[str, Kinds], must: set[str], what: str) -> Iterator[str]:
    for name in must - set(told):
        yield f"{what}: {name} is missing"
    for name, value in told.items():
        if name not in may:
            yield f"{what}: nobody knows {name}"
        elif not isinstance(value, may[name]):
            yield f"{what}: {name} is {value!r}"
