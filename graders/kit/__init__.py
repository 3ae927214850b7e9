"""What a suite imports. This folder ships to students and goes into the sandbox, so it imports nothing else of ours."""

from .checks import award, band, check, ensure, equal, graded, notify, remark, same
from .compare import difference, shown

__all__ = ["award", "band", "check", "difference", "ensure", "equal", "graded", "notify", "remark", "same", "shown"]
