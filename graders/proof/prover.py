"""Inside the prover's process: read a request, answer whether the two formulas are equal, again and again.

Started by `worker` as `python -m`; talks JSON lines on its standard streams.
"""

from __future__ import annotations

import contextlib
import json
import sys
from typing import Any

from graders.kit.formula import Context, parse

from .worker import MEMORY


def answer(request: dict[str, Any]) -> bool:
    """Whether the request's formulas are shown equal."""
    from . import matrices, symbolic

    context = Context.from_dict(request["context"])
    student, right = parse(request["student"], context, "plain"), parse(request["right"], context, "plain")
    if matrices.has_arrays(student, context) or matrices.has_arrays(right, context):
        return not request["up_to"] and matrices.equal(student, right, context)
    return symbolic.equal(student, right, context, request["up_to"], tuple(request["free_of"]))


def main() -> None:
    """Serve until the standard input closes."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    from . import symbolic

    symbolic.warm_up()
    print("ready", flush=True)
    for line in sys.stdin:
        try:
            proved = answer(json.loads(line))
        except Exception:
            proved = False
        print(json.dumps({"proved": proved}), flush=True)


if __name__ == "__main__":
    main()
