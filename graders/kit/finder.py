"""The import hook of one set of files: finds its modules, refuses what it must not import, leaves all else alone."""

from __future__ import annotations

import importlib.machinery
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .loading import CodeFolder


class Finder(MetaPathFinder):
    """Finds the modules of one set, and refuses what it must not import by `importlib`."""

    def __init__(self, folder: CodeFolder) -> None:
        self.folder = folder

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The spec of a module of the set; None for all others."""
        file = self.folder.file_of(fullname)
        if file is None:
            if self.folder.forbidden and self.folder.tracer.called_by_submission():
                self.folder.refuse_forbidden(fullname)
            return None
        spec = importlib.machinery.ModuleSpec(
            fullname,
            FileLoader(self.folder, file),
            origin=self.folder.tracer.filename(file),
            is_package=file.endswith("/__init__.py"),
        )
        spec.has_location = True
        return spec


class FileLoader(Loader):
    """Runs one file of a set."""

    def __init__(self, folder: CodeFolder, file: str) -> None:
        self.folder = folder
        self.file = file

    def exec_module(self, module: ModuleType) -> None:
        """Compile and run the file in the module's namespace."""
        source = self.folder.sources[self.file]
        name = self.folder.tracer.register(self.file, source)
        vars(module)["__builtins__"] = self.folder.builtins()
        exec(compile(source, name, "exec", dont_inherit=True), vars(module))
