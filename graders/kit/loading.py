"""Loads a set of student-style flat modules so that it meets no other such set in the same process.

`from features import mfcc` inside one set finds that set's `features.py`: a set's modules stand in `sys.modules`, and its finder
on `sys.meta_path`, only while its code runs. So a reference and twenty variants of the same file names live side by side. The
same class runs in three places: inside the sandbox, in the student's own run, and in the grader for the staff's own code.
"""

from __future__ import annotations

import builtins
import difflib
import importlib
import itertools
import random
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from . import notebook
from .blame import Blame, Blamed, fault
from .errors import InputError
from .finder import Finder
from .sources import read_sources, variant
from .tracing import Tracer

__all__ = ["CodeFolder", "ForbiddenImport", "read_sources", "reseed", "variant"]

Source = str | bytes
_numbers = itertools.count(1)


class ForbiddenImport(ImportError):
    """What a student's `import` of a ruled-out package raises; her own `except ImportError` catches it."""


class CodeFolder:
    """The files of one submission, or of the reference, as importable code.

    `sources` maps file names (`mlp.py`, `pkg/__init__.py`, `work.ipynb`) to their text or bytes. `path` is the folder they lie
    in, if any, for `__file__`. `modules` are the module names that a notebook stands in for. `forbidden` packages cannot be
    imported by these files (libraries may). `contained`: nobody can press Ctrl-C here, so a KeyboardInterrupt is the code's own.
    """

    def __init__(
        self,
        sources: Mapping[str, Source],
        path: Path | None = None,
        *,
        modules: Sequence[str] = (),
        forbidden: Sequence[str] = (),
        contained: bool = False,
    ) -> None:
        self.sources: dict[str, Source] = dict(sources)
        self.path = path
        self.forbidden = tuple(forbidden)
        self.contained = contained
        self.tracer = Tracer(str(path) if path else f"<set {next(_numbers)}>")
        self._wanted = set(modules)
        self._finder = Finder(self)
        self._modules: dict[str, ModuleType] = {}
        self._broken: dict[str, Blame] = {}
        self._notebook: ModuleType | None = None
        self._failed_cells: list[tuple[str, Blame]] = []
        self._depth = 0
        self._files: dict[str, str] = {}
        for name in sources:
            self._index(name)

    @classmethod
    def read(cls, path: Path, *, modules: Sequence[str] = (), forbidden: Sequence[str] = ()) -> CodeFolder:
        """The `.py` and `.ipynb` files of a folder, and of the packages in it."""
        return cls(read_sources(path), path, modules=modules, forbidden=forbidden)

    @property
    def files(self) -> tuple[str, ...]:
        """The names of the files, sorted."""
        return tuple(sorted(self.sources))

    @property
    def notebooks(self) -> tuple[str, ...]:
        """The names of the notebooks, sorted."""
        return tuple(name for name in self.files if name.endswith(".ipynb"))

    def call(self, module: str, function: str, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None) -> Any:
        """Call a function of these files. Raises StudentFault for whatever goes wrong in them."""
        return self.function(module, function)(*args, **(kwargs or {}))

    def function(self, module: str, name: str) -> Callable[..., Any]:
        """A function of these files, callable from outside. Raises StudentFault now for what is missing or broken."""
        try:
            target = self.find(module, name)
        except Blamed as blamed:
            raise fault(blamed.blame, self.files) from blamed.__cause__

        def run(*args: Any, **kwargs: Any) -> Any:
            try:
                return self.run(target, module, name, args, kwargs)
            except Blamed as blamed:
                raise fault(blamed.blame, self.files) from blamed.__cause__

        return run

    def run(self, target: Callable[..., Any], module: str, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Call what `find` found, with these files importable. Raises Blamed."""
        try:
            with self._active():
                return target(*args, **kwargs)
        except BaseException as error:
            raise Blamed(self._blame(error, module, name, "call")) from error

    def find(self, module: str, name: str) -> Callable[..., Any]:
        """The function, its file imported first. Raises Blamed."""
        loaded = self.load(module, name)
        if name not in vars(loaded):
            raise Blamed(self._missing(loaded, module, name))
        target = vars(loaded)[name]
        if not callable(target):
            raise Blamed(Blame("nofunction", module, name))
        return target  # type: ignore[no-any-return]

    def load(self, module: str, function: str = "") -> ModuleType:
        """The module, imported once; a failed import is remembered. Raises Blamed."""
        self._wanted.add(module)
        if module in self._broken:
            raise Blamed(self._broken[module])
        try:
            with self._active():
                loaded = self._load(module, function)
        except Blamed as blamed:
            self._broken[module] = blamed.blame
            raise
        except InputError:
            raise
        except BaseException as error:
            self._broken[module] = self._blame(error, module, function, "import")
            raise Blamed(self._broken[module]) from error
        return loaded

    def _load(self, module: str, function: str) -> ModuleType:
        if module not in self._files and self.notebooks:
            book = self._run_notebooks(module, function)
            if module not in self._files:
                return book
        if module not in self._files:
            near = difflib.get_close_matches(module, sorted(self._files), 1)
            raise Blamed(Blame("file", module, function, hint=f"{near[0]}.py" if near else ""))
        return importlib.import_module(module)

    def file_of(self, module: str) -> str | None:
        """The file that a module of this set comes from."""
        return self._files.get(module)

    def _index(self, name: str) -> None:
        if name.endswith(".py"):
            self._files[name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")] = name

    @contextmanager
    def _active(self) -> Iterator[None]:
        """Make this set's modules and finder the ones in force."""
        self._depth += 1
        if self._depth > 1:
            try:
                yield
            finally:
                self._depth -= 1
            return
        names = {*self._files, "__main__"} if self.notebooks else set(self._files)
        hidden = {name: sys.modules.pop(name) for name in names if name in sys.modules}
        sys.modules.update(self._modules)
        sys.meta_path.insert(0, self._finder)
        try:
            yield
        finally:
            self._depth = 0
            if self._finder in sys.meta_path:
                sys.meta_path.remove(self._finder)
            for name in names | set(self._files):
                own = sys.modules.pop(name, None)
                if own is not None:
                    self._modules[name] = own
            sys.modules.update(hidden)

    def _blame(self, error: BaseException, module: str, function: str, stage: str) -> Blame:
        """Whom an exception is blamed on. Lets Ctrl-C through where somebody can press it."""
        if isinstance(error, Blamed):
            return error.blame
        if isinstance(error, KeyboardInterrupt) and not self.contained:
            raise error
        file, cell, line = self.tracer.innermost(error)
        what, name, hint = "raised", "", ""
        package = getattr(error, "name", None) if isinstance(error, ImportError) else None
        if isinstance(package, str):
            if isinstance(error, ForbiddenImport):
                what, name = "forbidden", package
            elif isinstance(error, ModuleNotFoundError):
                near = difflib.get_close_matches(package, sorted(self._files), 1)
                what, name, hint = "package", package, near[0] if near else ""
        kind, detail = self.tracer.kind(error), self.tracer.describe(error)
        return Blame(what, module, function, kind, file, cell, line, stage, name, hint, detail)

    def _missing(self, loaded: ModuleType, module: str, name: str) -> Blame:
        defines = re.compile(rf"\bdef\s+{re.escape(name)}\b|^\s*{re.escape(name)}\s*=|\bimport\b.*\b{re.escape(name)}\b", re.M)
        if loaded is self._notebook:
            for source, blame in self._failed_cells:
                if defines.search(source):
                    return Blame(**{**vars(blame), "what": "cell", "module": module, "function": name})
        known = [key for key in vars(loaded) if isinstance(key, str) and not key.startswith("_")]
        near = difflib.get_close_matches(name, known, 1)
        file = self.notebooks[0] if loaded is self._notebook else self._files[module]
        failed = "".join(f"{blame.place} failed: {blame.kind}\n" for _, blame in self._failed_cells)
        return Blame("function", module, name, file=file, hint=near[0] if near else "", detail=failed)

    # --- notebooks

    def _run_notebooks(self, module: str, function: str) -> ModuleType:
        """Run every cell of every notebook once, in one namespace; a failing cell does not stop the next."""
        if self._notebook is not None:
            return self._notebook
        self._notebook = book = ModuleType("__main__")
        self._modules["__main__"] = sys.modules["__main__"] = book
        shell = notebook.FakeIPython(vars(book), self._save)
        vars(book).update(
            __builtins__=self.builtins(), get_ipython=lambda: shell, display=lambda *_, **__: None, __file__=self.notebooks[0]
        )
        for file in self.notebooks:
            source = self.sources[file]
            try:
                cells = notebook.cells(source.encode() if isinstance(source, str) else source)
            except notebook.NotANotebook as error:
                raise Blamed(
                    Blame("notebook", module, function, "ValueError", file, stage="import", detail=str(error))
                ) from error
            for number, cell in enumerate(cells, 1):
                self._run_cell(book, file, number, cell)
        return book

    def _run_cell(self, book: ModuleType, file: str, number: int, cell: str) -> None:
        text = cell
        try:
            text = notebook.translate(cell)
            name = self.tracer.register(file, text, number)
            exec(compile(text, name, "exec", dont_inherit=True), vars(book))
        except InputError:
            raise
        except BaseException as error:
            blame = self._blame(error, "", "", "import")
            if not blame.cell:
                blame = Blame(**{**vars(blame), "file": file, "cell": number, "line": 0})
            self._failed_cells.append((cell, blame))

    def _save(self, name: str, text: str) -> None:
        """Keep a `%%writefile` file of a notebook."""
        name = name.removeprefix("./")
        if name.endswith(".py") and name not in self.sources:
            self.sources[name] = text
            self._index(name)

    # --- imports

    def builtins(self) -> dict[str, Any]:
        """What this set's modules see as `__builtins__`: the real ones, with an `import` that knows the rules."""
        return {**vars(builtins), "__import__": self._import}

    def _import(self, name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
        if level == 0 and name.partition(".")[0] not in self._files:
            for wanted in (name, *(f"{name}.{item}" for item in fromlist or ())):
                self.refuse_forbidden(wanted)
        try:
            return builtins.__import__(name, globals, locals, fromlist, level)
        except ModuleNotFoundError as error:
            if level == 0 and error.name == name and self.notebooks and self._depth:
                book = self._run_notebooks(name, "")
                if name in self._files:
                    return builtins.__import__(name, globals, locals, fromlist, level)
                if name in self._wanted or (fromlist and all(item in vars(book) for item in fromlist)):
                    return book
            raise

    def refuse_forbidden(self, name: str) -> None:
        """Raise ForbiddenImport for a package, or a part of one, that is ruled out."""
        for package in self.forbidden:
            if name == package or name.startswith(package + "."):
                raise ForbiddenImport(f"this assignment rules out the import of {package}", name=package)


def reseed(seed: int) -> None:
    """Seed the global generators of Python, NumPy and, where they are loaded, PyTorch and TensorFlow."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    if torch := sys.modules.get("torch"):
        torch.manual_seed(seed)
    if tensorflow := sys.modules.get("tensorflow"):
        tensorflow.random.set_seed(seed)
