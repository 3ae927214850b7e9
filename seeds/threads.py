"""Which environment variables tell numeric libraries how many threads to use. Imports nothing: they are read when a library is loaded."""

from __future__ import annotations

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
