"""Loading student-style files: isolation between sets, messages, notebooks, the import guard."""

from __future__ import annotations

import json
import random
import sys
import traceback
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graders.kit.errors import CodeRaised, ImportForbidden, NameMissing, PackageMissing, StudentFault
from graders.kit.loading import CodeFolder, reseed, variant

FEATURES = """
SCALE = 2


def scaled(x):
    return SCALE * x


def shifted(x):
    return scaled(x) + 1
"""
MLP = """
from features import shifted


def forward(x):
    from features import scaled
    return shifted(x) + scaled(x)


def broken(x):
    return [][x]


def todo(x):
    raise NotImplementedError


def leave():
    raise SystemExit(3)


threshold = 3
"""
SOURCES = {"features.py": FEATURES, "mlp.py": MLP}


def notebook(*cells: str, version: int = 4) -> str:
    if version == 3:
        v3 = [{"cell_type": "code", "input": cell, "language": "python", "metadata": {}, "outputs": []} for cell in cells]
        return json.dumps(
            {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": "n"}, "worksheets": [{"cells": v3, "metadata": {}}]}
        )
    code = [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": [], "execution_count": None} for cell in cells]
    text = {"cell_type": "markdown", "source": "def not_code(", "metadata": {}}
    return json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [text, *code]})


def test_siblings_resolve_inside_their_own_set() -> None:
    right = CodeFolder(SOURCES)
    wrong = CodeFolder({**SOURCES, "features.py": FEATURES.replace("SCALE = 2", "SCALE = 10")})
    for _ in range(2):
        assert right.call("mlp", "forward", (3,)) == 7 + 6
        assert wrong.call("mlp", "forward", (3,)) == 31 + 30
    assert "mlp" not in sys.modules
    assert "features" not in sys.modules


def test_a_function_survives_calls_of_other_sets() -> None:
    first = CodeFolder(SOURCES).function("mlp", "forward")
    assert (
        CodeFolder({"features.py": "def scaled(x): return 0\ndef shifted(x): return 0\n", "mlp.py": MLP}).call(
            "mlp", "forward", (1,)
        )
        == 0
    )
    assert first(1) == 3 + 2


def test_modules_of_the_same_name_outside_are_left_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    outside = object()
    monkeypatch.setitem(sys.modules, "features", outside)  # type: ignore[arg-type]
    assert CodeFolder(SOURCES).call("mlp", "forward", (3,)) == 13
    assert sys.modules["features"] is outside


def test_calls_within_calls_of_the_same_set() -> None:
    code = CodeFolder(SOURCES)
    twice = CodeFolder({"a.py": "def apply(f, x):\n    return f(f(x))\n"})
    assert twice.call("a", "apply", (code.function("mlp", "forward"), 1)) == 21


def test_packages_and_relative_imports() -> None:
    code = CodeFolder(
        {
            "net/__init__.py": "from .parts import one\n",
            "net/parts.py": "def one(): return 1\n",
            "main.py": "import net.parts\ndef f(): return net.parts.one() + net.one()\n",
        }
    )
    assert code.call("main", "f") == 2
    assert code.call("net.parts", "one") == 1
    assert not [name for name in sys.modules if name.partition(".")[0] == "net"]


def test_variant_replaces_what_other_functions_call() -> None:
    overlay = '"""Feedback.\n\nMore of it.\n"""\n\n\ndef scaled(x):\n    return -x\n'
    changed = variant(SOURCES, "features.py", overlay)
    assert "Feedback" not in changed["features.py"]
    assert CodeFolder(changed).call("features", "shifted", (3,)) == -2
    assert CodeFolder(changed).call("mlp", "forward", (3,)) == -2 + -3
    assert CodeFolder(SOURCES).call("features", "shifted", (3,)) == 7
    assert variant(SOURCES, "features", overlay) == changed


@pytest.mark.parametrize(
    ("module", "function", "words"),
    [
        ("mlp", "forwards", "mlp.py has no function `forwards`. Did you mean `forward`?"),
        (
            "mpl",
            "forward",
            "There is no mpl.py (wanted: `mpl.forward`); the submission has features.py, mlp.py. Did you mean `mlp.py`?",
        ),
        ("mlp", "threshold", "`mlp.threshold` is there, but is not a function"),
    ],
)
def test_missing_names_are_told_with_near_ones(module: str, function: str, words: str) -> None:
    with pytest.raises(NameMissing) as caught:
        CodeFolder(SOURCES).call(module, function)
    assert words in str(caught.value)


def test_an_exception_is_told_by_kind_file_and_line_only() -> None:
    with pytest.raises(CodeRaised) as caught:
        CodeFolder({"mlp.py": "def f(x):\n    return g(x)\ndef g(x):\n    raise KeyError('secret', x)\n"}).call("mlp", "f", (41,))
    fault = caught.value
    assert (fault.kind, fault.file, fault.line, fault.stage) == ("KeyError", "mlp.py", 4, "call")
    assert str(fault) == "`mlp.f` raised KeyError at mlp.py, line 4."
    assert "secret" in fault.detail
    assert "41" in fault.detail
    assert "mlp.py, line 2, in f" in fault.detail


def test_own_exception_classes_are_told_by_their_nearest_builtin() -> None:
    source = (
        "class Secret(ZeroDivisionError): pass\nclass Base(BaseException): pass\ndef f(): raise Secret\ndef g(): raise Base\n"
    )
    code = CodeFolder({"a.py": source})
    for function, kind in (("f", "ZeroDivisionError"), ("g", "BaseException")):
        with pytest.raises(CodeRaised) as caught:
            code.call("a", function)
        assert caught.value.kind == kind
        assert "Secret" not in str(caught.value)


def test_the_untouched_starter_and_sys_exit() -> None:
    code = CodeFolder(SOURCES)
    with pytest.raises(CodeRaised, match="not written yet") as caught:
        code.call("mlp", "todo", (1,))
    assert caught.value.kind == "NotImplementedError"
    with pytest.raises(CodeRaised) as left:
        code.call("mlp", "leave")
    assert left.value.kind == "SystemExit"


def test_ctrl_c_passes_unless_contained() -> None:
    source = {"a.py": "def f(): raise KeyboardInterrupt\n"}
    with pytest.raises(KeyboardInterrupt):
        CodeFolder(source).call("a", "f")
    with pytest.raises(CodeRaised):
        CodeFolder(source, contained=True).call("a", "f")


@pytest.mark.parametrize(
    ("source", "kind", "line"),
    [
        ("x = 1\ndef f(:\n", "SyntaxError", 2),
        ("\n\nx = 1 / 0\n", "ZeroDivisionError", 3),
        ("def f():\nreturn 1\n", "IndentationError", 2),
        (b"x = '\xff\xfe'\n", "SyntaxError", 0),
        (b"\x00", "SyntaxError", 0),
    ],
)
def test_a_file_that_fails_to_import_says_where(source: Any, kind: str, line: int) -> None:
    code = CodeFolder({"a.py": source})
    for _ in range(2):
        with pytest.raises(CodeRaised) as caught:
            code.call("a", "f")
        assert caught.value.stage == "import"
        assert caught.value.kind in {kind, "ValueError"}
        assert line in {0, caught.value.line}


def test_a_failed_import_is_not_run_again() -> None:
    code = CodeFolder({"a.py": "import builtins\nbuiltins.count = getattr(builtins, 'count', 0) + 1\nraise ValueError\n"})
    import builtins

    for _ in range(3):
        with pytest.raises(CodeRaised):
            code.call("a", "f")
    assert builtins.count == 1  # type: ignore[attr-defined]
    del builtins.count  # type: ignore[attr-defined]


def test_tracebacks_show_the_submission_lines() -> None:
    try:
        CodeFolder(SOURCES).call("mlp", "broken", (5,))
    except CodeRaised as fault:
        assert fault.__cause__ is not None
        text = "".join(traceback.format_exception(fault.__cause__))
    assert "return [][x]" in text
    assert "mlp.py" in text


def test_encodings_of_students_files() -> None:
    text = "# -*- coding: cp1256 -*-\ndef f(): return 'سلام'\n"
    assert CodeFolder({"a.py": text.encode("cp1256")}).call("a", "f") == "سلام"
    assert CodeFolder({"a.py": "\ufeffdef f(): return 'سلام'\n".encode()}).call("a", "f") == "سلام"


# --- the import guard


@pytest.mark.parametrize(
    "statement",
    [
        "import scipy",
        "import scipy.signal",
        "from scipy import signal",
        "from scipy.signal import lfilter",
        "__import__('scipy')",
        "import importlib; importlib.import_module('scipy.fft')",
    ],
)
def test_forbidden_packages_are_refused(statement: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "scipy"]:
        monkeypatch.delitem(sys.modules, name)
    code = CodeFolder({"a.py": f"def f():\n    {statement}\n"}, forbidden=["scipy"])
    with pytest.raises(ImportForbidden, match="rules `scipy` out") as caught:
        code.call("a", "f")
    assert caught.value.line == 2


def test_forbidden_imports_can_be_caught_and_libraries_may_import_them() -> None:
    caught = "try:\n    import torch\n    have = True\nexcept ImportError:\n    have = False\ndef f(): return have\n"
    assert CodeFolder({"a.py": caught}, forbidden=["torch"]).call("a", "f") is False
    library = "def f():\n    import pprint\n    return pprint.pformat(1)\n"
    assert CodeFolder({"a.py": library}, forbidden=["re", "dataclasses"]).call("a", "f") == "1"
    part = {"a.py": "def f():\n    import xml\n    import xml.dom\n"}
    CodeFolder(part, forbidden=["xml.sax"]).call("a", "f")


def test_an_own_file_may_have_a_forbidden_name() -> None:
    assert (
        CodeFolder({"a.py": "from keras import f\n", "keras.py": "def f(): return 1\n"}, forbidden=["keras"]).call("a", "f") == 1
    )


def test_missing_packages_are_named() -> None:
    code = CodeFolder({"a.py": "import no_such_package_here\ndef f(): pass\n"})
    with pytest.raises(PackageMissing, match=r"`no_such_package_here` is imported at a\.py, line 1"):
        code.call("a", "f")
    with pytest.raises(PackageMissing, match="Did you mean `features`"):
        CodeFolder({"a.py": "from feature import x\n", "features.py": ""}).call("a", "f")


# --- notebooks


def test_a_notebook_answers_for_every_module() -> None:
    book = notebook(
        "import numpy as np\ndef mfcc(x): return x + 1",
        "from features import mfcc\nimport mlp",
        "def forward(x): return mfcc(x) * 2",
    )
    code = CodeFolder({"work.ipynb": book}, modules=["mlp"])
    assert code.call("mlp", "forward", (1,)) == 4
    assert code.call("features", "mfcc", (1,)) == 2
    assert sys.modules["__main__"].__dict__.get("mfcc") is None


def test_a_file_goes_before_the_notebook() -> None:
    code = CodeFolder({"work.ipynb": notebook("def f(): return 'book'"), "a.py": "def f(): return 'file'\n"})
    assert code.call("a", "f") == "file"
    assert code.call("b", "f") == "book"


def test_magics_do_no_harm() -> None:
    book = notebook(
        "%matplotlib inline\n!rm -rf /\n%load_ext autoreload\nimport math",
        "%%time\ndef timed(): return 1",
        "%time answer = 42",
        "%%bash\necho no",
        "files = !ls\n%pip install x",
        "get_ipython().system('ls')\nobject?\ndisplay(3)",
        "%%writefile written.py\ndef w(): return 'w'",
        "from written import w",
        "def f(): return (answer, files, timed(), w())",
    )
    assert CodeFolder({"a.ipynb": book}).call("mlp", "f") == (42, [], 1, "w")


def test_a_failing_cell_does_not_stop_the_rest_and_is_named() -> None:
    book = notebook("def good(): return 1", "x = 1\ny = undefined_name\ndef lost(): return 2", "def later(): return 3", "def f(:")
    code = CodeFolder({"a.ipynb": book})
    assert code.call("mlp", "good") + code.call("mlp", "later") == 4
    with pytest.raises(CodeRaised, match=r"`mlp\.lost` is missing, because a\.ipynb, cell 2, .* NameError at its line 2"):
        code.call("mlp", "lost")
    with pytest.raises(CodeRaised, match=r"cell 4, .* SyntaxError"):
        code.call("mlp", "f")
    with pytest.raises(NameMissing, match=r"a\.ipynb has no function `goud`\. Did you mean `good`"):
        code.call("mlp", "goud")


def test_an_exception_in_a_cells_function_names_the_cell() -> None:
    with pytest.raises(CodeRaised, match=r"`m\.f` raised ZeroDivisionError at a\.ipynb, cell 2, line 2"):
        CodeFolder({"a.ipynb": notebook("x = 1", "def f():\n    return x / 0")}).call("m", "f")


def test_notebooks_of_version_3_and_broken_ones() -> None:
    assert CodeFolder({"a.ipynb": notebook("def f(): return 3", version=3)}).call("m", "f") == 3
    for broken in ("{", "[]", "{}", '{"nbformat": 4}', '{"nbformat": 99, "cells": []}', "\x00"):
        with pytest.raises(StudentFault):
            CodeFolder({"a.ipynb": broken}).call("m", "f")


def test_a_missing_package_in_a_cell_is_told() -> None:
    book = notebook("from google_colab_x import drive\ndef f(): return 1")
    with pytest.raises(CodeRaised, match=r"cell 1, which defines it, fails with ModuleNotFoundError"):
        CodeFolder({"a.ipynb": book}).call("m", "f")


# --- reading and seeding


def test_read_takes_files_and_packages_only(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def f(): return __file__\n")
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "__init__.py").write_text("")
    (tmp_path / "net" / "b.py").write_text("")
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / "c.py").write_text("")
    (tmp_path / "data.txt").write_text("")
    code = CodeFolder.read(tmp_path)
    assert code.files == ("a.py", "net/__init__.py", "net/b.py")
    assert code.call("a", "f") == str(tmp_path / "a.py")
    assert CodeFolder.read(tmp_path / "a.py").files == ("a.py",)


def test_reseed_repeats_every_generator() -> None:
    import torch

    def draw() -> tuple[float, float, float]:
        reseed(7)
        return random.random(), float(np.random.rand()), float(torch.rand(1))

    first = draw()
    assert draw() == first
    reseed(8)
    assert random.random() != first[0]


def test_code_that_is_gone_leaves_no_lines_behind() -> None:
    import gc
    import linecache

    before = set(linecache.cache)
    code = CodeFolder(SOURCES)
    code.call("mlp", "forward", (1,))
    assert len(set(linecache.cache) - before) == 2
    del code
    gc.collect()
    assert set(linecache.cache) <= before
