"""What the parent tells the zygote at its start."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Limits:
    """What one job may use. `memory_mb` and `disk_mb` (of /tmp, and of /dev/shm) are MiB; `start_seconds` is for the zygote."""

    memory_mb: int = 1024
    processes: int = 64
    disk_mb: int = 256
    reply_mb: int = 64
    start_seconds: float = 60.0


@dataclass(frozen=True)
class Settings:
    """`uid` is the user to become, or -1 where bubblewrap has seen to it; `paths` are for sys.path; `hidden` cannot be imported."""

    control: int
    uid: int
    paths: tuple[str, ...]
    packages: tuple[str, ...]
    forbidden: tuple[str, ...]
    hidden: tuple[str, ...]
    nested: bool
    limits: Limits

    def to_json(self) -> str:
        """For the command line of the zygote."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Settings:
        """The inverse of `to_json`."""
        data = json.loads(text)
        tuples = {key: tuple(value) for key, value in data.items() if isinstance(value, list)}
        return cls(**{**data, **tuples, "limits": Limits(**data["limits"])})
