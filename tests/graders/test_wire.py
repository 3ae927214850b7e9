"""The wire format: what goes in comes out, and nothing hostile does more than raise AnswerRejected."""

from __future__ import annotations

import contextlib
import json
import math
import struct
import tracemalloc
from collections import OrderedDict, namedtuple
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from graders.kit import frames, wire
from graders.kit.errors import AnswerRejected

DTYPES = st.sampled_from([np.dtype(name) for name in wire.DTYPES])
SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**1023), 2**1023) | st.floats() | st.complex_numbers() | st.text() | st.binary()
)
ARRAYS = DTYPES.flatmap(lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5)))
KEYS = st.text(max_size=8) | st.integers(-(2**70), 2**70)
VALUES = st.recursive(
    SCALARS | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=12) | st.lists(inner, max_size=4).map(tuple) | st.dictionaries(KEYS, inner, max_size=4)
    ),
    max_leaves=12,
)


def same(got: Any, wanted: Any) -> bool:
    """Equal in type, shape and every bit that matters (NaN equals NaN)."""
    if type(got) is not type(wanted):
        return False
    if isinstance(wanted, np.ndarray):
        return got.dtype == wanted.dtype and got.shape == wanted.shape and got.tobytes() == wanted.tobytes()
    if isinstance(wanted, list | tuple):
        return len(got) == len(wanted) and all(map(same, got, wanted))
    if isinstance(wanted, dict):
        return list(got) == list(wanted) and all(same(got[key], wanted[key]) for key in wanted)
    if isinstance(wanted, complex):
        return same(got.real, wanted.real) and same(got.imag, wanted.imag)
    if isinstance(wanted, float):
        return math.isnan(got) if math.isnan(wanted) else struct.pack("d", got) == struct.pack("d", wanted)
    return bool(got == wanted)


def through_a_frame(value: Any) -> Any:
    stream = b"".join(frames.pack(b"n" * 16, value))
    reader, position = frames.receive(), 0
    try:
        while True:
            piece = next(reader)
            piece[:] = stream[position : position + len(piece)]
            position += len(piece)
    except StopIteration as stop:
        assert position == len(stream)
        assert stop.value.nonce == b"n" * 16
        return stop.value.value()


@given(VALUES)
@settings(max_examples=150, deadline=None)
def test_every_value_comes_back_as_it_went(value: Any) -> None:
    assert same(wire.copy(value), value)
    assert same(through_a_frame(value), value)


@given(st.sampled_from(list(wire.DTYPES)), st.integers(0, 255))
def test_every_scalar_comes_back(name: str, byte: int) -> None:
    scalar = np.array(byte % 2 if name == "bool" else byte % 100).astype(name)[()]
    back = wire.copy(scalar)
    assert type(back) is type(scalar)
    assert back == scalar


def test_long_list_of_floats_keeps_its_types() -> None:
    values = [0.5, -1.0, 2.0**-1074, 1e308, -0.0, *map(float, range(20))]
    assert same(wire.copy(values), values)
    assert same(wire.copy([*values, math.nan]), [*values, math.nan])
    assert same(wire.copy([*values, 3]), [*values, 3])


def test_a_copy_shares_nothing_and_can_be_written() -> None:
    array = np.arange(6.0)
    back = wire.copy({"a": array, "b": array})
    back["a"][0] = 99.0
    assert array[0] == 0.0
    assert back["b"][0] == 0.0


def test_strided_and_foreign_endian_arrays_arrive_native() -> None:
    array = np.arange(12, dtype=">f4").reshape(3, 4)[::2, ::-1]
    back = wire.copy(array)
    assert back.dtype == np.float32
    assert back.dtype.isnative
    assert back.flags.c_contiguous
    assert back.tolist() == array.tolist()


def test_kinds_of_builtin_containers_become_plain() -> None:
    point = namedtuple("point", "x y")(1, 2)
    assert same(wire.copy([point, OrderedDict(b=1), {np.int64(3): np.str_("x")}]), [(1, 2), {"b": 1}, {3: "x"}])


class _Own:
    pass


LONG = wire.DEFAULT.text + 1


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (np.array([1, "a"], dtype=object), "object_array"),
        (np.array(["a"]), "text_array"),
        (np.array(["2020-01-01"], dtype="datetime64[D]"), "dtype"),
        (np.longdouble(1), "dtype"),
        (np.zeros(2, dtype=[("a", "f8")]), "dtype"),
        (np.ma.array([1.0]), "array_class"),
        (np.zeros((1,) * 17), "dtype"),
        ((number for number in []), "generator"),
        (range(3), "generator"),
        ({}.values(), "generator"),
        (map(str, []), "generator"),
        ({1, 2}, "set"),
        (len, "function"),
        (lambda: 0, "function"),
        (_Own, "function"),
        (_Own(), "object"),
        ({True: 1}, "key"),
        ({1.5: 1}, "key"),
        ({None: 1}, "key"),
        (2**1025, "int"),
        ("\ud800", "surrogate"),
        ("x" * LONG, "text"),
        (np.zeros(2**23 + 1), "size"),
        ([[0, 1]] * 400_000, "nodes"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else None,
)
def test_what_may_not_cross_is_named_with_its_place(value: Any, code: str) -> None:
    with pytest.raises(wire.NotPlain) as caught:
        wire.copy([0, {"W": value}])
    assert caught.value.code == code
    # A fault of a key or of the whole has no place of its own further in.
    assert caught.value.where[:2] == ((1, "W") if code not in {"nodes"} else caught.value.where[:2])
    assert wire.PROBLEMS[code] in str(caught.value)


def test_message_says_place_kind_and_remedy() -> None:
    import torch

    with pytest.raises(AnswerRejected, match=r"^result\[0\]\[\"W\"\] is a PyTorch tensor; return a NumPy array") as caught:
        wire.copy([{"W": torch.ones(2)}])
    assert "torch.Tensor" in caught.value.detail


def test_a_value_that_contains_itself_is_rejected() -> None:
    loop: list[Any] = []
    loop.append({"again": loop})
    with pytest.raises(wire.NotPlain) as caught:
        wire.copy(loop)
    assert caught.value.code == "depth"


ARRAY = b'{"a":["float64",%s,0]}'
HOSTILE_SHAPES = [b"[0,1000000000000,1000000000000]", b"[-1]", b"[true]", b"[1.0]", b"[NaN]", b"[1e400]", b'["1"]', b"null", b"1",
                  b"[[1]]", b"[2]", b"[9223372036854775808]", b"[0,67108865]", b"[" + b"1," * 16 + b"1]"]  # fmt: skip


@pytest.mark.parametrize("shape", HOSTILE_SHAPES)
def test_hostile_shapes_are_rejected(shape: bytes) -> None:
    with pytest.raises(AnswerRejected):
        wire.decode(ARRAY % shape, [bytes(8)])


@pytest.mark.parametrize(
    ("header", "buffers"),
    [
        (b"", []),
        (b"{", []),
        (b"{}", []),
        (b"NaN", []),
        (b"Infinity", []),
        (b"[1", []),
        (b"\xff", []),
        (b"[" * 100_000, []),
        (b"[" * 100_000 + b"]" * 100_000, []),
        (b"[" * 65 + b"]" * 65, []),
        (b"1" * 400, []),
        (b"1" * 100_000, []),
        (b'"\\ud800"', []),
        (b'{"x":1}', []),
        (b'{"f":"nan","c":[1.0,1.0]}', []),
        (b'{"f":"1e5"}', []),
        (b'{"f":[]}', []),
        (b'{"c":[1.0]}', []),
        (b'{"c":[1,2]}', []),
        (b'{"c":[[],[]]}', []),
        (b'{"t":1}', []),
        (b'{"d":{"a":1}}', []),
        (b'{"d":[[1]]}', []),
        (b'{"d":[[true,1]]}', []),
        (b'{"d":[["a",1],["a",2]]}', []),
        (b'{"d":[[{"f":"nan"},2]]}', []),
        (b'{"y":0}', []),
        (b'{"y":-1}', [b"x"]),
        (b'{"y":true}', [b"x", b"y"]),
        (b'[{"y":0},{"y":0}]', [b"x"]),
        (b"1", [b"x"]),
        (b'{"a":["object",[1],0]}', [bytes(8)]),
        (b'{"a":["O",[1],0]}', [bytes(8)]),
        (b'{"a":[["float64"],[1],0]}', [bytes(8)]),
        (b'{"a":["float64",[1]]}', [bytes(8)]),
        (b'{"a":["bool",[1],0]}', [b"\x02"]),
        (b'{"n":["float64","00"]}', []),
        (b'{"n":["float64","zzzzzzzzzzzzzzzz"]}', []),
        (b'{"n":["object","00"]}', []),
    ],
)
def test_malformed_messages_are_rejected(header: bytes, buffers: list[bytes]) -> None:
    with pytest.raises(AnswerRejected):
        wire.decode(header, buffers)


def test_many_values_are_refused_before_they_are_built() -> None:
    header = b"[" + b"[]," * 3_000_000 + b"[]]"
    tracemalloc.start()
    with pytest.raises(AnswerRejected):
        wire.decode(header, [])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 3 * len(header)


@given(st.binary(max_size=200), st.lists(st.binary(max_size=20), max_size=3))
@settings(max_examples=300, deadline=None)
def test_random_bytes_never_do_more_than_be_rejected(header: bytes, buffers: list[bytes]) -> None:
    with contextlib.suppress(AnswerRejected):
        wire.decode(header, buffers)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=3)
    | st.sampled_from(["float64", "bool", "nan", "00"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*"fctdyanx"]), inner, max_size=2),
    max_leaves=10,
)  # fmt: skip


@given(JSON, st.lists(st.binary(max_size=16), max_size=2))
@settings(max_examples=500, deadline=None)
def test_random_headers_are_plain_data_or_rejected(tree: Any, buffers: list[bytes]) -> None:
    try:
        value = wire.decode(json.dumps(tree).encode(), buffers)
    except AnswerRejected:
        return
    assert same(wire.copy(value), value)


@given(VALUES, st.data())
@settings(max_examples=100, deadline=None)
def test_a_bent_frame_is_rejected_or_still_a_value(value: Any, data: st.DataObject) -> None:
    stream = bytearray(b"".join(frames.pack(bytes(16), value)))
    position = data.draw(st.integers(0, len(stream) - 1))
    stream[position] ^= data.draw(st.integers(1, 255))
    reader, start = frames.receive(wire.Limits(size=10_000_000)), 0
    try:
        while start <= len(stream):
            piece = next(reader)
            got = stream[start : start + len(piece)]
            piece[: len(got)] = got
            start += len(piece)
    except StopIteration as stop:
        with contextlib.suppress(AnswerRejected):
            stop.value.value()
    except AnswerRejected:
        pass


@pytest.mark.parametrize(
    "prefix",
    [
        struct.pack("<4s16sQI", b"XXXX", bytes(16), 1, 0),
        struct.pack("<4s16sQI", b"SJ01", bytes(16), 2**62, 0),
        struct.pack("<4s16sQI", b"SJ01", bytes(16), 1, 2**32 - 1),
    ],
)
def test_frames_of_absurd_size_ask_for_no_memory(prefix: bytes) -> None:
    reader = frames.receive()
    next(reader)[:] = prefix
    with pytest.raises(AnswerRejected):
        next(reader)


def test_table_of_absurd_sizes_asks_for_no_memory() -> None:
    reader = frames.receive()
    next(reader)[:] = struct.pack("<4s16sQI", b"SJ01", bytes(16), 1, 2)
    next(reader)[:] = struct.pack("<2Q", 2**63, 2**63)
    with pytest.raises(AnswerRejected):
        next(reader)
