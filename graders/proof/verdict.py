"""What the decision about an answer says."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """`PROVED` and `AGREES` accept the answer, `REFUTED` rejects it, `UNDECIDED` leaves it to the TA."""

    PROVED = "proved"
    AGREES = "agrees"
    REFUTED = "refuted"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Counterexample:
    """A point where the answer is not right: the values of the names, what her formula gives there, what is right."""

    point: dict[str, str]
    got: str
    wanted: str

    def __str__(self) -> str:
        place = ", ".join(f"{name} = {value}" for name, value in self.point.items())
        return f"at {place}: got {self.got}, wanted {self.wanted}" if place else f"got {self.got}, wanted {self.wanted}"


@dataclass(frozen=True)
class Verdict:
    """The decision, the number of points that were compared, and the reason in words for the student.

    `mistake` and `lesson` name the known mistake whose formula equals hers, where there is one.
    """

    kind: Kind
    points: int = 0
    reason: str = ""
    counter: Counterexample | None = None
    mistake: str = ""
    lesson: str = ""
    notes: tuple[str, ...] = field(default=())

    @property
    def accepted(self) -> bool:
        """Whether the answer earns its points."""
        return self.kind in (Kind.PROVED, Kind.AGREES)


@dataclass(frozen=True)
class Options:
    """How equal an answer has to be.

    `up_to` is "" (equal), "factor" (equal up to a positive factor) or "constant" (up to a summand), the factor or constant not
    depending on any name in `free_of`. `transposed` accepts the transposed array and formulas in row layout. `either_sign`
    accepts the negative. `prove` asks for symbolic confirmation of what agrees at all points, within `seconds`.
    """

    up_to: str = ""
    free_of: tuple[str, ...] = ()
    transposed: bool = False
    either_sign: bool = False
    prove: bool = True
    seconds: float = 1.0
    seed: int = 20240601

    def __post_init__(self) -> None:
        if self.up_to not in ("", "factor", "constant"):
            raise ValueError(f"up_to is '', 'factor' or 'constant', not {self.up_to!r}")
        if bool(self.up_to) != bool(self.free_of):
            raise ValueError("up_to and free_of go together: name what the factor or constant must not depend on")
