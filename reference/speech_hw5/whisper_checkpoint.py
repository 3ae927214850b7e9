"""Load and save a Whisper: a folder of one's own, or a name on the hub. Weights are read from safetensors only.

A pickle (pytorch_model.bin, *.pt, *.ckpt) is a program that runs when it is loaded. A folder with one in it is refused, whoever made it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from transformers import WhisperFeatureExtractor, WhisperForConditionalGeneration, WhisperTokenizer

PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib")
NEEDED = ("config.json", "generation_config.json", "preprocessor_config.json", "tokenizer_config.json")
WEIGHTS = ("model.safetensors", "model.safetensors.index.json")
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
        found = Checkpoint(
            WhisperForConditionalGeneration.from_pretrained(name, use_safetensors=True, local_files_only=local)
            .to(device())
            .eval(),
            WhisperTokenizer.from_pretrained(name, local_files_only=local),
            WhisperFeatureExtractor.from_pretrained(name, local_files_only=local),
        )
    except SafetensorError as error:
        raise CheckpointError(f"the weights of {name} are damaged ({error}): copy or save them again") from error
    except OSError as error:  # not on the hub, no network, no safetensors
        reason = str(error).splitlines()[0]
        remedy = (
            f"without a network give the folder of a copy; names are {HUB}" if not local else "save it again with save_pretrained"
        )
        raise CheckpointError(f"{name} cannot be loaded ({reason}): {remedy}") from error
    except (RuntimeError, ValueError, KeyError, TypeError) as error:  # shapes that disagree, JSON that is none
        raise CheckpointError(f"{name} is no whole Whisper ({type(error).__name__}: {error}): save it again") from error
    _fit(found, name)
    return found


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
    for name in names:
        if name.endswith(".safetensors"):
            try:
                with safe_open(folder / name, framework="pt") as weights:
                    weights.keys()
            except SafetensorError as error:
                raise CheckpointError(f"{folder / name} is damaged ({error}): copy or save it again") from error


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
