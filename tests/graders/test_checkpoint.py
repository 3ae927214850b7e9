"""What is said of a folder with a fine-tuned checkpoint, from the names and heads of its files."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save

from graders.kit.checkpoint import EMBEDDING, SIZES, faults, tensors

CONFIG = dict.fromkeys(SIZES, 1) | {"model_type": "whisper", "vocab_size": 6}
TOKENIZER = {"model": {"vocab": {"a": 0, "b": 1}}, "added_tokens": [{"content": "<|fa|>", "id": 2}]}
NETWORK = {EMBEDDING: np.ones((6, 4), np.float16), "model.encoder.conv1.weight": np.ones((4, 2, 3), np.float16)}
START = {
    "model.safetensors": save(NETWORK),
    "config.json": json.dumps(CONFIG).encode(),
    "tokenizer.json": json.dumps(TOKENIZER).encode(),
}


def changed(name: str, value: Any) -> dict[str, bytes]:
    return {**START, name: value if isinstance(value, bytes) else json.dumps(value).encode()}


class Harmful:
    """Its pickle runs a command when it is loaded."""

    def __reduce__(self) -> tuple[Callable[[int], Any], tuple[int]]:
        raise_error = __builtins__["exit"] if isinstance(__builtins__, dict) else __builtins__.exit
        return raise_error, (7,)


WIDER = {**NETWORK, EMBEDDING: np.ones((9, 4), np.float16)}
FAULTY = {
    "nothing": ({}, "not there, or empty"),
    "a pickle": (changed("pytorch_model.bin", pickle.dumps(Harmful())), "pytorch_model.bin is a pickle"),
    "torch's zip": (changed("weights.pt", b"PK\x03\x04 archive/data.pkl"), "weights.pt is a pickle"),
    "a pickle under a right name": (changed("model.safetensors", pickle.dumps(Harmful())), "model.safetensors is a pickle"),
    "a trainer's arguments": (changed("training_args.bin", b"\x00\x01"), "training_args.bin is of no kind that is taken"),
    "shards": (changed("model-00001-of-00002.safetensors", save(NETWORK)), "one file of weights too many"),
    "code": (changed("modeling.py", b"import os"), "modeling.py is of no kind"),
    "too much": (changed("log.txt", bytes(17 * 2**20)), "17 MiB, at most 16"),
    "no tokenizer": ({name: START[name] for name in ("model.safetensors", "config.json")}, "tokenizer.json not there"),
    "text for weights": (changed("model.safetensors", b"version https://git-lfs.github.com/spec/v1"), "is no safetensors file"),
    "cut short": (changed("model.safetensors", save(NETWORK)[:-4]), "cut short"),
    "something behind": (changed("model.safetensors", save(NETWORK) + b"more"), "something was put behind"),
    "whole numbers": (changed("model.safetensors", save({EMBEDDING: np.ones((6, 4), np.int64)})), "other numbers than"),
    "wrong vocabulary of the network": (changed("model.safetensors", save(WIDER)), "vocabulary of 9 tokens, the kit's checkpoint 6"),
    "another network": (changed("model.safetensors", save({EMBEDDING: NETWORK[EMBEDDING]})), "another network than the kit's"),
    "wrong configuration": (changed("config.json", CONFIG | {"vocab_size": 51865}), "kit's checkpoint in vocab_size"),
    "wrong tokenizer": (changed("tokenizer.json", TOKENIZER | {"model": {"vocab": {"b": 0, "a": 1}}}), "another vocabulary"),
    "no JSON": (changed("config.json", b"{"), "config.json cannot be read"),
    "nesting": (changed("tokenizer.json", b"[" * 100_000), "tokenizer.json cannot be read"),
}  # fmt: skip


def test_a_whole_folder_has_no_faults() -> None:
    assert faults(START, START) == []
    full = {name: value.astype(np.float32) for name, value in NETWORK.items()}
    beside = {"generation_config.json": b"{}", "merges.txt": b"a b", "README.md": b"mine"}
    assert faults({**START, **beside, "model.safetensors": save(full)}, START) == []
    more = save({**NETWORK, "proj_out.weight": NETWORK[EMBEDDING]})  # tied to the embedding; some save it, some do not
    assert faults(changed("model.safetensors", more), START) == []


@pytest.mark.parametrize("name", FAULTY)
def test_each_fault_is_said(name: str) -> None:
    files, message = FAULTY[name]
    found = faults(files, START)
    assert len(found) == 1, found
    assert message in found[0], found


def test_names_and_shapes_are_read_from_the_head() -> None:
    assert tensors(save(NETWORK)) == {name: value.shape for name, value in NETWORK.items()}


HEADS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["dtype", "shape", "data_offsets", "x"]), inner),
    max_leaves=8,
)


@given(st.binary(max_size=200) | HEADS.map(lambda value: json.dumps({"w": value}).encode()), st.binary(max_size=20))
def test_no_head_breaks_the_reader(head: bytes, rest: bytes) -> None:
    for content in (head, len(head).to_bytes(8, "little") + head + rest):
        assert all(isinstance(one, str) for one in faults(changed("model.safetensors", content), START))


@given(
    st.binary(max_size=200) | HEADS.map(lambda value: json.dumps(value).encode()),
    st.sampled_from(["config.json", "tokenizer.json"]),
)
def test_no_json_breaks_the_reader(content: bytes, name: str) -> None:
    assert all(isinstance(one, str) for one in faults(changed(name, content), START))
