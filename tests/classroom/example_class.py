"""A class made by hand: who passed, who made which mistake, who is late, and who has a name that attacks."""

from __future__ import annotations

from datetime import UTC, datetime

from tutor.classroom.people import Person
from tutor.classroom.results import ClassResults, Finding, Grade, GradedCheck, GradedExercise
from tutor.verdict import CheckResult, Counterexample, SideBySide, Verdict, VerdictName

SCALE = GradedExercise(
    "scale",
    2,
    "Scale a tensor",
    3.0,
    (GradedCheck("values", "scale(x, factor) gives x times factor", 2.0), GradedCheck("input", "x is left alone", 1.0)),
    {"adds": "the factor is added; it multiplies."},
)
AFFINE = GradedExercise(
    "affine",
    3,
    "An affine module (2)",
    6.0,
    (
        GradedCheck("forward", "Affine(features)(x) gives x * weight + bias", 2.0),
        GradedCheck("secret_shapes", "only the instructor knows of this", 4.0, is_hidden=True),
    ),
    {"bias-ignored": "the bias is never added.", "one-feature": "only one feature works, as hidden cases show."},
)
EXERCISES = (SCALE, AFFINE)
AT = datetime(2026, 11, 2, 12, 30, tzinfo=UTC)

EXAMPLE = Counterexample(
    "x = torch.tensor([[1.0, 2.0]])\noutput = scale(x, 3.0)",
    "output",
    (0, 1),
    "6.0",
    "5.0",
    1,
    2,
    around=SideBySide("output", (("3", "6"),), (("3", "5"),), ((False, True),)),
)

EVIL = "=cmd|' /C calc'!A0"
HOSTILE_NAMES = (
    EVIL,
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    "line\nbreak",
    "carriage\rreturn",
    'quote"comma,semi;',
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "</title></style><b onclick='x'>",
    "\x1b[2J\x1b]0;owned\x07",
    "c1\x9b2J",
    "nul\x00byte",
    "right\u202eto left",
    "line\u2028separator",
    "bytes\udcff",
    "family 👩‍👩‍👧 emoji",
    "שלום\u200f",
    "../../etc/passwd",
    "{{ 7*7 }}{% raw %}",
    "&amp;&lt;",
    "[bold red]markup[/]",
    "--help",
    " ",
)  # fmt: skip


def verdict(exercise: GradedExercise, name: VerdictName, *checks: CheckResult, **more: object) -> Verdict:
    return Verdict(
        exercise=exercise.slug,
        number=exercise.number,
        verdict=name,
        score=sum(check.points for check in checks),
        max_score=exercise.max_score,
        seed=1,
        tolerance={"says": "float64, nearly exact"},
        checks=checks,
        **more,  # type: ignore[arg-type]
    )


def passed(exercise: GradedExercise) -> Verdict:
    checks = (CheckResult(one.id, one.says, "pass", one.max_points, one.max_points) for one in exercise.checks)
    return verdict(exercise, "pass", *checks, duration_ms=120.0)


def adds(printed: str = "", message: str = "1 of 2 elements differ") -> Verdict:
    """Scale, but the factor is added."""
    return verdict(
        SCALE,
        "fail",
        CheckResult("values", SCALE.checks[0].says, "fail", 0.0, 2.0, message, "adds", EXAMPLE),
        CheckResult("input", SCALE.checks[1].says, "pass", 1.0, 1.0),
        misconception="adds",
        looks_like=SCALE.misconceptions["adds"],
        printed=printed,
        duration_ms=80.0,
    )


def fails_unseen() -> Verdict:
    """Affine, right but for what the hidden check looks at."""
    return verdict(
        AFFINE,
        "fail",
        CheckResult("forward", AFFINE.checks[0].says, "pass", 2.0, 2.0),
        CheckResult("secret_shapes", AFFINE.checks[1].says, "fail", 0.0, 4.0, "secret message", "one-feature"),
        misconception="one-feature",
        looks_like=AFFINE.misconceptions["one-feature"],
        printed="secret input tensor(17)",
    )


def timed_out() -> Verdict:
    return verdict(
        SCALE,
        "timeout",
        CheckResult("values", SCALE.checks[0].says, "timeout", 0.0, 2.0, "it ran longer than 3 s"),
        CheckResult("input", SCALE.checks[1].says, "skip", 0.0, 1.0, "could not run"),
        message="it ran longer than 3 s",
    )


def unjudged(exercise: GradedExercise) -> Verdict:
    checks = (CheckResult(one.id, one.says, "skip", 0.0, one.max_points, "could not run") for one in exercise.checks)
    return verdict(exercise, "grader_error", *checks, message="the engine ended")


PEOPLE = (
    Person("ada", "Ada Lovelace", "ada@example.org", "ada", "u-1", "101", "ada", "Section 1"),
    Person("bob", "Bob", "bob@example.org", "bob", "u-2", "102", "bob", "Section 1"),
    Person("cyd", "Cyd", "cyd@example.org", "cyd", "u-3", "103", "cyd", "Section 2"),
    Person("dan"),
)


def of(people: tuple[Person, ...], *grades: Grade, findings: tuple[Finding, ...] = ()) -> ClassResults:
    return ClassResults(
        "Small course",
        EXERCISES,
        people,
        {(grade.learner, grade.exercise): grade for grade in grades},
        findings,
        {"cnn-tutor": "0.1", "torch": "2.14", "python": "3.11"},
    )


def example() -> ClassResults:
    """Ada passed all, Bob adds and fails a hidden check, Cyd timed out and waits, Dan is in no roster."""
    return of(
        PEOPLE,
        Grade("ada", "scale", "ada/scale.py", passed(SCALE), AT),
        Grade("ada", "affine", "ada/affine.py", passed(AFFINE), AT),
        Grade("bob", "scale", "bob/scale.py", adds(), AT, late_by_s=5400.0),
        Grade("bob", "affine", "bob/affine.py", fails_unseen()),
        Grade("cyd", "scale", "cyd/scale.py", timed_out()),
        Grade("cyd", "affine", "cyd/affine.py", None),
        Grade("dan", "scale", "dan/scale.py", unjudged(SCALE)),
        findings=(
            Finding("late", "bob", "scale", "bob/scale.py", "1.5 h after the deadline"),
            Finding("refused", "", "", "notes.zip", "it holds ../../x, which climbs out"),
        ),
    )


def hostile() -> ClassResults:
    """Everybody has a name that attacks, and writes it wherever a learner can."""
    people = tuple(Person(name, name, name, name, name, name, name, name) for name in HOSTILE_NAMES)
    grades = (Grade(name, "scale", name, adds(printed=name, message=name)) for name in HOSTILE_NAMES)
    findings = tuple(Finding("misnamed", name, "scale", name, name) for name in HOSTILE_NAMES)
    return of(people, *grades, findings=findings)
