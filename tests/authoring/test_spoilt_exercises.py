"""Every way in which an exercise can be false is found, and named with its file: a grader of exercises that nobody has
seen fail proves nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.authoring.conftest import Spoilt, lay_down_spoilt
from tutor.authoring.verify import Extent, Progress, verify
from tutor.course import CourseLocation, load_course

if TYPE_CHECKING:
    from tutor.authoring.report import Report

TOML, LESSON, STARTER = "exercise/exercise.toml", "exercise/lesson.md", "exercise/NAME.py"
REFERENCE, CHECKS, QUESTIONS = "solution/NAME.py", "solution/checks.py", "solution/questions.py"
SUM = "return x @ weight.T + bias"
SYMMETRIC = "[[1, 2, 3], [2, 4, 5], [3, 5, -1]]"
FORWARD = "submission.NAME(case.x, case.weight, case.bias)"

SPOILT = [
    # What can be seen without running anything.
    Spoilt("explain-missing", "implement", {"solution/explain.md": None}, "is missing", "explain.md"),
    Spoilt("checks-missing", "implement", {CHECKS: None}, "is missing", "checks.py"),
    Spoilt("starter-missing", "implement", {STARTER: None}, "is missing", "exercises/NUMBER_NAME/NAME.py"),
    Spoilt("questions-missing", "compute", {QUESTIONS: None}, "is missing", "questions.py"),
    Spoilt("lesson-empty", "implement", {LESSON: " \n"}, "is empty", "lesson.md", problems=2),
    Spoilt(
        "few-hints",
        "implement",
        {TOML: ('  "return x @ weight.T + bias",\n', "")},
        "2 hints; 3 are asked",
        "exercise.toml",
    ),
    Spoilt("one-accepted", "implement", {"solution/accepted/loops.py": None}, "1 accepted answer; 2 are", "accepted"),
    Spoilt(
        "few-wrong",
        "implement",
        {
            "solution/wrong/bias_ignored.py": None,
            TOML: ('[[misconception]]\nid = "bias-ignored"\nsays = "the bias is never added."\n', ""),
        },
        "7 wrong answers, which is enough for a proof; 8 are a good number",
        "wrong",
        is_fault=False,
    ),
    Spoilt(
        "nobody-shows-it",
        "implement",
        {TOML: ("[[misconception]]", '[[misconception]]\nid = "tired"\nsays = "too late."\n\n[[misconception]]')},
        "no wrong answer shows misconception `tired`",
        "exercise.toml",
    ),
    Spoilt(
        "two-share-one",
        "implement",
        {
            "solution/wrong/more.py": (
                f"# expect: check=values misconception=averaged\ndef NAME(x, weight, bias):\n    {SUM} + 1\n"
            )
        },
        "averaged.py and more.py share misconception `averaged`",
        "wrong",
        is_fault=False,
    ),
    Spoilt(
        "wide-lesson",
        "implement",
        {LESSON: ("What is", f"{'wide ' * 16}\nWhat is")},
        "line 3 is wider",
        "lesson.md",
        False,
    ),
    Spoilt("dollar", "implement", {LESSON: ("What is", "$x$\nWhat is")}, "holds a `$`", "lesson.md", False),
    Spoilt(
        "no-task", "implement", {LESSON: ("## Your task", "## To do")}, "no section `## Your task`", "lesson.md", False
    ),
    Spoilt(
        "no-rule", "implement", {LESSON: ("Tolerance", "How close")}, "does not mention `Tolerance`", "lesson.md", False
    ),
    Spoilt(
        "relative-by-hand", "compute", {TOML: ("rtol = 0.0", "rtol = 0.1")}, "with `atol` alone", "exercise.toml", False
    ),
    Spoilt(
        "torch-in-questions",
        "compute",
        {QUESTIONS: ("from typing", "import torch\nfrom typing")},
        "imports torch",
        "questions.py",
    ),
    Spoilt(
        "starter-asks-otherwise",
        "implement",
        {STARTER: (", weight: torch.Tensor, bias", ", kernel")},
        "(x, kernel)` is `starter_asks_otherwise(x, weight, bias)` in the reference",
        "exercises/NUMBER_NAME/NAME.py",
    ),
    # Starter and reference by themselves.
    Spoilt(
        "starter-is-no-python",
        "implement",
        {STARTER: ("def ", "dfe ")},
        "loaded: SyntaxError",
        "exercises/NUMBER_NAME/NAME.py",
    ),
    Spoilt(
        "starter-passes",
        "implement",
        {STARTER: f"def NAME(x, weight, bias):\n    {SUM}\n"},
        "passes as it is",
        "exercises/NUMBER_NAME/NAME.py",
    ),
    Spoilt(
        "filled-in",
        "compute",
        {STARTER: ("q2 = ...", "q2 = [1, 2, 3]")},
        "`q2` is filled in already",
        "exercises/NUMBER_NAME/NAME.py",
    ),
    Spoilt(
        "other-name",
        "implement",
        {STARTER: ("def NAME", "def other")},
        "defines no `other_name`",
        "exercises/NUMBER_NAME/NAME.py",
    ),
    Spoilt(
        "reference-is-no-python",
        "implement",
        {REFERENCE: ("def ", "dfe ")},
        "raised SyntaxError",
        "solutions/NUMBER_NAME/NAME.py",
    ),
    # Right answers.
    Spoilt(
        "reference-raises",
        "implement",
        {REFERENCE: (SUM, "raise ValueError('no')")},
        "at `values`, it raised ValueError",
        "solutions/NUMBER_NAME/NAME.py",
    ),
    Spoilt(
        "reference-wrong",
        "implement",
        {REFERENCE: (SUM, "return x @ weight.T")},
        "does not pass on all 6 seeds: at `values`",
        "solutions/NUMBER_NAME/NAME.py",
    ),
    Spoilt(
        "reference-by-a-hair",
        "implement",
        {REFERENCE: (SUM, f"{SUM} + 5e-10")},
        "of the tolerance (seed",
        "solutions/NUMBER_NAME/NAME.py",
    ),
    Spoilt(
        "accepted-fails",
        "implement",
        {"solution/accepted/loops.py": ("+ b ", "- b ")},
        "does not pass on all 6 seeds: at `values`",
        "accepted/loops.py",
    ),
    Spoilt(
        "accepted-is-forbidden",
        "implement",
        {
            TOML: ("forbid = []", 'forbid = ["torch.nn.functional.conv2d"]'),
            "solution/accepted/einsum.py": (
                'return torch.einsum("nd,md->nm", x, weight) + bias',
                "return torch.conv2d(x[:, :, None, None], weight[:, :, None, None], bias)[:, :, 0, 0]",
            ),
        },
        "torch.nn.functional.conv2d may not be used",
        "accepted/einsum.py",
    ),
    Spoilt(
        "accepted-by-hand-fails",
        "compute",
        {"solution/accepted/loops.py": ("total = b", "total = 0")},
        "does not pass on all 6 learners",
        "accepted/loops.py",
        problems=2,
    ),
    Spoilt(
        "oracle-raises",
        "implement",
        {"solution/oracle.py": ("return F", "raise ValueError('no')\n    return F")},
        "what submissions are compared with fails",
        "oracle.py",
    ),
    # Wrong answers.
    Spoilt(
        "wrong-passes",
        "implement",
        {"solution/wrong/averaged.py": (" / x.shape[1]", "")},
        "passes: no check catches it on any of 4 seeds",
        "wrong/averaged.py",
    ),
    Spoilt(
        "wrong-elsewhere",
        "implement",
        {"solution/wrong/averaged.py": ("check=values", "check=gradients")},
        "fails at `values` on",
        "wrong/averaged.py",
    ),
    Spoilt(
        "wrong-later",
        "implement",
        {"solution/wrong/input_detached.py": ("check=gradients", "check=values")},
        "fails at `gradients` on",
        "wrong/input_detached.py",
    ),
    Spoilt(
        "alike",
        "implement",
        {
            TOML: ("[[misconception]]", '[[misconception]]\nid = "halved"\nsays = "halved."\n\n[[misconception]]'),
            "solution/wrong/halved.py": (
                "# expect: check=values misconception=halved\ndef NAME(x, weight, bias):\n"
                "    return (x @ weight.T) / x.shape[1] + bias\n"
            ),
        },
        "does the same as solutions/NUMBER_NAME/wrong/averaged.py wherever it fails",
        "wrong/halved.py",
        problems=2,
    ),
    Spoilt(
        "wrong-by-a-hair",
        "implement",
        {"solution/wrong/averaged.py": (" / x.shape[1] + bias", " + bias + 4e-9")},
        "times the tolerance (seed",
        "wrong/averaged.py",
    ),
    Spoilt(
        "wrong-by-chance",
        "implement",
        {
            "solution/wrong/averaged.py": (
                "    return",
                "    if x.shape[0] != 4:\n        return x @ weight.T + bias\n    return",
            )
        },
        "its misconception is not named on all 3 seeds",
        "wrong/averaged.py",
    ),
    Spoilt(
        "wrong-by-hand-raises",
        "compute",
        {"solution/wrong/averaged.py": ("/ len(x)", "/ 0")},
        "raises ZeroDivisionError",
        "wrong/averaged.py",
    ),
    # What is mistyped shows no misconception.
    Spoilt(
        "wrong-is-no-python",
        "implement",
        {"solution/wrong/averaged.py": ("def ", "dfe ")},
        "cannot be loaded: SyntaxError: invalid syntax (line 2)",
        "wrong/averaged.py",
    ),
    Spoilt(
        "wrong-imports-nothing",
        "implement",
        {"solution/wrong/averaged.py": ("def ", "import touch\n\n\ndef ")},
        "cannot be loaded: ModuleNotFoundError: No module named 'touch' (line 2)",
        "wrong/averaged.py",
    ),
    Spoilt(
        "wrong-raises-at-once",
        "implement",
        {"solution/wrong/averaged.py": ("def ", "1 / 0\n\n\ndef ")},
        "cannot be loaded: ZeroDivisionError: division by zero (line 2)",
        "wrong/averaged.py",
    ),
    Spoilt(
        "wrong-renamed",
        "implement",
        {"solution/wrong/averaged.py": ("def NAME", "def other")},
        "defines no `wrong_renamed`",
        "wrong/averaged.py",
    ),
    Spoilt(
        "wrong-mistyped",
        "implement",
        {"solution/wrong/averaged.py": ("x.shape", "y.shape")},
        "raises NameError: name 'y' is not defined (line 3) on seed 1: something is mistyped or missing",
        "wrong/averaged.py",
    ),
    Spoilt(
        "wrong-mistyped-later",
        "implement",
        {
            "solution/wrong/weight_detached.py": (
                "    return",
                "    if weight.requires_grad:\n        tensor.ones(1)\n    return",
            )
        },
        "raises NameError: name 'tensor' is not defined (line 4) on seed 1",
        "wrong/weight_detached.py",
    ),
    Spoilt(
        "accepted-is-no-python",
        "implement",
        {"solution/accepted/loops.py": ("def ", "dfe ")},
        "cannot be loaded: SyntaxError",
        "accepted/loops.py",
    ),
    Spoilt(
        "accepted-renamed",
        "implement",
        {"solution/accepted/loops.py": ("def NAME", "def other")},
        "defines no `accepted_renamed`",
        "accepted/loops.py",
    ),
    Spoilt(
        "wrong-takes-it-down",
        "implement",
        {"solution/wrong/averaged.py": ("    return", "    import os; os._exit(7)\n    return")},
        "took the process down that ran it (seed 1): exit status 7",
        "wrong/averaged.py",
    ),
    Spoilt(
        "wrong-never-ends",
        "implement",
        {
            TOML: ("timeout_s = 10", "timeout_s = 1"),
            "solution/wrong/averaged.py": ("    return", "    while True:\n        pass\n    return"),
        },
        "does not end within 5 s (seed 1)",
        "wrong/averaged.py",
    ),
    # Checks.
    Spoilt("checks-raise", "implement", {CHECKS: ("SIZES = ", "1 / 0\nSIZES = ")}, "ZeroDivisionError", "checks.py"),
    Spoilt(
        "check-missing",
        "implement",
        {CHECKS: ('@check("gradients", cases)\n', "")},
        "differ: it lacks `gradients`",
        "checks.py",
    ),
    Spoilt(
        "check-renamed",
        "implement",
        {CHECKS: ('@check("gradients", cases)', '@check("gradient", cases)')},
        "differ: it lacks `gradients`; exercise.toml lacks `gradient`",
        "checks.py",
    ),
    Spoilt(
        "checks-alike",
        "implement",
        {CHECKS: ('@check("gradients", cases)', '@check("values", cases)')},
        "two checks have the id `values`",
        "checks.py",
    ),
    Spoilt(
        "check-returns-nothing",
        "implement",
        {CHECKS: ('return {"output": submission', '_ = {"output": submission')},
        "check `values` returns None; it must return a dict of what is compared",
        "checks.py",
    ),
    Spoilt(
        "check-returns-a-tensor",
        "implement",
        {CHECKS: (f'{{"output": {FORWARD}}}', FORWARD)},
        "check `values` returns a tensor of shape (2, 3); it must return a dict",
        "checks.py",
    ),
    Spoilt(
        "check-yields",
        "implement",
        {CHECKS: ("return submission.NAME.gradients", "yield submission.NAME.gradients")},
        "check `gradients` returns a generator; it must return a dict",
        "checks.py",
    ),
    Spoilt(
        "shrink-misspelt",
        "implement",
        {CHECKS: ('shrink=["x", "weight", "bias"]', 'shrink=["x", "wieght"]')},
        "check `values`: shrink names `wieght`, which a case has not; it has x, weight, bias, grad_output",
        "checks.py",
    ),
    Spoilt(
        "shrink-of-no-tensor",
        "implement",
        {CHECKS: ("x=draw(rng, samples, inputs)", "x=[draw(rng, samples, inputs)]")},
        "check `values`: shrink names `x`, which is no tensor of numbers in a case",
        "checks.py",
    ),
    Spoilt(
        "cases-are-dicts",
        "implement",
        {CHECKS: ("yield Case(", "yield dict(")},
        "check `values`: its cases give a dict; each must be a Case(...)",
        "checks.py",
    ),
    Spoilt(
        "case-holds-a-copy",
        "implement",
        {CHECKS: ("yield Case(", "yield Case(copy=1, ")},
        "a case cannot hold a `copy`: it has a method of that name",
        "checks.py",
    ),
    Spoilt(
        "window-raises",
        "implement",
        {CHECKS: ("cases, shrink", "cases, window=lambda case, index: case.y, shrink")},
        "check `values`: its window, for the output's element [1, 2], raises AttributeError: the case has no y (line ",
        "checks.py",
    ),
    Spoilt(
        "window-gives-none",
        "implement",
        {CHECKS: ("cases, shrink", "cases, window=lambda case, index: None, shrink")},
        "check `values`: its window, for the output's element [1, 2], gives None",
        "checks.py",
    ),
    Spoilt(
        "grad-output-unfit",
        "implement",
        {CHECKS: ("grad_output=draw(rng, samples, outputs)", "grad_output=draw(rng, samples, inputs)")},
        "check `gradients` compares no gradient: grad_output is a tensor of shape (2, 1), and the output a tensor of "
        "shape (2, 3)",
        "checks.py",
    ),
    Spoilt(
        "check-raises",
        "implement",
        {CHECKS: ("case.x, case.weight, case.bias)}", "case.y, case.weight, case.bias)}")},
        "check `values` itself raises AttributeError: the case has no y (line ",
        "checks.py",
    ),
    Spoilt(
        "cases-raise",
        "implement",
        {CHECKS: ("for draw in", "1 / 0\n    for draw in")},
        "check `values`: the cases of seed 1 cannot be drawn: ZeroDivisionError: division by zero (line ",
        "checks.py",
    ),
    Spoilt(
        "no-cases",
        "implement",
        {CHECKS: ("SIZES = [(2, 1, 3), (2, 3, 1), (3, 2, 4), (4, 5, 3)]", "SIZES = []")},
        "check `values` draws no cases",
        "checks.py",
    ),
    Spoilt(
        "cases-by-chance",
        "implement",
        {CHECKS: ("x=draw(rng, samples, inputs)", "x=torch.rand(samples, inputs).double()")},
        "check `values` is not the same twice on seed 1",
        "checks.py",
    ),
    Spoilt(
        "values-by-chance",
        "implement",
        {CHECKS: (f"{FORWARD}}}", f"{FORWARD} + torch.rand(1).double()}}")},
        "check `values` is not the same twice on seed 1",
        "checks.py",
    ),
    Spoilt(
        "idle",
        "implement",
        {
            TOML: (
                "points = 2\nafter",
                'points = 1\nafter = ["values"]\n\n[[check]]\nid = "idle"\nsays = "nothing"\npoints = 1\nafter',
            ),
            CHECKS: (
                '@check("gradients"',
                '@check("idle", cases)\ndef idle(submission, case):\n    return {}\n\n\n@check("gradients"',
            ),
        },
        "check `idle` catches nothing",
        "exercise.toml",
        is_fault=False,
    ),
    Spoilt(
        "address-in-message",
        "implement",
        {
            "solution/wrong/averaged.py": ("    return", "    raise ValueError(object())\n    return"),
        },
        "the verdict on seed 1 is another the second time: `checks[0].message`",
        "wrong/averaged.py",
        problems=2,
    ),
    # Questions.
    Spoilt(
        "no-worked", "compute", {QUESTIONS: ("def worked", "def work")}, "has no function worked(given)", "questions.py"
    ),
    Spoilt(
        "variant-by-chance",
        "compute",
        {QUESTIONS: ("    while True:", "    import random as rng\n\n    while True:")},
        "the questions are not the same twice (learner-0)",
        "questions.py",
    ),
    Spoilt(
        "worked-by-chance",
        "compute",
        {QUESTIONS: ('return "\\n".join(lines)', "import random\n\n    return str(random.random())")},
        "the questions are not the same twice (learner-0)",
        "questions.py",
    ),
    Spoilt(
        "wrong-names-nothing",
        "compute",
        {"solution/wrong/weights_transposed.py": ("$q2_bias", "$q2_bais")},
        "names `$q2_bais`, which no question gives",
        "wrong/weights_transposed.py",
    ),
    Spoilt(
        "wrong-is-no-template",
        "compute",
        {"solution/wrong/bias_subtracted.py": ("$q3_bias", "$3_bias")},
        "is no template",
        "wrong/bias_subtracted.py",
    ),
    Spoilt(
        "wrong-by-hand-is-no-python",
        "compute",
        {"solution/wrong/weights_added.py": ("def ", "dfe ")},
        "raises SyntaxError: invalid syntax (line 2)",
        "wrong/weights_added.py",
    ),
    Spoilt(
        "wrong-leaves-one-out",
        "compute",
        {"solution/wrong/weights_added.py": ("q3 = ", "q4 = ")},
        "defines no `q3`",
        "wrong/weights_added.py",
    ),
    Spoilt(
        "worked-raises",
        "compute",
        {QUESTIONS: ("    lines = []", "    assert given['x'][0] < 5, 'large'\n    lines = []")},
        "AssertionError: large",
        "questions.py",
    ),
    Spoilt(
        "worked-says-nothing",
        "compute",
        {QUESTIONS: ('return "\\n".join(lines)', 'return ""')},
        "worked(given) says nothing",
        "questions.py",
    ),
    Spoilt(
        "variant-raises",
        "compute",
        {QUESTIONS: ("    while True:", "    1 / 0\n    while True:")},
        "ZeroDivisionError",
        "questions.py",
    ),
    Spoilt(
        "variant-never-ends",
        "compute",
        {
            TOML: ("timeout_s = 10", "timeout_s = 1"),
            QUESTIONS: ("        if _shows_every_mistake(given):\n            return given\n", ""),
        },
        "does not end within 5 s (learner-0)",
        "questions.py",
    ),
    Spoilt(
        "one-variant",
        "compute",
        {QUESTIONS: ("    while True:", "    return SLIDES\n    while True:")},
        "6 of 6 learners get the same questions",
        "questions.py",
        False,
    ),
    Spoilt(
        "careless-variant",
        "compute",
        {
            QUESTIONS: ("            return given", "            return {**given, 'weight': " + SYMMETRIC + "}"),
        },
        "is right on all 2 questions to practise on",
        "wrong/weights_transposed.py",
        is_fault=False,
    ),
    Spoilt(
        "wide-question",
        "compute",
        {QUESTIONS: ("The outputs?", f"The outputs? {'wide ' * 16}")},
        "lines wider than 78",
        "exercises/NUMBER_NAME/NAME.py",
        False,
    ),
    Spoilt(
        "unknown-value",
        "compute",
        {REFERENCE: ("$q2_bias", "$q2_bais")},
        "names `$q2_bais`, which no question gives",
        "solutions/NUMBER_NAME/NAME.py",
    ),
    Spoilt(
        "no-template",
        "compute",
        {REFERENCE: ("$q2_bias", "$2_bias")},
        "is no template",
        "solutions/NUMBER_NAME/NAME.py",
    ),
    Spoilt(
        "other-blanks",
        "compute",
        {QUESTIONS: ('Blank("", ', 'Blank("output", ')},
        "field `symbols`: the blanks are q1_output",
        "exercise.toml",
    ),
    Spoilt(
        "other-questions",
        "compute",
        {TOML: ('id = "q3"', 'id = "q4"')},
        "the questions are q1, q2, q3",
        "exercise.toml",
    ),
    Spoilt(
        "answer-elsewhere",
        "compute",
        {CHECKS: ('{"": ', '{"output": ')},
        "answer(given) raises KeyError: ''",
        "checks.py",
    ),
    Spoilt(
        "answer-of-other-shape",
        "compute",
        {CHECKS: ("weight, bias)}", "weight[:2], bias[:2])}")},
        "answer(given): q1 (outputs) is a tensor of shape (2,); 3 numbers are asked",
        "checks.py",
    ),
    Spoilt(
        "answer-raises",
        "compute",
        {CHECKS: ("    x, weight", "    1 / 0\n    x, weight")},
        "answer(given) raises ZeroDivisionError: division by zero (line ",
        "checks.py",
    ),
    Spoilt(
        "answer-by-chance",
        "compute",
        {CHECKS: ("weight, bias)}", "weight, bias) + torch.rand(1)}")},
        "answer(given) is not the same twice",
        "checks.py",
    ),
    Spoilt(
        "answer-infinite",
        "compute",
        {CHECKS: ("weight, bias)}", "weight, bias) / 0}")},
        "answer(given) is not finite",
        "checks.py",
    ),
]

SOUND = [
    Spoilt("sound-function", "implement", {}, "", ""),
    Spoilt("sound-by-hand", "compute", {}, "", ""),
    Spoilt("sound-and-hidden", "implement", {TOML: ("points = 2\nafter", "points = 2\nhidden = true\nafter")}, "", ""),
    Spoilt("sound-without-oracle", "implement", {"solution/oracle.py": None}, "", ""),
]


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    """All of them in one course, proved at once on a few seeds."""
    root = tmp_path_factory.mktemp("spoilt")
    for spoilt in (*SOUND, *SPOILT):
        lay_down_spoilt(root, spoilt)
    course = load_course(CourseLocation(root / "exercises", root / "solutions"))
    found = verify(course, course.exercises, Extent.of(6, quick=True), Progress())
    return {report.exercise.slug: report for report in found}


@pytest.mark.parametrize("spoilt", SPOILT, ids=lambda spoilt: spoilt.slug)
def test_what_is_wrong_is_named_with_its_file_and_nothing_else_is(reports: dict[str, Report], spoilt: Spoilt) -> None:
    report = reports[spoilt.slug]
    folder = report.exercise.manifest.folder
    file = spoilt.file.replace("NUMBER_NAME", folder).replace("NAME", report.exercise.manifest.module)
    says = spoilt.says.replace("NUMBER_NAME", folder)
    found = [problem for problem in report.problems if says in problem.says]
    assert [(problem.file.endswith(file), problem.is_fault) for problem in found] == [(True, spoilt.is_fault)], (
        report.problems
    )
    assert len(report.problems) == spoilt.problems, report.problems
    assert report.proved is not spoilt.is_fault
    assert not report.unjudged


@pytest.mark.parametrize("sound", SOUND, ids=lambda sound: sound.slug)
def test_what_is_sound_is_proved(reports: dict[str, Report], sound: Spoilt) -> None:
    report = reports[sound.slug]
    assert report.problems == []
    assert report.proved
    assert report.judged > 0
    assert (report.seeds, len(report.table)) == (6, len(report.exercise.wrong))


def test_the_table_says_which_check_catches_which_wrong_answer(reports: dict[str, Report]) -> None:
    table = {row.name: row for row in reports["sound-function"].table}
    assert table["averaged"].caught == {"values": 3, "gradients": 0}
    assert table["averaged"].reached == {"values": 3, "gradients": 0}
    assert table["weight_detached"].caught == {"values": 0, "gradients": 3}
    assert table["weight_detached"].off is None
    off = table["bias_ignored"].off
    assert off is not None
    # The bias is between 1 and 4, the tolerance between 1e-9 and some ten times that.
    assert 1e7 < off < 1e10


def test_the_margins_are_measured_against_the_oracle(reports: dict[str, Report]) -> None:
    margins = reports["sound-function"].right_off
    assert set(margins) == {"sound_function.py", "accepted/einsum.py", "accepted/loops.py"}
    assert all(off is not None and off < 0.001 for off in margins.values())
    assert reports["sound-without-oracle"].right_off["sound_without_oracle.py"] == 0
