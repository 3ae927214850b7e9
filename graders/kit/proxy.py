"""`student.mlp.gradients(...)`: a submission seen from a suite.

A proxy only names a file and a function; a backend makes the call. In `sanjeh check` the backend calls the student's own code
in this process; in `sanjeh grade` it crosses into a sandbox. Suites cannot tell the difference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from .errors import CourseError


class Backend(Protocol):
    """Calls a function of a submission. Raises a StudentFault for whatever her code does wrong, a HouseFault for ours."""

    def call(
        self,
        module: str,
        function: str,
        args: tuple[Any, ...],
        kwargs: dict[str, Any] | None,
        *,
        seconds: float,
        seed: int | None,
    ) -> Any:
        """Return the answer as plain data. `seconds` is the CPU budget, `seed` reseeds the global generators first."""
        ...

    def scratch(self, name: str, files: Mapping[str, bytes]) -> str:
        """The path of a folder where the submission runs, with these files in it; it is there at every later call."""
        ...


# What a proxy asks at the moment of a call, with file, function, args and kwargs: the running check decides backend, budget, seed.
Caller = Callable[[str, str, tuple[Any, ...], dict[str, Any]], Any]
Scratch = Callable[[str, Mapping[str, bytes]], str]


class Function:
    """One function of a submission."""

    def __init__(self, caller: Caller, module: str, name: str) -> None:
        self._caller = caller
        self.module = module
        self.name = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it with plain data; the answer is plain data."""
        return self._caller(self.module, self.name, args, kwargs)

    def __repr__(self) -> str:
        return f"{self.module}.{self.name}"


class Module:
    """One file of a submission."""

    def __init__(self, caller: Caller, name: str) -> None:
        self._caller = caller
        self._name = name

    def __getattr__(self, name: str) -> Function:
        if name.startswith("__"):
            raise AttributeError(name)
        return Function(self._caller, self._name, name)


class Proxy:
    """A submission: `proxy.<file>.<function>`."""

    def __init__(self, caller: Caller, scratch: Scratch | None = None) -> None:
        self._caller = caller
        self._scratch = scratch

    def scratch(self, name: str, files: Mapping[str, bytes] | None = None) -> str:
        """The path of a folder, for what one call writes and a later one of the same check reads: trained weights.

        It is empty, or holds `files` (name to content): a checkpoint to start from. Names may have folders in them.
        """
        if self._scratch is None:
            raise CourseError("this proxy has no folders; make it with a `scratch`")
        return self._scratch(name, files or {})

    def __getattr__(self, name: str) -> Module:
        if name.startswith("__"):
            raise AttributeError(name)
        return Module(self._caller, name)
