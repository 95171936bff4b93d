"""What crosses between the engine and a worker: tensors, numbers and text, in a format that executes nothing.

A frame is an 8-byte header with two lengths (big-endian), so many bytes of JSON, and so many raw bytes of tensors, one
tensor after the other. A tensor whose axes lie in memory in another order arrives so: code that only works on
contiguous ones must not be spared.

Both ends use :func:`encode` and :func:`receive`; the engine trusts nothing that is not checked here: lengths before
anything is allocated, dtype and shape against the bytes that are there, no byte for two tensors or for none, and no
NaN, huge integer, lone surrogate, deep nesting, key that comes twice, or endless number of values in the JSON.
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
MAX_VALUES = 1 << 16
MAX_DIMENSIONS = 16
MAX_DESCRIPTION = 200

DTYPES = {
    str(dtype).removeprefix("torch."): dtype
    for dtype in (
        *(torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.complex64, torch.complex128),
        *(torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool),
    )
}
NAMES = {dtype: name for name, dtype in DTYPES.items()}


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
    encoding = _Encoding()
    text = _ENCODER.encode(encoding.data_of(message, 0)).encode()
    payload = encoding.payload
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
    decoding = _Decoding(payload)
    value = decoding.value_of(parsed, 0)
    decoding.check_end()
    return value


class _Encoding:
    """A message on its way out.

    Attributes:
        payload: the bytes of its tensors so far.
    """

    def __init__(self) -> None:
        self.payload = bytearray()
        self._values = 0

    def data_of(self, value: Value, depth: int) -> Any:
        """A value as JSON has it.

        Raises:
            WireError: there are too many.
        """
        self._values += 1
        if self._values > MAX_VALUES:
            raise WireError(f"a message of more than {MAX_VALUES} values is too large")
        if depth == MAX_DEPTH:
            return {"foreign": "a value nested too deeply"}
        kind, inner = type(value), depth + 1
        if value is None or kind is bool:
            return value
        if kind is str:
            return _clean(value)
        if kind is int:
            return value if abs(value) < 2**63 else {"foreign": "an integer beyond 64 bits"}
        if isinstance(value, torch.Tensor):
            return self._tensor(value)
        if kind is list:
            return {"list": [self.data_of(item, inner) for item in value]}
        # What PyTorch calls a size and what has names for its entries are tuples: of those, only what is in them.
        if issubclass(kind, tuple):
            return {"tuple": [self.data_of(item, inner) for item in tuple.__iter__(value)]}
        if kind is dict and all(type(key) is str for key in value):
            return {"dict": [[_clean(key), self.data_of(item, inner)] for key, item in value.items()]}
        if kind is ModuleHandle:
            return {"module": value.id}
        if value is ...:
            return {"ellipsis": True}
        if isinstance(value, numbers.Real):
            number = float(value)
            return number if math.isfinite(number) else {"float": repr(number)}
        return {"foreign": _clean(value.what) if kind is Foreign else describe_type(value)}

    def _tensor(self, tensor: torch.Tensor) -> Any:
        if type(tensor) not in (torch.Tensor, torch.nn.Parameter):
            return {"foreign": _clean(f"a Tensor subclass ({type(tensor).__name__})"[:MAX_DESCRIPTION])}
        name = NAMES.get(tensor.dtype)
        if tensor.layout is not torch.strided or tensor.device.type != "cpu" or name is None:
            return {"foreign": f"a {tensor.layout} tensor of {tensor.dtype} on {tensor.device}"}
        # Expanded tensors are small here and huge when written out.
        if not _is_possible(tensor.shape, tensor.element_size()):
            return {"foreign": f"a tensor of shape {tuple(tensor.shape)}, which is too large"[:MAX_DESCRIPTION]}
        dense, axes = in_memory_order(tensor.detach().resolve_conj().resolve_neg())
        offset = len(self.payload)
        if dense.numel():
            # NumPy has no bfloat16; the bytes are the same.
            plain = dense.view(torch.int16) if dense.dtype is torch.bfloat16 else dense
            self.payload += plain.numpy().tobytes()
        written = {"tensor": [name, list(dense.shape), offset]}
        return {"permuted": [list(axes), written]} if axes else written


class _Decoding:
    """A message that has come.

    Tensors have to lie in the payload one after the other, as the values are read: together they are no larger than it.
    """

    def __init__(self, payload: bytes) -> None:
        self._payload = memoryview(payload)
        self._used = 0
        self._values = 0

    def value_of(self, data: Any, depth: int) -> Value:
        """The value that JSON says.

        Raises:
            WireError: it says none.
        """
        self._values += 1
        if self._values > MAX_VALUES:
            raise WireError("a message has too many values")
        if depth > MAX_DEPTH:
            raise WireError("a value is nested too deeply")
        if data is None or data is True or data is False:
            return data
        if isinstance(data, dict):
            if len(data) != 1:
                raise WireError("a value is of no known kind")
            [(kind, content)] = data.items()
            return self._of_kind(kind, content, depth)
        if isinstance(data, str):
            return _text(data)
        if isinstance(data, int):
            if abs(data) >= 2**63:
                raise WireError("an integer is beyond 64 bits")
            return data
        # JSON has no infinity, but 1e999 reads as one.
        if isinstance(data, float) and math.isfinite(data):
            return data
        raise WireError("a value is of no known kind, or beyond float64")

    def _of_kind(self, kind: str, content: Any, depth: int) -> Value:
        match kind, content:
            case "tensor", [str(dtype), list(shape), int(offset)]:
                return self._tensor(dtype, shape, offset)
            case "list", list(items):
                return [self.value_of(item, depth + 1) for item in items]
            case "dict", list(pairs):
                return self._dict(pairs, depth)
            case "tuple", list(items):
                return tuple([self.value_of(item, depth + 1) for item in items])
            case "permuted", [list(axes), {"tensor": _} as written]:
                return _permuted(self.value_of(written, depth + 1), axes)
            case "module", int(number) if type(number) is int and 0 <= number < 2**31:
                return ModuleHandle(number)
            case "foreign", str(what):
                return Foreign(_text(what[:MAX_DESCRIPTION]))
            case "ellipsis", True:
                return ...
            case "float", "nan" | "inf" | "-inf" as name:
                return float(name)
        raise WireError("a value is of no known kind")

    def check_end(self) -> None:
        """See that every byte of the payload belongs to a tensor.

        Raises:
            WireError: bytes are left over.
        """
        if self._used != len(self._payload):
            raise WireError("bytes are left over")

    def _dict(self, pairs: list[Any], depth: int) -> dict[str, Value]:
        made: dict[str, Value] = {}
        for pair in pairs:
            match pair:
                case [str(key), value] if key not in made:
                    made[_text(key)] = self.value_of(value, depth + 1)
                case _:
                    raise WireError("an entry of a dict is no pair, or its key comes twice")
        return made

    def _tensor(self, dtype: str, shape: Sequence[Any], offset: int) -> torch.Tensor:
        if dtype not in DTYPES or not all(type(size) is int and 0 <= size < 2**31 for size in shape):
            raise WireError("a tensor has no possible dtype or shape")
        kind = DTYPES[dtype]
        if not _is_possible(shape, kind.itemsize):
            raise WireError("a tensor has no possible shape")
        end = self._used + math.prod(shape) * kind.itemsize
        if offset != self._used or end > len(self._payload):
            raise WireError("a tensor's bytes are not where they belong")
        self._used = end
        if offset == end:
            return torch.empty(shape, dtype=kind)
        # A bytearray is writable memory of our own: frombuffer shares it.
        own = bytearray(self._payload[offset:end])
        if kind is torch.bool:
            # Of a byte that is neither 0 nor 1, no operator need say the same as another.
            return torch.frombuffer(own, dtype=torch.uint8).ne(0).reshape(shape)
        return torch.frombuffer(own, dtype=kind).reshape(shape)


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


def describe_type(value: object) -> str:
    """What a value is, in words that a learner knows."""
    kind = type(value)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return _clean(f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"[:MAX_DESCRIPTION])


def _is_possible(shape: Sequence[int], itemsize: int) -> bool:
    """Whether a tensor of this shape could cross; one without entries may not be enormous but for that either.

    torch computes the strides of such a one all the same, and who makes a list of it makes all of its empty rows.
    """
    entries = math.prod(shape) or math.prod(max(1, size) for size in shape)
    return len(shape) <= MAX_DIMENSIONS and entries * itemsize <= MAX_TENSOR_BYTES


def _permuted(tensor: torch.Tensor, axes: Sequence[Any]) -> torch.Tensor:
    if not all(type(axis) is int for axis in axes) or sorted(axes) != list(range(tensor.ndim)):
        raise WireError("a tensor's axes are no permutation")
    return tensor.permute(*axes)


def _text(text: str) -> str:
    if text != _clean(text):
        raise WireError("a text has a lone surrogate")
    return text


def _clean(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


# Made once: a check sends and reads hundreds of frames. And of the standard library: msgspec's takes 5 s for the 4 MB
# of numbers like 1.5e300 that a worker may send.
_ENCODER = json.JSONEncoder(allow_nan=False, check_circular=False)
_DECODER = json.JSONDecoder(parse_constant=_no_constant)
