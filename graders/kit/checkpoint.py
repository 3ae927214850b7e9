"""A folder with a fine-tuned Whisper, looked at by the names and heads of its files: nothing in it is run, and no weight is read.

A .safetensors file begins with 8 bytes, the length of a JSON text; then that text, {name: {"dtype", "shape", "data_offsets"}}; then the
numbers. A pickle, which is what `torch.save` writes, is a program: whoever loads it runs it. So none is taken.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

WEIGHTS = "model.safetensors"
CONFIG = "config.json"
TOKENIZER = "tokenizer.json"
KINDS = (".safetensors", ".json", ".txt", ".md", ".jinja")
MOST_MB = 16
LONGEST_HEAD = 2**20  # bytes of JSON before the numbers
LONGEST_JSON = 2**22
BYTES = {"F32": 4, "F16": 2, "BF16": 2}
EMBEDDING = "model.decoder.embed_tokens.weight"
SIZES = ("model_type", "vocab_size", "d_model", "encoder_layers", "decoder_layers", "num_mel_bins", "max_source_positions")
"""What of a configuration must be that of the checkpoint which the training began with."""

Tensors = dict[str, tuple[int, ...]]


class _NotWhole(ValueError):
    """A file is not what its name says; the message says what was wanted."""


def faults(files: Mapping[str, bytes], start: Mapping[str, bytes]) -> list[str]:
    """All that is wrong with a fine-tuned checkpoint, each with its remedy; none means that it fits the one it began with.

    `files` and `start` map names within the folder to contents; `start` is the checkpoint that everybody fine-tunes.
    """
    if not files:
        return ["it is not there, or empty: save your fine-tuned checkpoint into it with save_pretrained"]
    if problems := list(_kinds(files)):
        return problems
    if lacking := [name for name in (WEIGHTS, CONFIG, TOKENIZER) if name not in files]:
        return [f"{', '.join(lacking)} not there: save network, tokenizer and feature extractor with save_pretrained"]
    try:
        return [*_network(files, start), *_vocabulary(files, start)]
    except _NotWhole as fault:
        return [str(fault)]


def tensors(content: bytes, name: str = WEIGHTS) -> Tensors:
    """Names and shapes of the tensors in a .safetensors file, read from its head. Raises ValueError where it is no such file."""
    length = int.from_bytes(content[:8], "little")
    if not 2 <= length <= min(LONGEST_HEAD, len(content) - 8):
        raise _NotWhole(f"{name} is no safetensors file, whatever its name says: save with save_pretrained")
    found: Tensors = {}
    end = 0
    head = _json(content[8 : 8 + length], name)
    for key, entry in sorted(head.items(), key=lambda item: _offsets(item[1])):
        if key == "__metadata__":
            continue
        shape, (first, last) = _shape(entry), _offsets(entry)
        if shape is None or first != end or last - first != math.prod(shape) * BYTES[entry["dtype"]]:
            raise _NotWhole(f"{name} is damaged, or holds other numbers than {', '.join(BYTES)}: save it again")
        found[key], end = shape, last
    if end != len(content) - 8 - length:
        raise _NotWhole(f"{name} was cut short, or something was put behind its numbers: save it again")
    return found


def _kinds(files: Mapping[str, bytes]) -> Iterator[str]:
    """Files of kinds that are not taken, pickles above all, and too many bytes."""
    for name, content in sorted(files.items()):
        if content[:2] in (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"PK"):
            yield f"{name[:80]} is a pickle (torch.save writes them), and loading one runs it as a program: weights belong into {WEIGHTS}"
        elif not name.endswith(KINDS):
            yield f"{name[:80]} is of no kind that is taken ({', '.join(KINDS)}): remove it"
        elif name.endswith(".safetensors") and name != WEIGHTS:
            yield f"{name[:80]} is one file of weights too many: all of them belong into {WEIGHTS}"
    size = sum(map(len, files.values())) / 2**20
    if size > MOST_MB:
        yield f"it holds {size:.0f} MiB, at most {MOST_MB} are taken: save the fine-tuned checkpoint only, best in half precision"


def _network(files: Mapping[str, bytes], start: Mapping[str, bytes]) -> Iterator[str]:
    """What of the network is not that of the checkpoint which the training began with. Raises _NotWhole."""
    config, first = (_json(one[CONFIG], CONFIG) for one in (files, start))
    found, wanted = tensors(files[WEIGHTS]), tensors(start[WEIGHTS])
    if EMBEDDING in found and found[EMBEDDING] != wanted[EMBEDDING]:
        yield f"{WEIGHTS} has a vocabulary of {found[EMBEDDING][0]} tokens, the kit's checkpoint {wanted[EMBEDDING][0]}: fine-tune that one"
    elif {name: shape for name, shape in found.items() if name in wanted} != wanted:
        yield f"{WEIGHTS} holds another network than the kit's checkpoint: fine-tune that one"
    if other := [name for name in SIZES if config.get(name) != first[name]]:
        yield f"{CONFIG} differs from that of the kit's checkpoint in {', '.join(other)}: fine-tune that one"


def _vocabulary(files: Mapping[str, bytes], start: Mapping[str, bytes]) -> Iterator[str]:
    """Whether the tokens have the numbers that the network knows. Raises _NotWhole."""
    found, wanted = (_tokens(_json(one[TOKENIZER], TOKENIZER)) for one in (files, start))
    if found != wanted:
        yield f"{TOKENIZER} has another vocabulary than the kit's checkpoint, and numbers would mean other tokens: save that one's"


def _tokens(tokenizer: dict[str, Any]) -> tuple[Any, Any]:
    """The vocabulary, and the tokens that were added to it."""
    model, added = tokenizer.get("model"), tokenizer.get("added_tokens")
    rows = added if isinstance(added, list) and all(isinstance(row, dict) for row in added) else []
    return model.get("vocab") if isinstance(model, dict) else None, {str(row.get("content")): row.get("id") for row in rows}


def _json(content: bytes, name: str) -> dict[str, Any]:
    """A JSON object. Raises _NotWhole."""
    try:
        value = json.loads(content) if len(content) <= LONGEST_JSON else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise _NotWhole(f"{name} cannot be read: save it again with save_pretrained")
    return value


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**40


def _shape(entry: Any) -> tuple[int, ...] | None:
    """The shape in a tensor's entry; None where the entry is none of a tensor of real numbers."""
    shape = entry.get("shape") if isinstance(entry, dict) and entry.get("dtype") in tuple(BYTES) else None
    return tuple(shape) if isinstance(shape, list) and len(shape) <= 8 and all(map(_whole, shape)) else None


def _offsets(entry: Any) -> tuple[int, int]:
    """Where a tensor's bytes begin and end; nowhere where the entry does not say."""
    found = entry.get("data_offsets") if isinstance(entry, dict) else None
    if isinstance(found, list) and len(found) == 2 and all(map(_whole, found)):
        return found[0], found[1]
    return -1, -1
