"""Pictures that move: how a convolution, a normalisation, a dropout or a skip connection works, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.pictures.batch_norm import BATCH_NORM
from tutor.pictures.block import BLOCK
from tutor.pictures.convolution import CONVOLUTION
from tutor.pictures.dropout import DROPOUT
from tutor.pictures.lenet import LENET
from tutor.pictures.long_skip import LONG_SKIP
from tutor.pictures.picture import Kind, PictureError
from tutor.pictures.pooling import POOLING
from tutor.pictures.running_statistics import RUNNING_STATISTICS
from tutor.pictures.standardisation import STANDARDISATION
from tutor.pictures.textcnn import TEXTCNN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Typed = dict[str, str]
"""Settings as they were typed, by name."""

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        *(CONVOLUTION, POOLING, LENET, TEXTCNN),
        *(STANDARDISATION, BATCH_NORM, RUNNING_STATISTICS),
        DROPOUT,
        *(BLOCK, LONG_SKIP),
    )
}
"""Every kind of picture by its name."""


def read_words(words: Sequence[str]) -> tuple[Kind, Typed]:
    """The picture that words ask for: its name, and then settings as ``name=value``.

    Raises:
        PictureError: there is none of this name, or a word is no setting.
    """
    name, *settings = words
    if name not in KINDS:
        raise PictureError(f"there is no picture {name!r}", f"There is: {', '.join(KINDS)}.")
    typed: Typed = {}
    for word in settings:
        setting, equals, value = word.partition("=")
        if not equals:
            raise PictureError(f"{word!r} is no setting", "Write NAME=VALUE, for example stride=2.")
        typed[setting] = value
    return KINDS[name], typed


def pictures_for(texts: Iterable[str]) -> list[tuple[Kind, Typed]]:
    """The pictures that an exercise's manifest names, each as :func:`read_words` reads it.

    Raises:
        PictureError: as there.
    """
    return [read_words(text.split()) for text in texts]
