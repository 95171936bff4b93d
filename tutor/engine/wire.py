"""What crosses between the engine and a worker: tensors, numbers and text, in a format that executes nothing.

A frame is an 8-byte header with two lengths (big-endian), so many bytes of JSON, and so many raw bytes of tensors. A
tensor whose axes lie in memory in another order arrives so: code that only works on contiguous ones must not be spared.
Both ends use :func:`encode` and :func:`receive`; the engine trusts nothing that is not checked here: lengths before
anything is allocated, dtype and shape against the bytes that are there, and no NaN, huge integer, lone surrogate or
deep nesting in the JSON.
"""

from __future__ import annotations

import json
import math
import numbers
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HEADER = struct.Struct("!II")
MAX_JSON_BYTES = 4 << 20
MAX_TENSOR_BYTES = 64 << 20
MAX_DEPTH = 32

DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        *(torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.complex64, torch.complex128),
        *(torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool),
    )
}


class WireError(Exception):
    """What came is no frame of ours."""


@dataclass(frozen=True)
class Foreign:
    """A value that does not cross: only what it is, in words, does."""

    what: str


@dataclass(frozen=True)
class ModuleHandle:
    """A module that stays in the worker, by its number there."""

    id: int


Value = Any
"""None, bool, int, float, str, `...`, a tensor, Foreign, ModuleHandle, or a list, tuple or str-keyed dict of these."""


def encode(message: Value) -> bytes:
    """A frame with this message.

    Raises:
        WireError: the message is too large.
    """
    chunks: list[bytes] = []
    text = json.dumps(_encode(message, chunks, 0), allow_nan=False).encode()
    payload = b"".join(chunks)
    if len(text) > MAX_JSON_BYTES or len(payload) > MAX_TENSOR_BYTES:
        raise WireError(f"a message of {len(text) + len(payload)} bytes is too large")
    return HEADER.pack(len(text), len(payload)) + text + payload


def receive(read_exactly: Callable[[int], bytes]) -> Value:
    """Read one frame.

    Args:
        read_exactly: returns exactly so many bytes, or raises.

    Raises:
        WireError: what comes is no frame of ours.
    """
    json_length, payload_length = HEADER.unpack(read_exactly(HEADER.size))
    if json_length > MAX_JSON_BYTES or payload_length > MAX_TENSOR_BYTES:
        raise WireError("a message is too large")
    text, payload = read_exactly(json_length), read_exactly(payload_length)
    try:
        parsed = _DECODER.decode(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise WireError(f"a message is no JSON: {error}") from None
    return _decode(parsed, memoryview(payload), 0)


def _encode(value: Value, chunks: list[bytes], depth: int) -> Any:
    if depth == MAX_DEPTH:
        return {"foreign": "a value nested too deeply"}
    inner = depth + 1
    if value is None or type(value) in (bool, str):
        return _clean(value) if type(value) is str else value
    if value is ...:
        return {"ellipsis": True}
    if type(value) is int:
        return value if abs(value) < 2**63 else {"foreign": "an integer beyond 64 bits"}
    if isinstance(value, numbers.Real):
        number = float(value)
        return number if math.isfinite(number) else {"float": repr(number)}
    if isinstance(value, torch.Tensor):
        return _encode_tensor(value, chunks)
    if type(value) in (list, tuple):
        return {type(value).__name__: [_encode(item, chunks, inner) for item in value]}
    if type(value) is dict and all(type(key) is str for key in value):
        return {"dict": [[_clean(key), _encode(item, chunks, inner)] for key, item in value.items()]}
    if type(value) is ModuleHandle:
        return {"module": value.id}
    if type(value) is Foreign:
        return {"foreign": _clean(value.what)}
    return {"foreign": describe_type(value)}


def _encode_tensor(tensor: torch.Tensor, chunks: list[bytes]) -> Any:
    if type(tensor) not in (torch.Tensor, torch.nn.Parameter):
        return {"foreign": f"a Tensor subclass ({type(tensor).__name__})"}
    name = str(tensor.dtype).removeprefix("torch.")
    if tensor.layout is not torch.strided or tensor.device.type != "cpu" or name not in DTYPES:
        return {"foreign": f"a {tensor.layout} tensor of {tensor.dtype} on {tensor.device}"}
    # Expanded tensors are small here and huge when written out.
    if tensor.numel() * tensor.element_size() > MAX_TENSOR_BYTES:
        return {"foreign": f"a tensor of shape {tuple(tensor.shape)}, which is too large"}
    dense, axes = in_memory_order(tensor.detach().resolve_conj().resolve_neg())
    offset = sum(map(len, chunks))
    # An axis of one entry may have any stride, which counts for contiguous, but not for a view as bytes.
    flat = dense.contiguous().as_strided((dense.numel(),), (1,))
    chunks.append(flat.view(torch.uint8).numpy().tobytes() if tensor.numel() else b"")
    written = {"tensor": [name, list(dense.shape), offset]}
    return {"permuted": [list(axes), written]} if axes else written


def in_memory_order(tensor: torch.Tensor) -> tuple[torch.Tensor, tuple[int, ...]]:
    """A tensor with its axes in the order in which they lie in memory, and the axes that make it the tensor again.

    Returns:
        ``(dense, axes)`` with ``dense.permute(axes)`` equal to the tensor; no axes where they are in order already.
    """
    if tensor.is_contiguous():
        return tensor, ()
    strides = tensor.stride()
    order = sorted(range(tensor.ndim), key=lambda axis: -strides[axis])
    if order == sorted(order):
        return tensor, ()
    return tensor.permute(order), tuple(order.index(axis) for axis in range(tensor.ndim))


def _decode(data: Any, payload: memoryview, depth: int) -> Value:
    if depth > MAX_DEPTH:
        raise WireError("a value is nested too deeply")
    match data:
        case None | bool():
            return data
        case str():
            if data != _clean(data):
                raise WireError("a text has a lone surrogate")
            return data
        case int():
            if abs(data) >= 2**63:
                raise WireError("an integer is beyond 64 bits")
            return data
        case float():
            # JSON has no infinity, but 1e999 reads as one.
            if not math.isfinite(data):
                raise WireError("a number is beyond float64")
            return data
        case {"tensor": [str(dtype), list(shape), int(offset)], **rest} if not rest:
            return _decode_tensor(dtype, shape, offset, payload)
        case {"permuted": [list(axes), {"tensor": _} as written], **rest} if not rest:
            return _permuted(_decode(written, payload, depth + 1), axes)
        case {"list": list(items), **rest} if not rest:
            return [_decode(item, payload, depth + 1) for item in items]
        case {"tuple": list(items), **rest} if not rest:
            return tuple(_decode(item, payload, depth + 1) for item in items)
        case {"dict": list(pairs), **rest} if not rest:
            return dict(_decode_pair(pair, payload, depth + 1) for pair in pairs)
        case {"module": int(number), **rest} if not rest:
            return ModuleHandle(number)
        case {"foreign": str(what), **rest} if not rest:
            return Foreign(what[:200])
        case {"ellipsis": True, **rest} if not rest:
            return ...
        case {"float": "nan" | "inf" | "-inf" as name, **rest} if not rest:
            return float(name)
    raise WireError("a value is of no known kind")


def _decode_pair(pair: Any, payload: memoryview, depth: int) -> tuple[str, Value]:
    match pair:
        case [str(key), value]:
            return key, _decode(value, payload, depth)
    raise WireError("an entry of a dict is no pair")


def _decode_tensor(dtype: str, shape: Sequence[Any], offset: int, payload: memoryview) -> torch.Tensor:
    if dtype not in DTYPES or not all(type(size) is int and 0 <= size < 2**31 for size in shape) or len(shape) > 16:
        raise WireError("a tensor has no possible dtype or shape")
    kind = DTYPES[dtype]
    length = math.prod(shape) * kind.itemsize
    if offset < 0 or offset + length > len(payload):
        raise WireError("a tensor's bytes are not all there")
    if not length:
        return torch.empty(shape, dtype=kind)
    # A bytearray is writable memory of our own: frombuffer shares it.
    return torch.frombuffer(bytearray(payload[offset : offset + length]), dtype=kind).reshape(shape)


def _permuted(tensor: torch.Tensor, axes: Sequence[Any]) -> torch.Tensor:
    if not all(type(axis) is int for axis in axes) or sorted(axes) != list(range(tensor.ndim)):
        raise WireError("a tensor's axes are no permutation")
    return tensor.permute(*axes)


def describe_type(value: object) -> str:
    """What a value is, in words that a learner knows."""
    kind = type(value)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return _clean(f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"[:200])


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


# Made once: a check decodes hundreds of frames.
_DECODER = json.JSONDecoder(parse_constant=_no_constant)
