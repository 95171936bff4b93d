"""Looking at the machine, one topic after the other. Imports no torch."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from tutor import __version__
from tutor.errors import NoWorkspace, TutorError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from rich.console import Console

    from tutor.course import Course
    from tutor.workspace import Workspace

State = Literal["good", "note", "bad"]

PROBE_TIMEOUT_S = 180.0
LITTLE_ROOM = 100 << 20
NARROWEST, LOWEST = 80, 24
COLOURS = {"": "no colours", "standard": "16 colours", "256": "256 colours"}
REINSTALL_TORCH = "Install it: python -m pip install --upgrade torch torchvision"


@dataclass(frozen=True)
class Finding:
    """What was found on one topic.

    Attributes:
        topic: one word.
        state: ``good``; ``note``: something does not work, but checks do; ``bad``: checks cannot run.
        says: in words.
        remedy: what to do about it, or empty.
        facts: the same for programs.
    """

    topic: str
    state: State
    says: str
    remedy: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def examine(start: Path, out: Console) -> Iterator[Finding]:
    """Everything, from what needs no time to what takes seconds.

    Args:
        start: the folder that it was started in.
        out: the console that it is shown on.
    """
    yield _python()
    yield _terminal(out)
    try:
        course = _load_course(start)
    except TutorError as error:
        yield Finding("cnn-tutor", "bad", f"{__version__}; its course cannot be read: {error}", error.remedy)
        yield _workspace(start, None)
        return
    yield _cnn_tutor(course)
    yield _workspace(start, course)
    yield from _torch_and_data()
    yield _guarded("sandbox", _sandbox)
    yield _guarded("engine", _shared_engine)
    yield _trial(course)


def _guarded(topic: str, look: Callable[[], Finding]) -> Finding:
    """A look that must not end the others."""
    try:
        return look()
    except Exception as error:
        return Finding(topic, "note", f"could not be looked at: {type(error).__name__}: {error}")


def _load_course(start: Path) -> Course:
    from tutor.course import load_course
    from tutor.course.remembered import course_of

    return load_course(course_of(start))


def _python() -> Finding:
    version = platform.python_version()
    says = f"{version} at {sys.executable}, on {platform.system()} {platform.release()} ({platform.machine()})"
    return Finding("Python", "good", says, facts={"version": version, "executable": sys.executable})


def _cnn_tutor(course: Course) -> Finding:
    count = len(course.exercises)
    where = str(course.location.exercises)
    says = f"{__version__}; its course of {count} exercises is at {where}"
    return Finding("cnn-tutor", "good", says, facts={"version": __version__, "course": where, "exercises": count})


def _terminal(out: Console) -> Finding:
    name = os.environ.get("TERM", "")
    colours = COLOURS.get(out.color_system or "", "16 million colours")
    encoding = (sys.stdout.encoding or "").lower()
    facts = {
        "is_terminal": out.is_terminal,
        "columns": out.width,
        "rows": out.height,
        "term": name,
        "colours": colours,
        "encoding": encoding,
        "tmux": "TMUX" in os.environ,
    }
    if not out.is_terminal:
        return Finding("terminal", "note", "this is none, so the app will not open; commands work", facts=facts)
    if name in ("", "dumb"):
        says = f"TERM is '{name}', so the app will not open, and commands print plainly"
        return Finding("terminal", "note", says, facts=facts)
    says = f"{out.width}×{out.height}, {colours}, TERM={name}{', in tmux' if facts['tmux'] else ''}"
    if "utf" not in encoding:
        says += f"; it is said to take {encoding or 'no known encoding'}, and γ, × and ✓ may not show"
        return Finding("terminal", "note", says, "Set a UTF-8 locale, for example LANG=C.UTF-8.", facts)
    if out.width < NARROWEST or out.height < LOWEST:
        says += f"; below {NARROWEST}×{LOWEST} the app shows one thing at a time"
    return Finding("terminal", "good", says, facts=facts)


def _workspace(start: Path, course: Course | None) -> Finding:
    from tutor.workspace import find_workspace

    try:
        workspace = find_workspace(start)
    except NoWorkspace as error:
        return Finding("workspace", "note", "this folder is in none", error.remedy, {"root": None})
    try:
        return _known_workspace(workspace, course)
    except TutorError as error:
        return Finding("workspace", "note", f"{error}", error.remedy, {"root": str(workspace.root)})


def _known_workspace(workspace: Workspace, course: Course | None) -> Finding:
    """A workspace that can be read; nothing in it is changed.

    Raises:
        UsageError: it cannot be.
    """
    from tutor.progress import Progress, UnreadableProgress

    facts: dict[str, Any] = {"root": str(workspace.root)}
    try:
        with Progress(workspace.progress_path) as progress:
            if not progress.is_sound():
                raise UnreadableProgress(workspace.progress_path, f"{workspace.progress_path}: is damaged")
            standings = progress.standings()
    except UnreadableProgress as error:
        remedy = "The next command sets it aside and begins a new one; your exercises stay as they are."
        return Finding("workspace", "note", str(error), remedy, facts)
    passed = sum(standing.passed for standing in standings.values())
    facts |= {"learner": workspace.learner, "passed": passed}
    says = f"{workspace.root} is {workspace.learner}'s; progress is readable"
    if course is not None:
        laid = [exercise for exercise in course.exercises if workspace.path(exercise).exists()]
        edited = sum(workspace.is_edited(exercise) for exercise in laid)
        facts |= {"laid_down": len(laid), "edited": edited}
        says += f"; {len(laid)} of {len(course.exercises)} exercises laid down, {edited} edited, {passed} passed"
        if len(laid) < len(course.exercises):
            return Finding("workspace", "note", says, "cnn-tutor update lays down the others.", facts)
    room = shutil.disk_usage(workspace.root).free
    if not os.access(workspace.state, os.W_OK):
        return Finding("workspace", "note", f"{says}; it cannot be written to", "Make it writable for you.", facts)
    if room < LITTLE_ROOM:
        return Finding("workspace", "note", f"{says}; its disk has {room >> 20} MB left", "Make room.", facts)
    return Finding("workspace", "good", says, facts=facts)


def _torch_and_data() -> Iterator[Finding]:
    asked, why = _ask_torch()
    if asked.get("torch") is None:
        yield Finding("torch", "bad", f"does not import: {asked.get('why', why)}", REINSTALL_TORCH)
        return
    torch = {name: asked[name] for name in ("torch", "import_s", "cuda", "torchvision")}
    if asked["torchvision"] is None:
        says = f"{asked['torch']}, imported in {asked['import_s']:.1f} s. For the lab: {asked['torchvision_why']}"
        yield Finding("torch", "note", says, asked["torchvision_remedy"], torch)
    else:
        says = f"{asked['torch']}, imported in {asked['import_s']:.1f} s; torchvision {asked['torchvision']} fits it"
        yield Finding("torch", "good", says, facts=torch)
    gpus = {"gpus": asked["gpus"], "mps": asked["mps"]}
    if asked["gpus"]:
        yield Finding("GPU", "good", f"{', '.join(asked['gpus'])} (CUDA {asked['cuda']}), for the lab", facts=gpus)
    elif "gpus_why" in asked:
        says = f"cannot be used: {asked['gpus_why']}; the lab trains on the CPU"
        yield Finding("GPU", "note", says, "Update its driver.", gpus)
    elif asked["mps"]:
        yield Finding("GPU", "good", "Apple's (mps), for the lab", facts=gpus)
    else:
        yield Finding("GPU", "good", "none that torch can use; the lab trains on the CPU", facts=gpus)
    data = {"folder": asked["mnist"], "missing": asked["mnist_missing"]}
    if asked["mnist_missing"] == 0:
        yield Finding("data", "good", f"MNIST is at {asked['mnist']}", facts=data)
    else:
        says = f"MNIST is not at {asked['mnist']} yet; the first training downloads it"
        yield Finding("data", "good", says, "Without network: --data DIR, or --data synthetic.", data)


def _ask_torch() -> tuple[dict[str, Any], str]:
    """What the probe says; where it says nothing, why."""
    command = [sys.executable, "-I", "-m", "tutor.doctor.torch_probe"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=PROBE_TIMEOUT_S)
        return json.loads(done.stdout), ""
    except subprocess.TimeoutExpired:
        return {}, f"it is not imported within {PROBE_TIMEOUT_S:.0f} s"
    except OSError as error:
        return {}, f"Python cannot be started: {error.strerror}"
    except ValueError:
        if done.returncode < 0:
            return {}, f"importing it ends Python with signal {-done.returncode}"
        return {}, (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]


def _sandbox() -> Finding:
    from tutor.engine.sandbox import probe_layers

    layers = probe_layers()
    facts = {"layers": [{"name": layer.name, "on": layer.on, "why": layer.why} for layer in layers]}
    on = ", ".join(layer.name for layer in layers if layer.on) or "none"
    off = "; ".join(f"{layer.name} is off: {layer.why}" for layer in layers if not layer.on)
    if off:
        remedy = "The layers that are on still hold. Judge only programs whose author you trust."
        return Finding("sandbox", "note", f"on: {on}. {off}", remedy, facts)
    return Finding("sandbox", "good", f"every layer is on: {on}", facts=facts)


def _shared_engine() -> Finding:
    from tutor.engine.daemon import is_allowed, shared_engine_status

    engines = shared_engine_status()
    facts = {"allowed": is_allowed(), "engines": [{"pid": one.pid, "judged": one.judged} for one in engines]}
    if not is_allowed():
        return Finding("engine", "good", "not shared between commands: CNN_TUTOR_NO_DAEMON is set", facts=facts)
    if not engines:
        return Finding(
            "engine", "good", "none is up; the next check starts one, which then stays up a while", facts=facts
        )
    said = "; ".join(f"process {one.pid}, up {one.up_s:.0f} s, {one.judged} judged" for one in engines)
    return Finding("engine", "good", f"up: {said}", facts=facts)


def _trial(course: Course) -> Finding:
    """Judge one right answer from end to end: whatever the other findings say, this is what counts."""
    from tutor.engine.client import EngineClient

    exercise = course.exercises[0]
    if not exercise.has_solution:
        return Finding("checks", "good", "not tried: this course has no solutions, and so no right answer to judge")
    remedy = "If what is said above does not help, please report it, with all that `cnn-tutor doctor` prints."
    try:
        with EngineClient(course.location) as engine:
            verdict = engine.check(exercise, exercise.reference("doctor"), learner="doctor", seed=1)
    except TutorError as error:
        return Finding("checks", "bad", f"cannot run: {error}", error.remedy or remedy)
    facts = {"verdict": verdict.verdict, "duration_ms": verdict.duration_ms}
    if not verdict.passed:
        return Finding(
            "checks", "bad", f"a right answer is judged '{verdict.verdict}': {verdict.message}", remedy, facts
        )
    return Finding("checks", "good", f"run: a right answer passed, in {verdict.duration_ms:.0f} ms", facts=facts)
