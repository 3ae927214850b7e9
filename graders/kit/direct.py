"""The student's own code called in this process: for `check`, for the reference, for code that one trusts. No isolation.

Arguments and answers still pass through the wire format, so that a check says here what it will say in the sandbox.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import wire
from .loading import CodeFolder, reseed


class Direct:
    """A `Backend` over a folder of code in this process. The budget is not enforced: one can press Ctrl-C."""

    def __init__(self, code: CodeFolder) -> None:
        self.code = code
        self._folders: tempfile.TemporaryDirectory[str] | None = None

    def scratch(self, name: str, files: Mapping[str, bytes] | None = None) -> str:
        """A folder of that name with these files, beside others in a temporary one that goes with this backend."""
        if self._folders is None:
            self._folders = tempfile.TemporaryDirectory(prefix="sanjeh-")
        folder = Path(self._folders.name) / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for path, content in (files or {}).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        return str(folder)

    def call(
        self,
        module: str,
        function: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any] | None,
        *,
        seconds: float = 0.0,
        seed: int | None = None,
    ) -> Any:
        """Call the function on a copy of the arguments and return a checked copy of the answer."""
        if seed is not None:
            reseed(seed)
        answer = self.code.call(module, function, wire.copy(args, wire.TRUSTED), wire.copy(kwargs or {}, wire.TRUSTED))
        return wire.copy(answer)
