"""What can be said of a course without running any of its programs."""

from __future__ import annotations

import ast
import tomllib
from contextlib import suppress
from typing import TYPE_CHECKING

from tutor.authoring.problems import Problem, from_message, warning, within
from tutor.course.course import faults_together
from tutor.course.exercise import load_exercise
from tutor.course.manifest import CourseManifest, Manifest, read_toml, schema_faults, with_line
from tutor.errors import ManifestError
from tutor.pictures import read_words
from tutor.pictures.picture import PictureError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import msgspec

    from tutor.course import CourseLocation, Exercise

WIDTH = 78
"""How many columns a lesson may take."""

MIN_HINTS = 3
MIN_ACCEPTED = 2
MIN_WRONG = 2
ENOUGH_WRONG = {"implement": 8, "compute": 5, "train": 5}
"""From so many wrong answers on, most of what learners get wrong is named."""


def root_of(location: CourseLocation) -> Path:
    """The course's folder, which files are named from."""
    return location.exercises.parent


def manifest_faults(location: CourseLocation) -> list[Problem]:
    """All that keeps the course from being loaded, in every file of it; empty where nothing does."""
    root = root_of(location)
    found = list(_toml_faults(location.exercises / "course.toml", CourseManifest, root))
    exercises: list[Exercise] = []
    for folder in sorted(path for path in location.exercises.glob("*/") if path.name != "__pycache__"):
        toml = folder / "exercise.toml"
        if not toml.exists():
            found.append(Problem(within(folder, root), "has no exercise.toml", "Write one, or move the folder away."))
            continue
        faults = [*_toml_faults(toml, Manifest, root)]
        if not faults:
            try:
                exercises.append(load_exercise(folder, location.solutions / folder.name))
            except ManifestError as error:
                faults.append(from_message(error.message, root))
        found += faults
    # Whether they fit together can be said only when all can be read.
    if not found:
        path = location.exercises / "course.toml"
        together = faults_together(path, read_toml(path, CourseManifest), exercises)
        found += [from_message(message, root) for message in together]
    for exercise in exercises:
        found += _expectations(exercise, root)
    return found


def facts(exercise: Exercise, root: Path) -> list[Problem]:
    """What is wrong with one exercise of a course that can be loaded."""
    return [
        *_files(exercise, root),
        *_known_answers(exercise, root),
        *_signatures(exercise, root),
        *_texts(exercise, root),
        *_pictures(exercise, root),
    ]


def _pictures(exercise: Exercise, root: Path) -> Iterator[Problem]:
    """Pictures that the manifest names and that cannot be drawn."""
    for number, text in enumerate(exercise.manifest.pictures):
        try:
            kind, typed = read_words(text.split())
            kind.picture(typed)
        except PictureError as error:
            manifest = within(exercise.folder / "exercise.toml", root)
            yield Problem(manifest, f"field `pictures[{number}]`: {error.message}", error.remedy)


def can_run(exercise: Exercise) -> bool:
    """Whether the files are there without which nothing can be run."""
    return all(path.is_file() for path in _programs(exercise))


def _toml_faults(path: Path, schema: type[msgspec.Struct], root: Path) -> Iterator[Problem]:
    """Every fault of one TOML file by itself."""
    try:
        read_toml(path, schema)
    except ManifestError as error:
        faults: list[str] = []
        with suppress(OSError, ValueError):
            text = path.read_text(encoding="utf-8")
            faults += [with_line(fault, text) for fault in schema_faults(tomllib.loads(text), schema)]
        for fault in faults:
            yield Problem(within(path, root), fault)
        if not faults:
            yield from_message(error.message, root)


def _expectations(exercise: Exercise, root: Path) -> Iterator[Problem]:
    """Wrong answers whose first line does not say what is expected of them."""
    for path in exercise.wrong_files:
        try:
            exercise.wrong_answer(path)
        except ManifestError as error:
            yield from_message(error.message, root)


def _programs(exercise: Exercise) -> list[Path]:
    """The files that a verdict needs."""
    solution = exercise.solution_folder
    programs = [exercise.folder / exercise.filename, solution / exercise.filename, exercise.checks_file]
    return [*programs, solution / "questions.py"] if exercise.is_compute else programs


def _files(exercise: Exercise, root: Path) -> Iterator[Problem]:
    for path in [exercise.folder / "lesson.md", exercise.solution_folder / "explain.md", *_programs(exercise)]:
        name = within(path, root)
        if not path.is_file():
            yield Problem(name, "is missing", "Every exercise has this file; CONTRIBUTING.md says what belongs in it.")
            continue
        try:
            if not path.read_text(encoding="utf-8").strip():
                yield Problem(name, "is empty")
        except (OSError, UnicodeDecodeError) as error:
            yield Problem(name, f"cannot be read: {error}")
    questions = exercise.solution_folder / "questions.py"
    if exercise.is_compute and questions.is_file() and _imports_torch(questions):
        yield Problem(
            within(questions, root),
            "imports torch, which takes seconds each time that a question is shown",
            "Compute with plain Python here; PyTorch answers in checks.py.",
        )


def _imports_torch(path: Path) -> bool:
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError):
        return False
    imported: list[str] = []
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                imported += [name.name for name in names]
            case ast.ImportFrom(module=str(module), level=0):
                imported.append(module)
    return any(name.partition(".")[0] == "torch" for name in imported)


def _known_answers(exercise: Exercise, root: Path) -> Iterator[Problem]:
    manifest = exercise.manifest
    toml, solution = within(exercise.folder / "exercise.toml", root), within(exercise.solution_folder, root)
    if len(manifest.hints) < MIN_HINTS:
        says = f"field `hints`: {_count(len(manifest.hints), 'hint')}; {MIN_HINTS} are asked at least"
        yield Problem(toml, says, "Add some, from a nudge to nearly the answer.")
    if len(exercise.accepted) < MIN_ACCEPTED:
        says = f"holds {_count(len(exercise.accepted), 'accepted answer')}; {MIN_ACCEPTED} are asked at least"
        yield Problem(f"{solution}/accepted", says, "Add right answers that go about it in other ways.")
    if (count := len(exercise.wrong)) < ENOUGH_WRONG[manifest.kind]:
        says = f"holds {_count(count, 'wrong answer')}; {MIN_WRONG} are asked at least"
        if count >= MIN_WRONG:
            enough = ENOUGH_WRONG[manifest.kind]
            says = f"holds {_count(count, 'wrong answer')}, which is enough for a proof; {enough} are a good number"
        do = "Add mistakes that learners really make."
        yield Problem(f"{solution}/wrong", says, do, is_fault=count < MIN_WRONG)
    shown = [answer.misconception for answer in exercise.wrong]
    for misconception in manifest.misconception:
        if misconception.id not in shown:
            yield Problem(
                toml,
                f"no wrong answer shows misconception `{misconception.id}`, so it can never be named",
                f"Add a program to {solution}/wrong that makes this mistake, or take the misconception out.",
            )
        elif shown.count(misconception.id) > 1:
            files = [answer.path.name for answer in exercise.wrong if answer.misconception == misconception.id]
            yield warning(
                f"{solution}/wrong",
                f"{' and '.join(files)} share misconception `{misconception.id}`",
                "Give each mistake a name of its own: what a learner is told can then fit it.",
            )
    if exercise.is_compute and manifest.tolerance.rtol:
        says = "field `tolerance.rtol`: numbers worked out by hand are compared with `atol` alone"
        yield warning(toml, says, "Set it to 0.")


def _signatures(exercise: Exercise, root: Path) -> Iterator[Problem]:
    """Functions that learners are to write with other parameters than the reference has."""
    if exercise.is_compute:
        return
    starter, reference = exercise.folder / exercise.filename, exercise.solution_folder / exercise.filename
    wanted = _parameters(reference)
    for name, given in _parameters(starter).items():
        if given != wanted.get(name, given):
            yield Problem(
                within(starter, root),
                f"`{name}({', '.join(given)})` is `{name}({', '.join(wanted[name])})` in the reference",
                "Ask for the parameters that the reference takes and that checks.py gives; the lesson names them too.",
            )


def _parameters(path: Path) -> dict[str, list[str]]:
    """The names of the parameters of a program's functions and methods."""
    try:
        body = ast.parse(_text(path)).body
    except (SyntaxError, ValueError):
        return {}  # said by the proof, which runs it
    functions = [("", node) for node in body]
    functions += [(f"{node.name}.", inner) for node in body if isinstance(node, ast.ClassDef) for inner in node.body]
    return {
        f"{owner}{node.name}": [each.arg for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
        for owner, node in functions
        if isinstance(node, ast.FunctionDef)
    }


def _texts(exercise: Exercise, root: Path) -> Iterator[Problem]:
    """What a learner reads in the terminal."""
    for path in (exercise.folder / "lesson.md", exercise.solution_folder / "explain.md"):
        text = _text(path)
        wide = [number for number, line in enumerate(text.splitlines(), start=1) if len(line) > WIDTH]
        if wide:
            says = f"{_lines(wide)} wider than {WIDTH} columns"
            yield warning(within(path, root), says, "Break them: a terminal may be 80 columns wide.")
        if "$" in text:
            says = "holds a `$`; formulas are shown as they stand, not typeset"
            yield warning(within(path, root), says, "Write the formula in plain characters.")
    lesson = exercise.folder / "lesson.md"
    task = _text(lesson).partition("\n## Your task\n")[2]
    asked = (exercise.filename, f"cnn-tutor check exercise {exercise.number}", "Tolerance", "What is checked")
    missing = [said for said in asked if said not in task]
    if not task and lesson.is_file():
        says, do = "has no section `## Your task`", f"Add it at the end; it names {_listed(asked)}."
        yield warning(within(lesson, root), says, do)
    elif missing and lesson.is_file():
        says = f"the section `## Your task` does not mention {_listed(missing)}"
        yield warning(within(lesson, root), says, "Say it there, where a learner looks for it.")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""  # said by _files


def _lines(numbers: list[int]) -> str:
    if len(numbers) == 1:
        return f"line {numbers[0]} is"
    shown = ", ".join(map(str, numbers[:5])) + (", …" if len(numbers) > 5 else "")
    return f"lines {shown} are"


def _listed(words: tuple[str, ...] | list[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _count(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"
