"""Running the command line, as in ``tests/cli``."""

from __future__ import annotations

from tests.cli.conftest import cnn_tutor

__all__ = ["cnn_tutor"]
