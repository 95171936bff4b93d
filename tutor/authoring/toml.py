"""Writing a manifest anew, so that no comment of its author's is in it. Imports no torch."""

from __future__ import annotations

import json
from typing import Any

import msgspec


def toml_of(manifest: msgspec.Struct) -> str:
    """``course.toml`` or ``exercise.toml``: what is as it would be by default is left out.

    The format: https://toml.io/en/v1.0.0
    """
    plain, tables = [], []
    for field in msgspec.structs.fields(manifest):
        value = getattr(manifest, field.encode_name)
        if value == field.default:
            continue
        if isinstance(value, msgspec.Struct):
            tables.append(f"\n[{field.encode_name}]\n{toml_of(value)}")
        elif isinstance(value, tuple) and value and isinstance(value[0], msgspec.Struct):
            tables += [f"\n[[{field.encode_name}]]\n{toml_of(entry)}" for entry in value]
        else:
            plain.append(f"{field.encode_name} = {_written(value)}\n")
    return "".join([*plain, *tables])


def _written(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case tuple():
            return f"[{', '.join(map(_written, value))}]"
        case str():
            # JSON's escapes are TOML's too; of what it leaves as it is, TOML escapes one sign more.
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)
