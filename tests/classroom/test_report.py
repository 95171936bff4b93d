"""The HTML report: what an instructor sees, what a learner sees, and that no name becomes part of the page."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from tests.classroom.example_class import EXAMPLE, HOSTILE_NAMES, PEOPLE, adds, example, hostile, of
from tutor.classroom.people import Person
from tutor.classroom.report.pages import class_page, learner_page, page_name
from tutor.classroom.report.summary import summary_of
from tutor.classroom.report.writing import write_report
from tutor.classroom.results import ClassResults, Grade
from tutor.errors import TutorError
from tutor.verdict import Window

if TYPE_CHECKING:
    from pathlib import Path

VOID = {"meta", "link", "br", "img"}


class Page(HTMLParser):
    """A page as a browser reads it: its elements, their attributes, its text; and that all that is opened is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: Counter[str] = Counter()
        self.attributes: set[tuple[str, str]] = set()
        self.values: dict[str, list[str]] = {}
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.text += " "
        self.elements[tag] += 1
        self.attributes |= {(tag, name) for name, _ in attrs}
        for name, value in attrs:
            self.values.setdefault(name, []).append(value or "")
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.text += " "
        assert self._open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_data(self, data: str) -> None:
        if self._open[-1:] != ["style"]:
            self.text += data


def words(page: Page) -> str:
    return " ".join(page.text.split())


def test_an_instructor_sees_what_went_wrong_how_often_and_where() -> None:
    page = Page(class_page(example()))
    seen = words(page)
    assert "4 learners, 2 exercises, 9 points" in seen
    assert re.search(r"1 the factor is added; it multiplies\. who Bob 2 Scale a tensor", seen)
    # The grader could not judge Dan's, so it says nothing of the check.
    assert re.search(r"2 of 3 scale\(x, factor\) gives x times factor 2 Scale a tensor", seen)
    assert re.search(r"1 of 2 only the instructor knows of this hidden", seen)
    assert "2 submissions have no verdict yet." in seen
    assert "late bob scale bob/scale.py 1.5 h after the deadline" in seen
    assert re.search(r"Bob 3 ✗ 1 L ✗ 2", seen)
    assert "Ada Lovelace 9 ✓ ✓" in seen


def test_the_summary_counts_those_who_handed_something_in() -> None:
    summary = summary_of(replace(example(), people=(*PEOPLE, Person("eve"))))
    assert (summary.active, summary.all_passed, summary.median, summary.mean) == (4, 1, 1.5, 3.0)
    assert summary.bins == (2, 0, 0, 1, 0, 0, 0, 0, 0, 1)
    assert [(one.check.id, one.failed, one.ran) for one in summary.checks] == [
        ("values", 2, 3),
        ("secret_shapes", 1, 2),
    ]
    assert [(one.says, [person.learner for person in one.people]) for one in summary.misconceptions] == [
        ("the factor is added; it multiplies.", ["bob"]),
        ("only one feature works, as hidden cases show.", ["bob"]),
    ]
    assert summary.exercises[0].stands == Counter({"pass": 1, "fail": 1, "timeout": 1, "grader_error": 1, "missing": 1})


def test_a_class_that_handed_in_nothing_has_a_page_too() -> None:
    seen = words(Page(class_page(of((Person("eve"),)))))
    assert "handed something in 0 of 1" in seen
    assert words(Page(class_page(of(()))))


def test_a_learner_sees_the_verdict_in_words_and_the_case_as_code() -> None:
    seen = words(Page(learner_page(example(), PEOPLE[1])))
    assert "Looks like the factor is added; it multiplies." in seen
    assert "x = torch.tensor([[1.0, 2.0]]) output = scale(x, 3.0)" in seen
    assert "output[0, 1] expected 6.0 got 5.0" in seen
    assert "Not yet 1 of 3 points late" in seen
    assert "3 of 5 points" in seen


def test_a_learner_sees_the_window_that_it_came_from_and_how_much_more_of_it_there_is() -> None:
    window = Window("x[0, 2:8, 0:2, 1:3]", tuple((("1", "·"), (str(channel), "4")) for channel in range(6)), 2)
    wrong = adds()
    shown = replace(wrong.checks[0], counterexample=replace(EXAMPLE, window=window))
    verdict = replace(wrong, checks=(shown, wrong.checks[1]))
    seen = words(Page(learner_page(of((PEOPLE[1],), Grade("bob", "scale", "x", verdict)), PEOPLE[1])))
    assert "It comes from x[0, 2:8, 0:2, 1:3] : channel 2 1 · 0 4" in seen
    assert "… and 2 more channels" in seen


def test_a_learner_sees_nothing_of_others_of_hidden_checks_or_of_findings() -> None:
    html = learner_page(example(), PEOPLE[1])
    seen = words(Page(html))
    assert "4 more points are for checks that your instructor keeps." in seen
    for secret in ("secret", "feature works", "Lovelace", "after the deadline", "index.html"):
        assert secret not in html


def test_what_was_not_handed_in_is_listed() -> None:
    assert words(Page(learner_page(example(), PEOPLE[3]))).count("Not handed in 3 An affine module (2)") == 1


def pages(results: ClassResults) -> list[str]:
    return [class_page(results), *(learner_page(results, person) for person in results.people)]


def neighbours_of(name: str) -> ClassResults:
    """Like the class of hostile names, but with a harmless one in the place of each."""
    people = tuple(replace_name(person, f"{name}{place}") for place, person in enumerate(hostile().people))
    grades = (Grade(one.learner, "scale", "x", adds(printed="x", message="x")) for one in people)
    findings = tuple(replace(one, learner="x", where="x", says="x") for one in hostile().findings)
    return of(people, *grades, findings=findings)


def replace_name(person: Person, name: str) -> Person:
    return Person(name, name)


def test_no_element_and_no_attribute_comes_from_a_name() -> None:
    for attacked, harmless in zip(pages(hostile()), pages(neighbours_of("x")), strict=True):
        ours, theirs = Page(harmless), Page(attacked)
        assert theirs.elements["script"] == theirs.elements["img"] == 0
        assert theirs.attributes == ours.attributes
        assert theirs.elements.keys() == ours.elements.keys()
        assert theirs.elements["a"] == ours.elements["a"]
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", attacked)
        attacked.encode()


def test_names_are_shown_as_they_are() -> None:
    text = Page(class_page(hostile())).text
    for name in ("<script>alert(1)</script>", "{{ 7*7 }}{% raw %}", "&amp;&lt;", "family 👩‍👩‍👧 emoji"):
        assert name in text


def test_a_page_loads_nothing_runs_nothing_and_says_so_to_the_browser() -> None:
    for html in pages(example()):
        page = Page(html)
        assert not {"script", "link", "img", "iframe", "form", "object"} & page.elements.keys()
        assert not {name for _, name in page.attributes if name.startswith("on") or name in ("style", "src")}
        style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
        assert style is not None
        digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
        policy = next(value for value in page.values["content"] if "default-src" in value)
        assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        assert "url(" not in style[1]
        assert "@import" not in style[1]


def test_a_page_can_be_heard() -> None:
    for html in pages(example()):
        page = Page(html)
        assert page.values["lang"] == ["en"]
        assert set(page.values.get("scope", [])) <= {"col", "row"}
        assert len(page.values.get("scope", [])) == page.elements["th"]
        assert page.elements["h1"] == page.elements["main"] == page.elements["title"] == 1


def luminance(colour: str) -> float:
    """By WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_colour_of_text_stands_out_by_wcag_in_light_and_dark() -> None:
    style = re.search(r"<style>(.*?)</style>", class_page(example()), re.DOTALL)
    assert style is not None
    schemes = re.findall(r":root \{(.*?)\}", style[1], re.DOTALL)
    assert len(schemes) == 2
    for scheme in schemes:
        colours = {
            name: value if len(value) == 7 else "#" + "".join(2 * digit for digit in value[1:])
            for name, value in re.findall(r"--(\w+): (#\w+)", scheme)
        }
        for below in ("paper", "well"):
            for above in ("ink", "soft", "pass", "fail", "warn", "accent"):
                light, dark = sorted((luminance(colours[below]), luminance(colours[above])), reverse=True)
                assert (light + 0.05) / (dark + 0.05) >= 4.5, (below, above)


def test_a_report_is_written_and_written_again(tmp_path: Path) -> None:
    index = write_report(hostile(), tmp_path / "report")
    assert index == tmp_path / "report" / "index.html"
    files = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert len(files) == 1 + len(HOSTILE_NAMES)
    assert all(re.fullmatch(r"report/(index|learners/[0-9a-f]{16})\.html", name) for name in files)
    links = re.findall(r'href="([^"]*)"', index.read_text())
    assert {index.parent / link for link in links} == {tmp_path / name for name in files} - {index}
    before = index.read_bytes()
    write_report(hostile(), tmp_path / "report")
    assert index.read_bytes() == before


def test_a_page_keeps_its_name_when_the_class_changes() -> None:
    assert page_name(Person("ada", "Ada")) == page_name(Person("ada", "Countess"))
    assert page_name(Person("bytes\udcff")) != page_name(Person("bytes"))


def test_a_report_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "report").write_text("a file")
    with pytest.raises(TutorError, match="cannot be written"):
        write_report(example(), tmp_path / "report")
