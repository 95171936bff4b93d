"""Programs that no grader may let pass, and that no grader may fall over. Imports no torch.

Each is a file in ``programs/``. Its first lines say what is right for it:

    # expect: error timeout    the verdicts that it may get, one or more
    # for: function module     the kinds of exercise that it is made for; by default compute as well. "gradients" is a
                               module whose checks ask for gradients: elsewhere what spoils them alone may pass
    # needs: landlock          the layers of the sandbox without which it may get through
    # padded: 10               it is filled up to so many MiB

The rest is put behind the exercise's own reference. Some of it runs as the file is loaded; and in place of the first
function, class or values that are asked for, ``spoil(right, *arguments)`` answers, where ``right()`` is the right
answer. A program that tries to break out returns ``right()`` where it got out, and else None: were it let through, it
would pass.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

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


def hostile_submissions(exercise: Exercise, learner: str = "hostile") -> tuple[HostileSubmission, ...]:
    """Every hostile program that goes with an exercise, made for its first symbol.

    Args:
        exercise: what it is to be judged as.
        learner: whose questions a compute exercise asks.
    """
    reference = exercise.reference(learner)
    kind = _kind(exercise, reference)
    kinds = {kind, "gradients"} if kind == "module" and _asks_for_gradients(exercise) else {kind}
    return tuple(_made(path, exercise, kind, reference) for path in _programs(kinds))


def _programs(kinds: set[str]) -> Iterator[Path]:
    for path in sorted(PROGRAMS.glob("*.py")):
        if kinds & set(_header(_read(path)).get("for", KINDS).split()):
            yield path


def _made(path: Path, exercise: Exercise, kind: str, reference: str) -> HostileSubmission:
    program = _read(path)
    header = _header(program)
    ending = {"function": FUNCTION, "module": MODULE, "compute": VALUES}[kind]
    symbols = exercise.manifest.symbols
    source = "\n".join((reference, SPOIL, program, ending.format(symbol=symbols[0], symbols=symbols)))
    padding = (int(header.get("padded", 0)) << 20) - len(source)
    if padding > 0:
        source += "\n# " + "x" * padding
    verdicts: frozenset[VerdictName] = frozenset(header["expect"].split())  # type: ignore[arg-type]
    return HostileSubmission(path.stem, source, verdicts, frozenset(header.get("needs", "").split()))


def _kind(exercise: Exercise, reference: str) -> str:
    if exercise.is_compute:
        return "compute"
    symbol = exercise.manifest.symbols[0]
    return "module" if re.search(rf"^class {symbol}\b", reference, re.MULTILINE) else "function"


def _asks_for_gradients(exercise: Exercise) -> bool:
    return ".gradients(" in _read(exercise.checks_file)


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
