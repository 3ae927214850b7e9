"""One seed decides everything.

Every random choice of the house draws from a generator named after what it is for:

    rng(42, "digits", "speaker-07", 3, 1)

so that a choice depends neither on the order of the work nor on the number of workers nor on `PYTHONHASHSEED`. Names are
hashed with SHA-256; each is written with its type and length, so ("a", "bc") and ("ab", "c"), 1 and "1" are different names.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from numpy.random import Generator

Name = str | int


def derive(seed: int, *names: Name) -> int:
    """Give the 63-bit seed of what `names` names, under the given seed.

    Raises:
        TypeError: a name is neither text nor a whole number (a float or an object has no stable spelling).
    """
    return int.from_bytes(_digest(seed, names)[:8], "big") >> 1


def rng(seed: int, *names: Name) -> Generator:
    """Give a fresh random generator for what `names` names, under the given seed."""
    import numpy as np  # here, so that `derive` needs the standard library only

    return np.random.default_rng(int.from_bytes(_digest(seed, names), "big"))


def _digest(seed: int, names: tuple[Name, ...]) -> bytes:
    """Hash seed and names; a NumPy integer counts as the whole number that it is."""
    sha = hashlib.sha256()
    for name in (seed, *names):
        if isinstance(name, str):
            spelt = b"s" + name.encode("utf-8")
        elif hasattr(name, "__index__") and not isinstance(name, bool):
            spelt = b"i%d" % name.__index__()
        else:
            raise TypeError(f"got {name!r} of type {type(name).__name__} as a name, wanted str or int: spell it as text")
        sha.update(b"%d:" % len(spelt) + spelt)
    return sha.digest()
