"""What one run leaves behind: a `Record`, one JSON line. This module is the schema; it imports nothing heavy.

    {"schema": 1, "identity": "…", "task": "digits", "case": "1 hidden, ReLU, flat", "config": {…}, "seed": 0, "size": "small",
     "status": "ok" | "failed" | "not run here", "problem": "", "metric": {…}, "metrics": {"accuracy": 0.91, …},
     "data": [{…}], "split": {…} | null, "code": "…", "versions": {…}, "device": {…}, "kernel": {…},
     "predictions": {…} | null, "curves": {"loss": […]}, "parameters": 3210 | null, "times": {"train": {…}, "predict": {…}},
     "memory": {…} | null, "throughput": {…} | null, "energy": {…} | null, "seconds": 1.2, "reported": ["004.q2…"], "measured": "…"}

A number that was not measured is null, and a text beside it says why. Failures are records too. The same `identity` may stand in
several lines: the last one counts (see `store.latest`). A reader refuses lines of a later schema and upgrades older ones here.
"""

from __future__ import annotations

import hashlib
import json
import statistics
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cache
from typing import Any, Literal, TypeVar, get_args

from benchmarks.engine.packing import pack, pack_texts, unpack, unpack_texts

SCHEMA = 1
Status = Literal["ok", "failed", "not run here"]
Size = Literal["small", "full"]
Json = Any
"""What JSON can hold: text, numbers, true, false, null, and lists and dicts of these."""
Shape = TypeVar("Shape")
Key = tuple[str, str, str]
"""Case, size, kind of device."""


class RecordError(ValueError):
    """A line is not a record, or of a schema that is newer than this program."""


@dataclass(frozen=True)
class Metric:
    """What a task compares by.

    Attributes:
        name: key of `Record.metrics`.
        higher_is_better: its direction.
        unit: "", "%", "s", "samples/s", ...; accuracies are shares in [0, 1].
        of: "items": the mean of a score per test item, so sampling error comes from raw predictions; "run": one number per run.
    """

    name: str
    higher_is_better: bool
    unit: str = ""
    of: Literal["items", "run"] = "items"


@dataclass(frozen=True)
class DataUsed:
    """A data set that a run rests on: which, how many examples, where from, and what its audit said ("" where it has none)."""

    name: str
    fingerprint: str
    examples: int
    source: str
    audit: str
    overridden: bool = False


@dataclass(frozen=True)
class Split:
    """How examples were dealt: a name in words, how many in each part, and a hash of the test items in their order.

    Two records with the same `items` hold predictions for the same test items, so they can be compared in pairs.
    """

    name: str
    train: int
    validation: int
    test: int
    items: str


@dataclass(frozen=True)
class Device:
    """Where it ran: "cpu" or "cuda", the chip, cores this process may use, memory, and the load average before the run."""

    kind: str
    name: str
    cores: int
    memory_mb: int | None
    system: str
    load: float | None
    device_memory_mb: int | None = None
    driver: str = ""


@dataclass(frozen=True)
class Timing:
    """Seconds of one kind of work. The clock is read after the device has finished (`synchronised`).

    Attributes:
        warm_up_s: the first call, which is not counted; None where there was none.
        seconds: of every counted repeat.
        synchronised: whether the device was waited for; True on a CPU.
        runs: so many runs shared this time, as seeds trained together do; the share of one is `median_s / runs`.
    """

    seconds: tuple[float, ...]
    warm_up_s: float | None = None
    synchronised: bool = True
    runs: int = 1

    @property
    def median_s(self) -> float:
        """Give the median of the repeats."""
        return statistics.median(self.seconds)

    @property
    def spread_s(self) -> float | None:
        """Give the distance from the fastest to the slowest repeat; None for a single one."""
        return max(self.seconds) - min(self.seconds) if len(self.seconds) > 1 else None


@dataclass(frozen=True)
class Memory:
    """Peak resident set of the process during the run, and just before it; peak on the device, or why there is none. MB = 2^20."""

    peak_mb: float
    before_mb: float
    device_peak_mb: float | None = None
    device_reason: str = "no device"


@dataclass(frozen=True)
class Throughput:
    """So many units per second, e.g. 2100 "clips/s", and of which of `Record.times`."""

    value: float
    unit: str
    of: str = "train"


@dataclass(frozen=True)
class Energy:
    """Joules by the named counter, of the whole chip and not of this process alone; or None and why."""

    joules: float | None
    source: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Predictions:
    """Raw answers, packed (see packing.py), so that any metric can be computed later without the model.

    Attributes:
        kind: "classes" (labels and predicted are class numbers), "clusters" (predicted are numbers of clusters, whose names mean
            nothing), "texts" (labels are right transcripts, predicted the recognised ones).
        labels, predicted: packed, N each.
        groups: packed numbers (N,) of the group of each item, "" where items are independent; groups are resampled as a whole.
        names: of the classes, in the order of their numbers.
        confidence: packed probabilities of the predicted class in steps of 1/255, "" where unknown.
    """

    kind: Literal["classes", "clusters", "texts"]
    labels: str
    predicted: str
    groups: str = ""
    names: tuple[str, ...] = ()
    confidence: str = ""

    @classmethod
    def of_classes(
        cls,
        labels: Any,
        predicted: Any,
        *,
        groups: Any = None,
        names: tuple[str, ...] = (),
        confidence: Any = None,
        kind: Literal["classes", "clusters"] = "classes",
    ) -> Predictions:
        """Pack (N,) class numbers; `groups` may be texts; `confidence` (N,) in [0, 1]."""
        import numpy as np

        numbers = "" if groups is None else pack(np.unique(np.asarray(groups), return_inverse=True)[1])
        steps = "" if confidence is None else pack(np.round(np.asarray(confidence, dtype=float) * 255).astype(np.int64))
        return cls(kind, pack(labels), pack(predicted), numbers, tuple(map(str, names)), steps)

    @classmethod
    def of_texts(cls, references: list[str], hypotheses: list[str], *, groups: Any = None) -> Predictions:
        """Pack N right and N recognised transcripts."""
        import numpy as np

        numbers = "" if groups is None else pack(np.unique(np.asarray(groups), return_inverse=True)[1])
        return cls("texts", pack_texts(references), pack_texts(hypotheses), numbers)

    def arrays(self) -> tuple[Any, Any, Any]:
        """Unpack labels, predictions and groups: (N,) each; each item is a group of its own where no groups are stored.

        Labels and predictions of kind "texts" are lists of str.
        """
        import numpy as np

        read: Any = unpack_texts if self.kind == "texts" else unpack
        labels, predicted = read(self.labels), read(self.predicted)
        return labels, predicted, unpack(self.groups) if self.groups else np.arange(len(labels))


@dataclass(frozen=True)
class Record:
    """One run of one case with one seed.

    Attributes:
        identity: hash of all that decides the result (see identity.py).
        task, case, config, seed, size: what was run. `config` is plain JSON and complete: the case's name only labels it.
        status, problem: "ok"; "failed" and the error; "not run here" and what this machine lacks.
        metric: what the task compares by; its value is `metrics[metric.name]`.
        metrics: every number that came out, the main one among them.
        data, split: what it ran on.
        code: hash of the source files that are compared.
        versions: Python and packages. device: where. kernel: which code paths did the work, as observed (see machine.py).
        predictions, curves: raw answers; a list per epoch for each of "loss", "accuracy", "validation_loss", ...
        parameters: trained numbers plus running statistics, as Keras counts; None where there is no model.
        times, memory, throughput, energy: what it cost. `seconds` is wall clock of the whole run, for planning.
        reported: ids in seeds/figures/reported.csv of what the course's documents say about this case.
        measured: UTC time in ISO 8601.
    """

    identity: str
    task: str
    case: str
    config: Mapping[str, Json]
    seed: int
    size: str
    status: str
    metric: Metric
    code: str
    measured: str
    problem: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)
    data: tuple[DataUsed, ...] = ()
    split: Split | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    device: Device | None = None
    kernel: Mapping[str, str] = field(default_factory=dict)
    predictions: Predictions | None = None
    curves: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    parameters: int | None = None
    times: Mapping[str, Timing] = field(default_factory=dict)
    memory: Memory | None = None
    throughput: Throughput | None = None
    energy: Energy | None = None
    seconds: float = 0.0
    reported: tuple[str, ...] = ()
    schema: int = SCHEMA

    @property
    def key(self) -> Key:
        """Give the case, the size and the kind of device: seeds that share these make up a row of a table."""
        return self.case, self.size, self.device.kind if self.device else ""

    @property
    def version(self) -> str:
        """Tell apart what was run, whatever the seed: a row of a table mixes no settings, code or data."""
        made = [self.config, self.code, sorted((one.name, one.fingerprint) for one in self.data)]
        return hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()[:16]

    @property
    def value(self) -> float | None:
        """Give the main metric; None where the run has none."""
        return self.metrics.get(self.metric.name)

    def to_json(self) -> str:
        """Write one line, without the line break. Times also carry their median and spread, for readers in other languages."""
        stored = asdict(self)
        for name, timing in self.times.items():
            stored["times"][name] |= {"median_s": timing.median_s, "spread_s": timing.spread_s}
        return json.dumps(_finite(stored), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)

    @classmethod
    def from_json(cls, line: str) -> Record:
        """Read what `to_json` wrote.

        Raises:
            RecordError: the line is cut, no record, or of a later schema.
        """
        try:
            stored = json.loads(line)
            if stored["schema"] > SCHEMA:
                raise RecordError(f"a record of schema {stored['schema']}, this program reads up to {SCHEMA}: update sanjeh")
            return _record(stored)
        except RecordError:
            raise
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise RecordError(f"not a record ({type(error).__name__}: {error})") from error


def _record(stored: dict[str, Any]) -> Record:
    """Put the nested parts together again."""
    known = _names(Record)
    values = {name: value for name, value in stored.items() if name in known}
    values["metric"] = _make(Metric, stored["metric"])
    values["data"] = tuple(_make(DataUsed, one) for one in stored.get("data", ()))
    values["times"] = {name: _make(Timing, one) for name, one in stored.get("times", {}).items()}
    # JSON has no numbers that are not finite: they stand as texts, which `float` takes
    values["curves"] = {name: tuple(map(float, points)) for name, points in stored.get("curves", {}).items()}
    values["metrics"] = {name: float(value) for name, value in stored.get("metrics", {}).items()}
    values["reported"] = tuple(stored.get("reported", ()))
    parts = {"split": Split, "device": Device, "predictions": Predictions, "memory": Memory, "throughput": Throughput}
    for name, shape in {**parts, "energy": Energy}.items():
        values[name] = None if stored.get(name) is None else _make(shape, stored[name])
    if values["status"] not in get_args(Status):
        raise RecordError(f"got status {values['status']!r}, wanted one of {', '.join(get_args(Status))}")
    return Record(**values)


@cache
def _names(shape: type[Any]) -> frozenset[str]:
    return frozenset(one.name for one in fields(shape))


def _make(shape: type[Shape], stored: Mapping[str, Any]) -> Shape:
    """Fill a dataclass; keys that it does not know are derived ones, and lists become tuples."""
    known = _names(shape)  # type: ignore[arg-type]
    return shape(**{k: tuple(v) if isinstance(v, list) else v for k, v in stored.items() if k in known})


def _finite(value: Any) -> Any:
    """Spell numbers that JSON cannot hold."""
    if isinstance(value, float):
        return value if value - value == 0 else str(value)  # "inf", "-inf", "nan"
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return value
