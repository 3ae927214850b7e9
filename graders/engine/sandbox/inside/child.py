"""Serves one job: takes the submission's files, then answers one question after another about them.

Everything here may be patched by the student's code that it runs, so nothing here is a safeguard: the walls are the kernel's,
and the parent believes no answer that it has not checked.
"""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Generator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graders.kit import frames, wire
    from graders.kit.blame import Blamed
    from graders.kit.loading import CodeFolder, reseed
else:
    from kit import frames, wire
    from kit.blame import Blamed
    from kit.loading import CodeFolder, reseed

from . import isolation
from .settings import Settings

WORK = Path("/tmp/submission")


def serve(connection: socket.socket, settings: Settings, landlock_abi: int) -> None:
    """Say hello, take the files, wall in, and answer until the parent hangs up."""
    connection.send(b"!")
    job = _read(connection).value(wire.TRUSTED)
    _write(job["files"], WORK)
    os.chdir(WORK)
    sources = {name: raw for name, raw in job["files"].items() if name.endswith((".py", ".ipynb"))}
    folder = CodeFolder(sources, WORK, modules=job["modules"], forbidden=settings.forbidden, contained=True)
    sys.path.insert(0, str(WORK))
    isolation.wall_in(settings.limits, landlock_abi)
    answer_limits = wire.Limits(size=settings.limits.reply_mb * 2**20)
    while True:
        frame = _read(connection)
        for piece in _answer(frame.nonce, folder, frame.value(wire.TRUSTED), answer_limits):
            connection.sendall(piece)


def _answer(nonce: bytes, folder: CodeFolder, question: dict[str, Any], limits: wire.Limits) -> list[memoryview]:
    try:
        return frames.pack(nonce, {"ok": _run(folder, question)}, limits)
    except Blamed as blamed:
        return frames.pack(nonce, {"blame": asdict(blamed.blame)})
    except wire.NotPlain as problem:
        where = [key if isinstance(key, int) else str(key) for key in problem.where[1:]]
        return frames.pack(nonce, {"reject": {"code": problem.code, "where": where, "detail": problem.got}})
    except MemoryError:
        return frames.pack(nonce, {"memory": True})
    except Exception as error:  # an answer that breaks while it is read, e.g. a dict that changes under the reader
        return frames.pack(nonce, {"reject": {"code": "broken", "where": [], "detail": type(error).__name__[:100]}})


def _run(folder: CodeFolder, question: dict[str, Any]) -> Any:
    module, function = question["module"], question["function"]
    if question["op"] == "load":
        folder.find(module, function)
        return None
    for place, files in question["folders"].items():
        _write(files, Path(place))
    if question["seed"] is not None:
        reseed(question["seed"])
    target = folder.find(module, function)
    return folder.run(target, module, function, question["args"], question["kwargs"])


def _write(files: dict[str, bytes], folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, raw in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)


def _read(connection: socket.socket) -> frames.Frame:
    reader: Generator[memoryview, None, frames.Frame] = frames.receive(wire.TRUSTED)
    try:
        while True:
            piece = next(reader)
            while piece.nbytes:
                got = connection.recv_into(piece)
                if not got:
                    os._exit(0)
                piece = piece[got:]
    except StopIteration as stop:
        return stop.value  # type: ignore[no-any-return]
