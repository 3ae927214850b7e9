"""Looks for the reference and the hidden suites, and breaks if it finds them."""

import os
import sys

found = [
    place for place in ("/home", "/work", *sys.path) for room in ("reference", "graders") if os.path.exists(f"{place}/{room}")
]
found += [name for name in os.environ if "SANJEH" in name]
for room in ("reference", "graders", "seeds"):
    try:
        __import__(room)
        found.append(room)
    except ImportError:
        pass
if found:
    raise SystemExit(f"secrets: {found}")
