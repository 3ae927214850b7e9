"""One seed decides everything."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

from seeds.determinism import derive, rng


def test_the_hash_is_the_documented_one() -> None:
    spelt = b"3:i42" + b"7:sdigits" + b"2:i7"
    assert derive(42, "digits", 7) == int.from_bytes(hashlib.sha256(spelt).digest()[:8], "big") >> 1


def test_names_are_told_apart() -> None:
    names = [(1, "a"), (2, "a"), (1, "b"), (1, "a", "b"), (1, "ab"), (1, "a", 1), (1, "a", "1"), (1, "", "a"), (1,)]
    assert len({derive(*name) for name in names}) == len(names)
    assert len({rng(*name).integers(2**62) for name in names}) == len(names)


def test_numpy_integers_are_whole_numbers() -> None:
    assert derive(np.int64(3), "x", np.int32(5)) == derive(3, "x", 5)


@pytest.mark.parametrize("name", [1.0, None, True, ("a",), b"a"])
def test_a_name_without_a_stable_spelling_is_refused(name: object) -> None:
    with pytest.raises(TypeError, match="wanted str or int"):
        derive(1, name)  # type: ignore[arg-type]


def test_another_process_draws_the_same_and_needs_the_standard_library_only() -> None:
    code = "import sys; from seeds.determinism import derive; print(derive(42, 'digits', 3)); print('numpy' in sys.modules)"
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        )
        for seed in ("1", "2")
    ]
    assert [run.stdout.split() for run in runs] == [[str(derive(42, "digits", 3)), "False"]] * 2


def test_rng_repeats_itself() -> None:
    assert np.array_equal(rng(7, "x").normal(size=5), rng(7, "x").normal(size=5))
