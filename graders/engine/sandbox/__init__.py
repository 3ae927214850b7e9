"""Student code, isolated: `Sandbox` for one grading worker, `Job` for one submission in it.

with Sandbox(packages=("numpy",)) as sandbox:
    job = sandbox.job({"mlp.py": source})
    answer = job.call("mlp", "forward", (params, x), seconds=10.0)
"""

from .inside.settings import Limits
from .job import Job
from .session import Sandbox, probe

__all__ = ["Job", "Limits", "Sandbox", "probe"]
