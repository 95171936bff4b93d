"""Loading an exercise's ``checks.py``."""

from __future__ import annotations

import runpy
from typing import TYPE_CHECKING, Any

from tutor.checks.check import Check
from tutor.checks.trained import TrainedCheck
from tutor.errors import ManifestError, exception_in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tutor.course import Exercise


def load_checks(exercise: Exercise) -> tuple[Check, ...]:
    """The checks of an exercise that is a program, in the manifest's order; without those that train.

    Raises:
        ManifestError: the file cannot be run, or its checks are not those of the manifest.
    """
    return tuple(check for check in _all_checks(exercise) if isinstance(check, Check))


def load_trained_checks(exercise: Exercise) -> tuple[TrainedCheck, ...]:
    """The checks of a train exercise that train, in the manifest's order.

    Raises:
        ManifestError: see :func:`load_checks`.
    """
    return tuple(check for check in _all_checks(exercise) if isinstance(check, TrainedCheck))


def _all_checks(exercise: Exercise) -> list[Check | TrainedCheck]:
    found: dict[str, Check | TrainedCheck] = {}
    for value in _run(exercise).values():
        if isinstance(value, (Check, TrainedCheck)) and found.setdefault(value.id, value) is not value:
            raise ManifestError(
                f"{exercise.checks_file}: two checks have the id `{value.id}`",
                "Give each the id that exercise.toml has for it.",
            )
    asked = [entry.id for entry in exercise.manifest.check]
    sides = {
        "it lacks": [f"`{id}`" for id in asked if id not in found],  # noqa: A001 - the manifest's own word
        "exercise.toml lacks": [f"`{id}`" for id in found if id not in asked],  # noqa: A001
    }
    if any(sides.values()):
        odd = "; ".join(f"{side} {', '.join(ids)}" for side, ids in sides.items() if ids)
        raise ManifestError(
            f"{exercise.checks_file}: its checks and those of exercise.toml differ: {odd}",
            "There is one check here for each [[check]] there, with its id.",
        )
    for entry in exercise.manifest.check:
        if entry.trains != isinstance(found[entry.id], TrainedCheck):
            made = "@trained" if entry.trains else "@check"
            raise ManifestError(
                f"{exercise.checks_file}: check `{entry.id}` is to be made with {made}",
                f"In exercise.toml it {'says' if entry.trains else 'does not say'} `trains = true`.",
            )
    return [found[id] for id in asked]  # noqa: A001


def load_answer(exercise: Exercise) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
    """The function of a compute exercise that answers a question by running PyTorch: a blank's suffix to its value.

    Raises:
        ManifestError: the file cannot be run, or has no such function.
    """
    answer = _run(exercise).get("answer")
    if not callable(answer):
        raise ManifestError(f"{exercise.checks_file}: has no function answer(given)")
    return answer  # type: ignore[no-any-return]


def _run(exercise: Exercise) -> dict[str, Any]:
    try:
        return runpy.run_path(str(exercise.checks_file))
    except Exception as error:
        raise ManifestError(f"{exercise.checks_file}: {exception_in_words(error, exercise.checks_file)}") from error
