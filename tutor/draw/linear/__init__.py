"""The same that :mod:`tutor.draw` shows, as lines that are read one after the other, by a screen reader say.

No boxes, no columns, nothing that moves, and no sign that speech passes over. Imports next to nothing: `list` asks it.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE = "CNN_TUTOR_PLAIN"


def is_wanted(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether what is printed is to be linear."""
    return environment.get(VARIABLE, "") not in ("", "0")
