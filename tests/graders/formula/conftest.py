"""Contexts that the formula tests share, the settings of the property tests, and the end of the prover's process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from benchmarks.tasks.formula import contexts
from graders.kit.formula import Context, Name
from graders.proof import worker

settings.register_profile("formula", deadline=None, max_examples=60, suppress_health_check=list(HealthCheck), derandomize=True)
settings.load_profile("formula")


@pytest.fixture(scope="session")
def known() -> dict[str, Context]:
    """The contexts of the corpus."""
    return contexts()


@pytest.fixture(scope="session")
def pareto(known: dict[str, Context]) -> Context:
    return known["pareto"]


@pytest.fixture(scope="session")
def skip(known: dict[str, Context]) -> Context:
    return known["skip"]


@pytest.fixture(scope="session")
def plain() -> Context:
    """Scalars of both signs and one sample."""
    names = (Name("a"), Name("b", low=0), Name("theta", low=0), Name("n", integer=True, low=1), Name("x", sample="n", low=0))
    return Context(names)


@pytest.fixture(scope="session", autouse=True)
def no_prover_left() -> Iterator[None]:
    yield
    worker.stop()
