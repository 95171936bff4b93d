"""What lessons and explanations show as typed into Python is what Python answers."""

from __future__ import annotations

import doctest

import pytest

from tutor.course import Exercise, builtin_course, load_course


@pytest.mark.parametrize("exercise", load_course(builtin_course()).exercises, ids=lambda exercise: exercise.slug)
def test_examples_give_what_they_show(exercise: Exercise) -> None:
    for name, text in (("lesson.md", exercise.lesson()), ("explain.md", exercise.explanation())):
        # A code block ends an example's output as an empty line does.
        plain = "\n".join("" if line.startswith("```") else line for line in text.splitlines())
        examples = doctest.DocTestParser().get_doctest(plain, {}, f"{exercise.slug} {name}", name, 0)
        printed: list[str] = []
        doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(examples, out=printed.append)
        assert "".join(printed) == ""
