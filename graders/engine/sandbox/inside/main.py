"""Starts the zygote. `kit` is set up as a bare package: what its own `__init__` imports for suites is not needed here."""

import json
import sys
from pathlib import Path
from types import ModuleType

if __name__ == "__main__":
    home = Path(__file__).resolve().parent.parent
    sys.path[:] = [str(home), *sys.path, *json.loads(sys.argv[1])["paths"]]
    kit = ModuleType("kit")
    kit.__path__ = [str(home / "kit")]
    sys.modules["kit"] = kit
    # Bound here under this name; the repository knows it by a longer one.
    from inside.zygote import main  # type: ignore[import-not-found]

    main()
