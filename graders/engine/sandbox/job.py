"""One submission in the sandbox: calls of its functions, each under a budget, each answered by plain data or a fault.

A `Job` outlives its process: after a call that had to be killed, the next one starts a fresh process with the same files.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from graders.kit import frames, wire
from graders.kit.blame import KINDS, MAX_DETAIL, Blame, fault
from graders.kit.errors import AnswerRejected, CourseError, MemoryExceeded, ProcessDied, SandboxBroke, StudentFault, TimedOut

from .process import Budget, Ended, OutOfMemory, OutOfTime, Process

if TYPE_CHECKING:
    from .session import Sandbox

SCRATCH = "/tmp/scratch"
_PATH_PARTS = 12
_WHATS = frozenset({"raised", "package", "forbidden", "notebook", "function", "nofunction", "file", "cell"})


class Job:
    """Made by `Sandbox.job`. Not for use from two threads at once."""

    def __init__(self, sandbox: Sandbox, files: Mapping[str, bytes], modules: tuple[str, ...]) -> None:
        self._sandbox = sandbox
        self._files = {checked_name(name): bytes(raw) for name, raw in files.items()}
        self._text = "\n".join(
            raw.decode("utf-8", "replace") for name, raw in self._files.items() if name.endswith((".py", ".ipynb"))
        )
        self._modules = modules
        self._process: Process | None = None
        self._loaded: set[str] = set()
        self._folders: dict[str, dict[str, bytes]] = {}
        self._placed: set[str] = set()
        self._broken: dict[str, StudentFault] = {}

    def call(
        self,
        module: str,
        function: str,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
        *,
        seconds: float = 10.0,
        seed: int | None = None,
    ) -> Any:
        """Call `module.function` and return its answer as plain data.

        `seconds` is processor time of all the job's processes, with a backstop of three times that plus ten seconds on the wall
        clock. The first call of a module also pays for its import. `seed` reseeds the global generators before the call.
        Raises StudentFault for whatever the submission does, SandboxBroke for what is ours.
        """
        code = self._code_of(module)
        if code in self._broken:
            raise self._broken[code].with_traceback(None)
        question: dict[str, Any] = {"module": module, "function": function, "args": tuple(args), "kwargs": kwargs or {}}
        process = self._ready()
        question |= {"seed": seed, "folders": self._unplaced()}
        budget = Budget(seconds)
        if code not in self._loaded:
            try:
                self._ask(process, {"op": "load", "module": module, "function": function}, budget, f"importing {module}")
            except (TimedOut, MemoryExceeded, ProcessDied, AnswerRejected) as died:
                self._broken[code] = died
                raise
            self._loaded.add(code)
        return self._ask(process, {"op": "call", **question}, budget, f"`{module}.{function}`")

    def scratch(self, name: str, files: Mapping[str, bytes] | None = None) -> str:
        """The path of a folder in the job's own /tmp with these files; made before the next call, by whatever process serves it."""
        folder = f"{SCRATCH}/{checked_name(name)}"
        self._folders[folder] = {checked_name(path): bytes(content) for path, content in (files or {}).items()}
        return folder

    def _unplaced(self) -> dict[str, dict[str, bytes]]:
        """The folders that the process does not have yet."""
        missing = {folder: files for folder, files in self._folders.items() if folder not in self._placed}
        self._placed.update(missing)
        return missing

    def close(self) -> None:
        """End the job's processes. The job may still be called: that starts fresh ones."""
        process, self._process = self._process, None
        self._loaded.clear()
        self._placed.clear()
        if process is not None:
            self._sandbox.forget(self)
            if not process.close():
                self._sandbox.close()

    def __enter__(self) -> Job:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _code_of(self, module: str) -> str:
        """The file that a module comes from; all modules that notebooks answer for are one."""
        path = module.replace(".", "/")
        return next((name for name in (f"{path}.py", f"{path}/__init__.py") if name in self._files), "notebook")

    def _ready(self) -> Process:
        if self._process is None:
            self._process = self._sandbox.spawn(self)
            try:
                self._process.send_files({"files": self._files, "modules": list(self._modules)})
            except SandboxBroke:
                self.close()
                raise
        return self._process

    def _ask(self, process: Process, question: dict[str, Any], budget: Budget, what: str) -> Any:
        """One question, one answer; whatever leaves the process in doubt ends it."""
        nonce = secrets.token_bytes(frames.NONCE_BYTES)
        try:
            pieces = frames.pack(nonce, question, wire.TRUSTED, name="argument")
        except wire.NotPlain as problem:
            raise CourseError(
                f"A suite calls {question['module']}.{question['function']} with what may not cross: {problem}"
            ) from None
        sound = False
        try:
            frame = process.exchange(pieces, budget)
            if frame.nonce != nonce:
                raise wire.NotPlain("malformed", detail="it answers another question than the one that was asked")
            reply = frame.value(self._sandbox.answer_limits)
            sound = True
        except SandboxBroke:
            self._sandbox.close()
            raise
        except OutOfTime as late:
            raise TimedOut(f"{what} did not finish: it {late.how}.") from None
        except OutOfMemory as full:
            raise MemoryExceeded(f"{what} used more than the {full.limit_mb} MB of memory that are allowed.") from None
        except Ended as ended:
            raise ProcessDied(f"{what} ended its own process: {ended.how}.") from None
        finally:
            if not sound:
                self.close()
        return self._judged(reply, question["module"], question["function"])

    def _judged(self, reply: Any, module: str, function: str) -> Any:
        """The answer in a reply, or the fault that it tells of. The reply is well formed, but nobody vouches for what it says."""
        match reply:
            case {"ok": answer, **rest} if not rest:
                return answer
            case {"blame": dict(told), **rest} if not rest:
                raise fault(self._checked(told, module, function), tuple(sorted(self._files)))
            case {"reject": {"code": str(code), "where": list(where), "detail": str(detail)}} if code in wire.PROBLEMS:
                shown = [key if type(key) is int else self._known(key) or "…" for key in where[:_PATH_PARTS]]
                path = wire.place([key for key in where[:_PATH_PARTS] if isinstance(key, str | int)])
                raise wire.NotPlain(code, shown, detail=f"{path}: {detail}"[:MAX_DETAIL])
            case {"memory": True}:
                raise MemoryExceeded(f"`{module}.{function}` ran out of memory.")
        raise wire.NotPlain("malformed", detail="a reply of no known form")

    def _checked(self, told: dict[Any, Any], module: str, function: str) -> Blame:
        """A Blame with every field held against the submission's own files: they are all that its text may quote."""
        files = {*self._files, *(name for name in [told.get("file")] if isinstance(name, str) and self._written(name))}
        what, kind, file, stage = (told.get(key) for key in ("what", "kind", "file", "stage"))
        return Blame(
            what=what if what in _WHATS else "raised",
            module=module,
            function=function,
            kind=kind if kind in KINDS else "Exception",
            file=file if file in files else "",
            cell=_number(told.get("cell"), self._text.count('"cell_type"') + 1),
            line=_number(told.get("line"), self._text.count("\n") + self._text.count("\\n") + 1),
            stage="import" if stage == "import" else "call",
            name=self._known(told.get("name")),
            hint=self._known(told.get("hint")),
            detail=_text(told.get("detail")),
        )

    def _written(self, name: str) -> bool:
        """Whether a notebook writes this file with `%%writefile`."""
        return bool(re.fullmatch(r"\w{1,40}\.py", name)) and f"%%writefile {name}" in self._text

    def _known(self, name: object) -> str:
        """The name if it is one that stands in the submission as it was handed in, else nothing: no data hides in it."""
        if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z_][\w.]{0,60}", name):
            return ""
        stem = name.removesuffix(".py")
        written = re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", self._text)
        return name if written or f"{stem}.py" in self._files else ""


def checked_name(name: str) -> str:
    """A file's path inside the job's folder. Raises ValueError for one that leads out of it: intake should have refused it."""
    parts = name.split("/")
    if not name or len(name) > 240 or len(parts) > 16 or "\0" in name or any(part in {"", ".", ".."} for part in parts):
        raise ValueError(f"not a path inside a submission: {name!r}")
    os.fsencode(name)
    return name


def _text(value: object) -> str:
    return value[:MAX_DETAIL] if isinstance(value, str) else ""


def _number(value: object, most: int) -> int:
    return value if type(value) is int and 0 <= value <= most else 0
