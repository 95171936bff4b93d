"""Programs that no grader may let pass, and that no grader may fall over. Imports no torch.

Each is a file in ``programs/``. Its first lines say what is right for it:

    # expect: error timeout    the verdicts that it may get, one or more
    # for: function module     the kinds of exercise that it is made for; by default compute as well. "gradients" is a
                               module whose checks ask for gradients: elsewhere what spoils them alone may pass.
                               "numbers" is a function or module with a check that is not annotated to return Words
                               alone: where all are, other numbers may be right too
    # needs: landlock          the layers of the sandbox without which it may get through
    # padded: 10               it is filled up to so many MiB

The rest is put behind the exercise's own reference. Some of it runs as the file is loaded; and in place of the first
function, class or values that are asked for, ``spoil(right, *arguments)`` answers, where ``right()`` is the right
answer. A program that tries to break out returns ``right()`` where it got out, and else None: were it let through, it
would pass.

Where ``fail`` is not among what is expected, it ends before anything is compared: it tries the engine alone, whatever
the exercise's checks are.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tutor.course import Exercise
    from tutor.verdict import VerdictName

PROGRAMS = Path(__file__).parent / "programs"
HEADER_LINE = re.compile(r"# (expect|for|needs|padded): (.+)")
KINDS = "compute function module"

SPOIL = """
def spoil(right, *args):
    return None
"""

FUNCTION = """
_right_{symbol} = {symbol}


def {symbol}(*args, **kwargs):
    return spoil(lambda: _right_{symbol}(*args, **kwargs), *args)
"""

MODULE = """
class {symbol}({symbol}):
    def forward(self, *args, **kwargs):
        return spoil(lambda: super({symbol}, self).forward(*args, **kwargs), *args)
"""

VALUES = """
for _name in {symbols!r}:
    globals()[_name] = spoil(lambda value=globals()[_name]: value)
"""


@dataclass(frozen=True)
class Share:
    """Which of the programs that try the engine alone an exercise gets, where they are dealt out.

    Attributes:
        place: whose turn it is, from 0.
        of: among so many.
    """

    place: int = 0
    of: int = 1


@dataclass(frozen=True)
class HostileSubmission:
    """A hostile program, made for one exercise.

    Attributes:
        name: the program's name, e.g. ``fork_bomb``.
        source: the submission's text. What is no UTF-8 in it stands there as lone surrogates, as Python's
            ``surrogateescape`` reads it.
        verdicts: the verdicts that are right for it; ``pass`` never is.
        needs: the layers of the sandbox without which it may get through.
    """

    name: str
    source: str
    verdicts: frozenset[VerdictName]
    needs: frozenset[str] = frozenset()

    @property
    def tries_the_engine_alone(self) -> bool:
        """Whether it ends before anything is compared, whatever the exercise's checks are."""
        return "fail" not in self.verdicts


EVERY = Share()


def shares(exercises: Iterable[Exercise]) -> dict[str, Share]:
    """Deal out, among exercises of the same kind, the programs that try the engine alone.

    Returns:
        Each exercise's share by its slug; together those of a kind have every program.
    """
    alike: dict[frozenset[str], list[str]] = {}
    for exercise in exercises:
        alike.setdefault(_kinds(exercise), []).append(exercise.slug)
    return {slug: Share(place, len(slugs)) for slugs in alike.values() for place, slug in enumerate(slugs)}


def hostile_submissions(
    exercise: Exercise, learner: str = "hostile", share: Share = EVERY
) -> tuple[HostileSubmission, ...]:
    """Every hostile program that goes with an exercise, made for its first symbol.

    Args:
        exercise: what it is to be judged as.
        learner: whose questions a compute exercise asks.
        share: which of those that try the engine alone.
    """
    reference = exercise.reference(learner)
    kinds = _kinds(exercise)
    made = [_made(path, exercise, kinds, reference) for path in _programs(kinds)]
    engines_own = [each for each in made if each.tries_the_engine_alone][share.place :: share.of]
    return tuple(each for each in made if not each.tries_the_engine_alone or each in engines_own)


def _programs(kinds: frozenset[str]) -> Iterator[Path]:
    for path in sorted(PROGRAMS.glob("*.py")):
        if kinds & set(_header(_read(path)).get("for", KINDS).split()):
            yield path


def _made(path: Path, exercise: Exercise, kinds: frozenset[str], reference: str) -> HostileSubmission:
    program = _read(path)
    header = _header(program)
    ending = VALUES if "compute" in kinds else MODULE if "module" in kinds else FUNCTION
    symbols = exercise.manifest.symbols
    source = "\n".join((reference, SPOIL, program, ending.format(symbol=symbols[0], symbols=symbols)))
    padding = (int(header.get("padded", 0)) << 20) - len(source)
    if padding > 0:
        source += "\n# " + "x" * padding
    verdicts: frozenset[VerdictName] = frozenset(header["expect"].split())  # type: ignore[arg-type]
    return HostileSubmission(path.stem, source, verdicts, frozenset(header.get("needs", "").split()))


def _kinds(exercise: Exercise) -> frozenset[str]:
    """What an exercise is, in the words of a program's ``for``; one that asks for values alone is as one by hand."""
    symbol, source = exercise.manifest.symbols[0], exercise.reference_answer.source
    if not re.search(rf"^(class|def) {symbol}\b", source, re.MULTILINE):
        return frozenset({"compute"})
    checks = _read(exercise.checks_file)
    kinds = {"module"} if re.search(rf"^class {symbol}\b", source, re.MULTILINE) else {"function"}
    if "module" in kinds and ".gradients(" in checks:
        kinds.add("gradients")
    if any(returns != "dict[str, Words]" for returns in _annotations(checks)):
        kinds.add("numbers")
    return frozenset(kinds)


def _annotations(checks: str) -> Iterator[str]:
    """What each check is annotated to return, as it stands in their source."""
    for node in ast.parse(checks).body:
        if isinstance(node, ast.FunctionDef) and any(
            ast.unparse(decorator).startswith("check(") for decorator in node.decorator_list
        ):
            yield ast.unparse(node.returns) if node.returns else ""


def _header(program: str) -> dict[str, str]:
    """What the first lines say, by name."""
    found: dict[str, str] = {}
    for line in program.splitlines():
        if not (entry := HEADER_LINE.fullmatch(line)):
            break
        found[entry[1]] = entry[2]
    return found


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="surrogateescape")
