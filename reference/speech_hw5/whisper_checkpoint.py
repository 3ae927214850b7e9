"""Load and save a Whisper: a folder of one's own, or a name on the hub. Weights are read from safetensors only.

A pickle (pytorch_model.bin, *.pt, *.ckpt) is a program that runs when it is loaded. A folder with one in it is refused, whoever made it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from transformers import WhisperFeatureExtractor, WhisperForConditionalGeneration, WhisperTokenizer

PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib")
NEEDED = ("config.json", "generation_config.json", "preprocessor_config.json", "tokenizer_config.json")
WEIGHTS = ("model.safetensors", "model.safetensors.index.json")
TOKENS = (("tokenizer.json",), ("vocab.json", "merges.txt"))
"""Files that a tokenizer is read from: all of the first, or all of the second."""
TIED = ("proj_out.weight", "model.encoder.embed_positions.weight")
"""Weights that some programs save and others work out."""
HUB = "openai/whisper-tiny, -base, -small or -medium"


class CheckpointError(ValueError):
    """A checkpoint that cannot be used; the message says what was found, what was wanted, and how to mend it."""


@dataclass(frozen=True)
class Checkpoint:
    """A network with the tokenizer and the feature extractor that belong to it."""

    model: WhisperForConditionalGeneration
    tokenizer: WhisperTokenizer
    extractor: WhisperFeatureExtractor

    @property
    def sample_rate(self) -> int:
        """Hz that it hears."""
        return int(self.extractor.sampling_rate)

    @property
    def window(self) -> int:
        """Samples that it hears at once."""
        return int(self.extractor.n_samples)


def device() -> torch.device:
    """Give the GPU where there is one."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def save(checkpoint: Checkpoint, folder: Path | str) -> None:
    """Write a checkpoint as `from_pretrained` reads it: safetensors and JSON."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    checkpoint.model.save_pretrained(place)
    checkpoint.tokenizer.save_pretrained(place)
    checkpoint.extractor.save_pretrained(place)


def load(checkpoint: Path | str) -> Checkpoint:
    """Give a checkpoint ready to listen; loaded once, and shared by all who only listen. Do not train it: `load_fresh` gives a copy.

    Args:
        checkpoint: a folder, or a name on the hub such as "openai/whisper-small".

    Raises:
        CheckpointError: it is not there, holds a pickle, is incomplete or damaged, or its vocabulary does not fit its network.
    """
    weights = Path(checkpoint) / WEIGHTS[0]
    stamp = weights.stat().st_mtime_ns if weights.is_file() else 0
    return _load(str(checkpoint), stamp)


def load_fresh(checkpoint: Path | str) -> Checkpoint:
    """Give a checkpoint of one's own, as `load` does."""
    folder = Path(checkpoint).expanduser()
    if folder.is_dir():
        _examine(folder)
        return _open(str(folder), local=True)
    if folder.is_file():
        raise CheckpointError(f"{checkpoint} is a file: give its folder, with network, tokenizer and feature extractor in it")
    if folder.is_absolute() or str(checkpoint).startswith((".", "~")) or str(checkpoint).count("/") != 1:
        raise CheckpointError(f"there is no folder {checkpoint}: wanted a checkpoint's folder, or a name on the hub ({HUB})")
    return _open(str(checkpoint), local=False)


@lru_cache(maxsize=4)
def _load(checkpoint: str, stamp: int) -> Checkpoint:
    """Keep the last few; a folder whose weights were written anew has another stamp."""
    return load_fresh(checkpoint)


def _open(name: str, *, local: bool) -> Checkpoint:
    """Read the three parts and see that they fit each other."""
    try:
        # Checkpoints saved in half precision become float32: that is what a CPU computes and what is trained.
        model, report = WhisperForConditionalGeneration.from_pretrained(
            name,
            use_safetensors=True,
            local_files_only=local,
            dtype=torch.float32,
            output_loading_info=True,
            ignore_mismatched_sizes=True,
        )
        tokenizer = WhisperTokenizer.from_pretrained(name, local_files_only=local)
        extractor = WhisperFeatureExtractor.from_pretrained(name, local_files_only=local)
    except SafetensorError as error:
        raise CheckpointError(f"the weights of {name} are damaged ({error}): copy or save them again") from error
    except OSError as error:  # not on the hub, no network, no safetensors
        reason = str(error).splitlines()[0]
        remedy = (
            f"there is no folder of this name; without a network give the folder of a copy; names on the hub are {HUB}"
            if not local
            else "save it again with save_pretrained"
        )
        raise CheckpointError(f"{name} cannot be loaded ({reason}): {remedy}") from error
    except (RuntimeError, ValueError, KeyError, TypeError, AssertionError) as error:  # a config that no network can have
        raise CheckpointError(f"{name} is no whole Whisper ({type(error).__name__}: {error}): save it again") from error
    _complete(model, report, name)
    found = Checkpoint(model.to(device()).eval(), tokenizer, extractor)
    _fit(found, name)
    return found


def _complete(model: WhisperForConditionalGeneration, report: dict[str, set[Any]], name: str) -> None:
    """See that every weight of the network was in the file, and is a number; transformers makes up what is missing."""
    wrong = [
        f"{key} has the shape {tuple(got)}, config.json wants {tuple(wanted)}" for key, got, wanted in report["mismatched_keys"]
    ]
    wrong += [f"{key} is missing" for key in report["missing_keys"] if key not in TIED]
    wrong += [f"{key} is not in the network" for key in report["unexpected_keys"] if key not in TIED]
    if wrong:
        more = f" and {len(wrong) - 2} more" if len(wrong) > 2 else ""
        raise CheckpointError(
            f"the weights of {name} are not those of its config.json: {'; '.join(sorted(wrong)[:2])}{more}. Save both together"
        )
    if not all(bool(weight.isfinite().all()) for weight in model.parameters()):
        raise CheckpointError(f"the weights of {name} hold NaN or infinity: its training ran away, take an earlier epoch")


def refuse_pickles(folder: Path) -> list[str]:
    """List the files of a folder.

    Raises:
        CheckpointError: one of them is a pickle.
    """
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    pickles = [name for name in names if name.lower().endswith(PICKLES)]
    if pickles:
        raise CheckpointError(
            f"{folder} holds {', '.join(pickles[:3])}: a pickle runs code when it is loaded, so it is refused."
            " Save with save_pretrained, which writes model.safetensors, and remove the pickles"
        )
    return names


def _examine(folder: Path) -> None:
    """Look at the files before anything reads them."""
    names = refuse_pickles(folder)
    missing = [name for name in NEEDED if name not in names]
    if not set(names) & set(WEIGHTS):
        missing.insert(0, WEIGHTS[0])
    if missing:
        raise CheckpointError(
            f"{folder} has no {', '.join(missing)}: save model, tokenizer and feature extractor into one folder with save_pretrained"
        )
    if not any(set(kind) <= set(names) for kind in TOKENS):
        raise CheckpointError(f"{folder} has no tokenizer.json: save the tokenizer into it with save_pretrained")
    for name in names:
        if name.endswith(".safetensors"):
            try:
                with safe_open(folder / name, framework="pt") as weights:
                    weights.keys()
            except SafetensorError as error:
                raise CheckpointError(f"{folder / name} is damaged ({error}): copy or save it again") from error
    settings = {name: _settings(folder / name) for name in (*NEEDED, WEIGHTS[1]) if name in names}
    if (kind := settings["config.json"].get("model_type")) != "whisper":
        raise CheckpointError(f"{folder} holds a network of the type {kind!r}, wanted 'whisper': give a Whisper's folder")
    placed = settings.get(WEIGHTS[1], {}).get("weight_map", {})
    parts = {str(part) for part in placed.values()} if isinstance(placed, dict) else set()
    if strange := sorted(part for part in parts if part not in names or not part.endswith(".safetensors")):
        raise CheckpointError(f"{folder / WEIGHTS[1]} names {strange[0]}, which is no .safetensors of this folder: save it again")


def _settings(path: Path) -> dict[str, Any]:
    """Read a JSON file; transformers takes its own defaults for some that it cannot read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{path} is no JSON in UTF-8 ({error}): copy or save it again") from error
    if not isinstance(found, dict):
        raise CheckpointError(f"{path} holds a {type(found).__name__}, wanted settings by name: copy or save it again")
    return found


def _fit(checkpoint: Checkpoint, name: str) -> None:
    """Compare the tokenizer's ids with those that the network was trained with."""
    config, tokenizer = checkpoint.model.config, checkpoint.tokenizer
    wrong = []
    if len(tokenizer) > config.vocab_size:
        wrong.append(f"{len(tokenizer)} tokens for a network of {config.vocab_size}")
    start = tokenizer.convert_tokens_to_ids("<|startoftranscript|>")
    if start != config.decoder_start_token_id:
        wrong.append(f"<|startoftranscript|> is {start}, the network starts with {config.decoder_start_token_id}")
    languages = getattr(checkpoint.model.generation_config, "lang_to_id", None) or {}
    if not languages:
        wrong.append("generation_config.json has no lang_to_id, so it was saved without it or writes English only")
    first = list(languages)[:99]
    if languages and [tokenizer.convert_tokens_to_ids(token) for token in first] != [languages[token] for token in first]:
        wrong.append("its language tokens have other ids than the network's")
    if len(languages) >= 99 and sorted(languages.values())[:99] != [start + 1 + k for k in range(99)]:
        wrong.append("its languages do not follow <|startoftranscript|> one by one")
    frames = checkpoint.extractor.nb_max_frames
    if frames != 2 * config.max_source_positions:
        wrong.append(f"its extractor gives {frames} frames, the network hears {2 * config.max_source_positions}")
    if wrong:
        raise CheckpointError(
            f"{name}: network, tokenizer and extractor are not of one Whisper: {'; '.join(wrong)}. Save all three together"
        )
