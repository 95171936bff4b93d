"""torchvision is built for one torch; beside another it does not import, and what it then says helps nobody."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from tutor.errors import TutorError


def import_torchvision() -> Any:
    """Import torchvision with its data sets.

    Returns:
        The package.

    Raises:
        TutorError: it does not import beside this torch, e.g. because it was built for CUDA and torch was not; names
            both versions. The pairs that fit: https://github.com/pytorch/vision#installation
    """
    try:
        import torchvision.datasets
    except (ImportError, OSError, RuntimeError) as error:
        raise TutorError(
            f"torchvision {_installed('torchvision')} does not fit torch {_installed('torch')}: it was built for "
            "another one, for CUDA say where this torch is for the CPU alone, and does not import "
            f"({' '.join(str(error).split())}).",
            "Reinstall the two as a pair, from one source: "
            "python -m pip install --upgrade --force-reinstall torch torchvision",
        ) from error
    return torchvision


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(not installed)"
