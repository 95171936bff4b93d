"""The format between engine and worker: what goes in comes out, and nothing else comes out."""

from __future__ import annotations

import math
import struct
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import torch

from tutor.engine.wire import DTYPES, MAX_TENSOR_BYTES, MAX_VALUES, Foreign, ModuleHandle, WireError, encode, receive

if TYPE_CHECKING:
    from collections.abc import Iterator


def read(frame: bytes) -> Any:
    position = 0

    def read_exactly(length: int) -> bytes:
        nonlocal position
        position += length
        if position > len(frame):
            raise EOFError
        return frame[position - length : position]

    return receive(read_exactly)


def frame(json: bytes, payload: bytes = b"") -> bytes:
    return struct.pack("!II", len(json), len(payload)) + json + payload


@pytest.mark.parametrize(
    "value",
    [None, True, 0, -(2**62), 1.5, "γ", ..., [1, (2, "x"), {"k": None}], ModuleHandle(3), Foreign("a set")],
    ids=repr,
)
def test_plain_values_come_back_as_they_were(value: object) -> None:
    assert read(encode(value)) == value
    assert type(read(encode(value))) is type(value)


@pytest.mark.parametrize("dtype", DTYPES.values(), ids=str)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3, 4)], ids=str)
def test_tensors_come_back_bit_for_bit(dtype: torch.dtype, shape: tuple[int, ...]) -> None:
    tensor = torch.arange(24)[: math.prod(shape)].reshape(shape).to(dtype)
    back = read(encode([tensor, {"again": tensor}]))
    assert back[0].dtype == dtype
    assert back[0].shape == shape
    assert torch.equal(back[0], tensor)
    assert torch.equal(back[1]["again"], tensor)


def test_non_contiguous_expanded_and_graph_tensors_come_back_by_value() -> None:
    leaf = torch.arange(6.0).reshape(2, 3).requires_grad_()
    for tensor in (leaf.t(), leaf[:, ::2], leaf[:1].expand(4, 3), leaf * 2, leaf[1:, 1], leaf[:, :1].t()[:, 1:]):
        assert torch.equal(read(encode(tensor)), tensor.detach())


@pytest.mark.parametrize("axes", [(1, 0, 2), (0, 2, 1), (2, 0, 1), (1, 2, 0)], ids=str)
def test_a_tensor_that_lies_in_memory_in_another_order_arrives_so(axes: tuple[int, ...]) -> None:
    tensor = torch.arange(24.0).reshape(2, 3, 4).permute(axes)
    back = read(encode(tensor))
    assert torch.equal(back, tensor)
    assert back.stride() == tensor.stride()


def test_a_tensor_that_comes_back_is_our_own_to_write_to() -> None:
    tensor = torch.zeros(3)
    read(encode(tensor)).add_(1)
    assert tensor.tolist() == [0, 0, 0]


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_numbers_that_json_has_not_cross_by_name(number: float) -> None:
    assert repr(read(encode(number))) == repr(number)


class Liar(torch.Tensor):
    pass


@pytest.mark.parametrize(
    "value",
    [{1, 2}, object(), 2**80, torch.zeros(2).to_sparse(), torch.zeros(2, device="meta"), Liar(), {1: 2}, b"x", print],
    ids=lambda value: type(value).__name__,
)
def test_anything_else_crosses_as_what_it_is_in_words(value: object) -> None:
    assert isinstance(read(encode(value)), Foreign)


def test_a_value_nested_without_end_crosses_cut() -> None:
    endless: list[Any] = []
    endless.append(endless)
    read(encode(endless))


@pytest.mark.parametrize(
    "json",
    [
        b"",
        b"{",
        b"NaN",
        b"[1]",
        b"1e999",
        b"9" * 5000,
        str(2**70).encode(),
        b'"\\ud800"',
        b'"\xff"',
        b"[" * 100_000,
        b'{"list": ' * 500 + b"1" + b"}" * 500,
        b'{"list": [], "tuple": []}',
        b'{"tensor": ["float64", [2], 0]}',
        b'{"tensor": ["float64", [-1], 0]}',
        b'{"tensor": ["float64", [1], -8]}',
        b'{"tensor": ["float64", [4294967296, 4294967296], 0]}',
        b'{"tensor": ["object", [1], 0]}',
        b'{"tensor": ["float64", ["1"], 0]}',
        b'{"tensor": ["float64", [true], 0]}',
        b'{"tensor": ["uint8", [4], 0]}',
        b'{"tensor": ["uint8", [4], 4]}',
        b'{"list": [{"tensor": ["uint8", [8], 0]}, {"tensor": ["uint8", [8], 0]}]}',
        b'{"list": [{"tensor": ["uint8", [8], 0]}, {"tensor": ["uint8", [0], 0]}]}',
        b'{"list": [{"tensor": ["uint8", [4], 4]}, {"tensor": ["uint8", [4], 0]}]}',
        b'{"list": [{"tensor": ["uint8", [8], 0]}, {"tensor": ["uint8", [2147483647, 2147483647, 2147483647, 0], 8]}]}',
        b'{"list": [{"tensor": ["uint8", [8], 0]}, {"tensor": ["uint8", [2000000000, 0], 8]}]}',
        b'{"tensor": ["uint8", [8, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], 0]}',
        b'{"permuted": [[0], {"tensor": ["float64", [1], 0]}, 1]}',
        b'{"permuted": [[1], {"tensor": ["float64", [1], 0]}]}',
        b'{"permuted": [[0, 0], {"tensor": ["float64", [1, 1], 0]}]}',
        b'{"permuted": [[0], {"tensor": ["float64", [1, 1], 0]}]}',
        b'{"permuted": [[true, false], {"tensor": ["float64", [1, 1], 0]}]}',
        b'{"permuted": [["0"], {"tensor": ["float64", [1], 0]}]}',
        b'{"permuted": [[0], [1]]}',
        b'{"permuted": [[0], {"permuted": [[0], {"tensor": ["float64", [1], 0]}]}]}',
        b'{"dict": [["a"]]}',
        b'{"dict": [[1, 2]]}',
        b'{"dict": [["a", 1], ["a", 1]]}',
        b'{"dict": [["\\ud800", 1]]}',
        b'{"foreign": "\\ud800"}',
        b'{"module": "0"}',
        b'{"module": true}',
        b'{"module": -1}',
        b'{"module": 18446744073709551616}',
        b'{"list": [' + b"1," * MAX_VALUES + b"1]}",
        b'{"__reduce__": "os.system"}',
    ],
    ids=lambda json: json[:32].decode("latin-1"),
)
def test_what_is_no_frame_of_ours_is_refused(json: bytes) -> None:
    with pytest.raises(WireError):
        read(frame(json, b"12345678" if b'"tensor"' in json else b""))


def test_what_is_true_is_true_in_one_way_only() -> None:
    odd = read(frame(b'{"tensor": ["bool", [4], 0]}', b"\x00\x01\x02\xff"))
    assert odd.dtype == torch.bool
    assert odd.view(torch.uint8).tolist() == [0, 1, 1, 1]


def test_bytes_that_belong_to_no_tensor_are_refused() -> None:
    with pytest.raises(WireError, match="left over"):
        read(frame(b"null", b"12345678"))


@pytest.mark.parametrize("tensor", [torch.empty(2_000_000_000, 0), torch.empty([1] * 17)], ids=["empty", "17 axes"])
def test_a_tensor_that_nobody_could_work_with_crosses_in_words(tensor: torch.Tensor) -> None:
    assert read(encode([tensor])) == [Foreign(f"a tensor of shape {tuple(tensor.shape)}, which is too large")]


class Size(tuple[int, ...]):
    """Says that other things are in it than are."""

    __slots__ = ()

    def __iter__(self) -> Iterator[int]:
        return iter((9, 9))

    def __len__(self) -> int:
        return 2


class Pair(NamedTuple):
    one: int
    other: torch.Size


def test_of_what_is_derived_from_tuple_the_contents_cross() -> None:
    assert read(encode([torch.Size([2, 3]), Pair(1, torch.zeros(4).shape), Size((1, 2, 3))])) == [
        (2, 3), (1, (4,)), (1, 2, 3)
    ]  # fmt: skip


def test_a_message_of_very_many_values_is_not_sent() -> None:
    with pytest.raises(WireError, match="too large"):
        encode([0] * MAX_VALUES)


def test_a_huge_length_is_refused_before_anything_is_read() -> None:
    header = struct.pack("!II", 2, MAX_TENSOR_BYTES + 1)
    with pytest.raises(WireError, match="too large"):
        read(header)


def test_a_message_that_is_too_large_is_not_sent() -> None:
    with pytest.raises(WireError, match="too large"):
        encode("x" * (8 << 20))
