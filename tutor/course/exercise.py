"""One exercise of a course, and the files that belong to it. Imports no torch."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from tutor.course.manifest import Manifest, check_manifest, read_toml
from tutor.course.questions import Question, draw_practice, draw_questions, filled_in
from tutor.errors import ManifestError
from tutor.files import text_hash

if TYPE_CHECKING:
    from pathlib import Path

EXPECT_LINE = re.compile(r"# expect: check=(?P<check>\w+) misconception=(?P<misconception>[\w-]+)\s*")


@dataclass(frozen=True)
class Answer:
    """A known answer of the author's: the reference, an accepted one, or a wrong one.

    Attributes:
        path: its file.
        source: its program, for a compute exercise still with ``$`` placeholders.
        is_oracle: whether it may use what the exercise forbids.
        check: for a wrong answer the check that it must fail, else empty.
        misconception: for a wrong answer the id of the misconception that it shows, else empty.
    """

    path: Path
    source: str
    check: str = ""
    misconception: str = ""
    is_oracle: bool = False


@dataclass(frozen=True)
class Exercise:
    """One exercise: its manifest and its two folders.

    Attributes:
        manifest: ``exercise.toml``.
        folder: what a learner gets.
        solution_folder: reference, checks and known answers.
    """

    manifest: Manifest
    folder: Path
    solution_folder: Path

    @property
    def number(self) -> int:
        """The exercise's fixed number."""
        return self.manifest.number

    @property
    def slug(self) -> str:
        """The exercise's fixed name."""
        return self.manifest.slug

    @property
    def title(self) -> str:
        """What a list of exercises says of it."""
        return self.manifest.title

    @property
    def filename(self) -> str:
        """The name of the learner's file, e.g. ``residual_block.py``."""
        return f"{self.manifest.module}.py"

    @property
    def is_compute(self) -> bool:
        """Whether the learner fills in numbers rather than writes a program."""
        return self.manifest.kind == "compute"

    @property
    def is_train(self) -> bool:
        """Whether networks are trained when it is checked."""
        return self.manifest.kind == "train"

    @property
    def checks_file(self) -> Path:
        """The author's checks."""
        return self.solution_folder / "checks.py"

    @property
    def recorded_file(self) -> Path:
        """What stands for the author's programs in a released course, which has none; see `tutor.engine.recorded`."""
        return self.solution_folder / "recorded.bin"

    @property
    def has_solution(self) -> bool:
        """Whether this copy of the course has the reference; a released one has not."""
        return (self.solution_folder / self.filename).is_file()

    def lesson(self) -> str:
        """The lesson and the task, as Markdown."""
        return _read(self.folder / "lesson.md")

    def explanation(self) -> str:
        """What is shown after a pass, as Markdown."""
        return _read(self.solution_folder / "explain.md")

    def questions(self, learner: str, *, anew: bool = False) -> tuple[Question, ...]:
        """The questions that this learner gets; empty for an implement exercise.

        Args:
            anew: draw them even where they have been drawn before.
        """
        if not self.is_compute:
            return ()
        return draw_questions(self.solution_folder / "questions.py", self.slug, learner, anew=anew)

    def practice(self, seed: int, *, anew: bool = False) -> tuple[Question, ...]:
        """A variant of a compute exercise to practise on; see :func:`tutor.course.questions.draw_practice`."""
        return draw_practice(self.solution_folder / "questions.py", self.slug, seed, anew=anew)

    def starter(self, learner: str) -> str:
        """What the learner's file holds at first."""
        path = self.folder / self.filename
        return self.program(Answer(path, _read(path)), learner)

    def reference(self, learner: str) -> str:
        """The reference solution, for a compute exercise with this learner's values."""
        return self.program(self.reference_answer, learner)

    def program(self, answer: Answer, learner: str) -> str:
        """A program of the author's as this learner would have it: placeholders filled in."""
        return filled_in(answer.path, answer.source, self.questions(learner)) if self.is_compute else answer.source

    def name_of(self, answer: Answer) -> str:
        """A known answer's file, relative to the solution folder."""
        return answer.path.relative_to(self.solution_folder).as_posix()

    def fingerprint(self) -> str:
        """A hash of all that decides a verdict: the same for as long as no file of the exercise changes, and wherever
        the course lies.
        """
        texts = [
            f"{path.relative_to(folder).as_posix()}\n{_read(path)}"
            for folder in (self.folder, self.solution_folder)
            for path in sorted(folder.rglob("*.*"))
            if path.suffix in (".py", ".toml")
        ]
        if self.recorded_file.is_file():
            texts.append(hashlib.sha256(self.recorded_file.read_bytes()).hexdigest())
        return text_hash("\n".join(texts))

    @cached_property
    def reference_answer(self) -> Answer:
        """The reference solution."""
        path = self.solution_folder / self.filename
        return Answer(path, _read(path))

    @cached_property
    def oracle_answer(self) -> Answer:
        """The program that submissions to an implement exercise are compared with: PyTorch itself where there is an
        ``oracle.py``, the reference elsewhere.
        """
        path = self.solution_folder / "oracle.py"
        return Answer(path, _read(path), is_oracle=True) if path.exists() else self.reference_answer

    @cached_property
    def accepted(self) -> tuple[Answer, ...]:
        """Other right answers; all must pass."""
        return tuple(Answer(path, _read(path)) for path in sorted((self.solution_folder / "accepted").glob("*.py")))

    @cached_property
    def wrong(self) -> tuple[Answer, ...]:
        """Wrong answers, each with the check it must fail and the misconception it shows.

        Raises:
            ManifestError: a file's first line does not say so, or names what the manifest has not.
        """
        return tuple(self.wrong_answer(path) for path in self.wrong_files)

    @cached_property
    def wrong_untrained(self) -> tuple[Answer, ...]:
        """Those that show without any training."""
        trains = {entry.id for entry in self.manifest.check if entry.trains}
        return tuple(answer for answer in self.wrong if answer.check not in trains)

    def misconception_says(self, misconception: str) -> str:
        """The misconception in the teacher's words."""
        return next(entry.says for entry in self.manifest.misconception if entry.id == misconception)

    @property
    def wrong_files(self) -> list[Path]:
        """The files of the wrong answers."""
        return sorted((self.solution_folder / "wrong").glob("*.py"))

    def wrong_answer(self, path: Path) -> Answer:
        """One wrong answer.

        Raises:
            ManifestError: its first line does not say what is expected of it, or names what the manifest has not.
        """
        source = _read(path)
        expect = EXPECT_LINE.match(source)
        if not expect:
            raise ManifestError(f"{path}: its first line must read '# expect: check=ID misconception=ID'")
        if expect["check"] not in {entry.id for entry in self.manifest.check}:
            raise ManifestError(f"{path}: expects check `{expect['check']}`, which exercise.toml has not")
        if expect["misconception"] not in {entry.id for entry in self.manifest.misconception}:
            raise ManifestError(f"{path}: shows misconception `{expect['misconception']}`, which exercise.toml has not")
        return Answer(path, source, expect["check"], expect["misconception"])


def load_exercise(folder: Path, solution_folder: Path) -> Exercise:
    """Load one exercise.

    Raises:
        ManifestError: the manifest is wrong, or the folder's name is not the one that it asks for.
    """
    path = folder / "exercise.toml"
    manifest = read_toml(path, Manifest)
    check_manifest(manifest, path)
    if folder.name != manifest.folder:
        raise ManifestError(f"{path}: number and slug ask for the folder name `{manifest.folder}`, not `{folder.name}`")
    return Exercise(manifest, folder, solution_folder)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"{path}: cannot be read: {error}") from None
