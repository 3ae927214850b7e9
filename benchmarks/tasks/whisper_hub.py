"""The hub's Whispers by size, where this machine already has them. Nothing is downloaded: what is missing is said, with the way to it.

A checkpoint is looked for as `$SANJEH_WHISPER/whisper-tiny`, a folder as `save_pretrained` writes it, then in the cache of
huggingface_hub. Older copies hold a pickle beside the safetensors; it is left out of what is read.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

OWNER = "openai"
FOLDERS = "SANJEH_WHISPER"
"""Environment variable: a folder with folders named as the sizes are."""
WEIGHTS = "model.safetensors"
NEEDED = (WEIGHTS, "config.json", "generation_config.json", "preprocessor_config.json", "tokenizer_config.json")
READ = (".json", ".txt", ".safetensors")
"""Files of a checkpoint that are data; a pickle is a program."""
EDGE = 1 << 20
"""Bytes at both ends of the weights that tell one checkpoint from another: the header, and the last tensor."""


@dataclass(frozen=True)
class Whisper:
    """One of the hub's: its name there, the megabytes of its weights, its millions of parameters."""

    name: str
    megabytes: int
    millions: int

    @property
    def lacks(self) -> str:
        """Say why it cannot be used here and how to get it; "" where it can."""
        folder = find(self.name)
        missing = NEEDED if folder is None else [name for name in NEEDED if not (folder / name).is_file()]
        if not missing:
            return ""
        get = f"`hf download {OWNER}/{self.name} --exclude '*.bin' '*.h5' '*.msgpack'` fetches it ({self.megabytes} MB)"
        where = (
            f"is not on this machine, and is not downloaded unasked: {get}" if folder is None else f"has no {missing[0]}: {get}"
        )
        return f"{OWNER}/{self.name} {where}, or let {FOLDERS} name a folder that holds {self.name}/"

    @property
    def fingerprint(self) -> str:
        """Hash the weights' length and their two ends, without reading gigabytes; "" where there are none."""
        folder = find(self.name)
        weights = folder / WEIGHTS if folder else None
        if weights is None or not weights.is_file():
            return ""
        sha = hashlib.sha256(str(weights.stat().st_size).encode())
        with weights.open("rb") as file:
            sha.update(file.read(EDGE))
            file.seek(-min(EDGE, weights.stat().st_size), os.SEEK_END)
            sha.update(file.read())
        return sha.hexdigest()[:16]


SIZES = (Whisper("whisper-tiny", 151, 38), Whisper("whisper-base", 290, 73), Whisper("whisper-small", 967, 242))


def find(name: str) -> Path | None:
    """Give the folder of a checkpoint, the user's own before the cache's; None where there is none."""
    own = Path(os.environ.get(FOLDERS) or os.devnull) / name
    if own.is_dir():
        return own
    kept = cache() / f"models--{OWNER}--{name}"
    main = kept / "refs" / "main"
    snapshots = [kept / "snapshots" / main.read_text(encoding="utf-8").strip()] if main.is_file() else []
    snapshots += sorted((kept / "snapshots").glob("*"))
    return next((folder for folder in snapshots if folder.is_dir()), None)


def cache() -> Path:
    """Give the folder in which huggingface_hub keeps what it has fetched, by its own rules."""
    home = os.environ.get("HF_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache", "huggingface")
    return Path(os.environ.get("HF_HUB_CACHE") or Path(home, "hub")).expanduser()


@contextmanager
def readable(name: str) -> Iterator[Path]:
    """Lend a folder of the checkpoint's data files alone, as links."""
    folder = find(name)
    assert folder is not None, "a case that lacks its checkpoint is not run"
    with tempfile.TemporaryDirectory() as lent:
        for file in folder.iterdir():
            if file.suffix in READ:
                (Path(lent) / file.name).symlink_to(file.resolve())
        yield Path(lent)
