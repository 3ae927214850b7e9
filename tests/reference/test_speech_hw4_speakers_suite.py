"""The checks of speech HW4's speakers on known code: the reference and a rewrite earn all, the starter nothing, each mistake is named."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soundfile

from graders.kit.assignment import load
from graders.kit.loading import CodeFolder, variant
from graders.kit.mistakes import load as load_mistakes
from graders.kit.outcome import CheckResult, Outcome
from graders.kit.plugin import Suite, SuitePlugin
from graders.kit.proxy import Proxy
from graders.kit.run import Collector, run_pytest
from graders.speech_hw4.voices import NOBODY, judge, n_speakers, open_set, recordings, visitors
from seeds.datasets import speakers

from .provider import InProcess

ROOT = Path(__file__).parents[2]
ASSIGNMENT = load(ROOT / "assignments" / "speech_hw4")
QUESTION = next(question for question in ASSIGNMENT.questions if question.id == "q4")
REFERENCE = ROOT / "reference" / "speech_hw4"
STARTER = ROOT / "assignments" / "speech_hw4" / "starter"
MISTAKES = ROOT / "graders" / "speech_hw4" / "mistakes"
CALIBRATION = ROOT / "graders" / "speech_hw4" / "calibration_speakers.json"
HIDDEN = [ROOT / "graders" / "speech_hw4" / name for name in ("test_speakers.py", "test_open_set.py")]
PUBLIC = [ROOT / "assignments" / "speech_hw4" / "checks" / "test_speakers.py"]
FILES = ("speakers", "openset")
KNOWN = {f"{one.file}__{one.name}": one for one in load_mistakes(MISTAKES, REFERENCE).known if one.file in FILES}

# Another person's right solution: single precision, other formulas, a pool of chunks, gradient descent in place of a solver.
REWRITTEN = {
    "speakers.py": """
from concurrent.futures import as_completed

_trio, _cepstra = spectral_trio, mfcc_means


def zero_crossing_rate(signal, sample_rate):
    frames = frames_of(np.float32(signal), sample_rate)
    signs = np.where(frames >= 0, 1, -1)
    return np.abs(np.diff(signs, axis=1)).sum(axis=1) / (2 * frames.shape[1])


def spectral_trio(clips, sample_rate):
    return np.float32(_trio([np.float32(clip) for clip in clips], sample_rate)).tolist()


def mfcc_means(clips, sample_rate):
    return np.float32(_cepstra([np.float32(clip) for clip in clips], sample_rate))


def extract(clips, sample_rate, kind, workers):
    alone = {"trio": spectral_trio, "mfcc": mfcc_means}[kind]
    rows = np.zeros((len(clips), 3 if kind == "trio" else 13), dtype=np.float32)
    with ThreadPoolExecutor(workers) as pool:
        places = {pool.submit(alone, [clip], sample_rate): place for place, clip in enumerate(clips)}
        for done in as_completed(places):
            rows[places[done]] = done.result()[0]
    return rows


def class_ids(names):
    classes, ids = np.unique(names, return_inverse=True)
    return classes.tolist(), ids.tolist()


def split_by_recording(speakers, recordings, share, seed):
    # other random numbers, recordings in the order of appearance
    rng = np.random.RandomState(seed)
    test = []
    for speaker in dict.fromkeys(speakers):
        own = list(dict.fromkeys(name for name, whose in zip(recordings, speakers) if whose == speaker))
        rng.shuffle(own)
        test += own[: max(1, round(share * len(own)))]
    rows = range(len(speakers))
    return [row for row in rows if recordings[row] not in test], [row for row in rows if recordings[row] in test]


def probabilities(model, x):
    z = np.float32(x) @ np.float32(model["W"]) + np.float32(model["b"])
    top = z.max(axis=1, keepdims=True)
    return np.exp(z - top - np.log(np.exp(z - top).sum(axis=1, keepdims=True)))


def solve(x, labels, n_classes, penalty):
    model = {"W": np.zeros((np.shape(x)[1], n_classes)), "b": np.ones(n_classes)}
    for _ in range(4000):
        found = loss_and_gradient(model, x, labels)
        model = {"W": model["W"] - 0.3 * (found["W"] + penalty * model["W"]), "b": model["b"] - 0.3 * found["b"]}
    return model
""",
    "openset.py": """
def by_centroid(train_x, train_labels, n_classes, x):
    # the same angles without a root: the inner product of S^(-1)
    train_x, x = np.float32(train_x), np.float32(x)
    means = np.stack([train_x[np.asarray(train_labels) == k].mean(axis=0) for k in range(n_classes)])
    precision = np.linalg.inv(within_covariance(train_x, np.asarray(train_labels), means))
    a, b = x - means.mean(axis=0), means - means.mean(axis=0)
    lengths = np.sqrt(np.einsum("md,de,me->m", a, precision, a))[:, None] * np.sqrt(np.einsum("cd,de,ce->c", b, precision, b))
    cosines = a @ precision @ b.T / lengths
    return {"class": cosines.argmax(axis=1), "score": cosines.max(axis=1)}


def eer(known_scores, outsider_scores):
    best = None
    for threshold in sorted({*known_scores, *outsider_scores}):
        shares = false_acceptance(outsider_scores, threshold), false_rejection(known_scores, threshold)
        if best is None or abs(shares[0] - shares[1]) < best[0] - 1e-9:
            best = abs(shares[0] - shares[1]), sum(shares) / 2, threshold
    return {"eer": best[1], "threshold": best[2]}
""",
}


def only_its_files(code: CodeFolder) -> InProcess:
    """One submission that sees the files of question 4 alone."""
    return InProcess({"one": CodeFolder({name: code.sources[name] for name in QUESTION.files if name in code.sources})})


def graded(code: CodeFolder, *, training: bool = True, naming: bool = True) -> dict[str, CheckResult]:
    """Every check of question 4 on this code; without `training`, not those on real voices; without `naming`, no search for mistakes."""
    choice = [] if training else ["-k", "not learns"]
    found: dict[str, CheckResult] = {}
    for suite in (PUBLIC, HIDDEN):
        collector = Collector()
        plugin = SuitePlugin(Suite(ASSIGNMENT, REFERENCE, MISTAKES if naming else None, only="q4"), ["one"], only_its_files(code))
        run_pytest([*map(str, suite), *choice], [plugin, collector])
        assert not collector.broken, collector.broken[0]
        found |= {result.check: result for _, _, result in collector.rows}
    assert set(found) == {spec.id for spec in QUESTION.checks if training or "learns" not in spec.id}
    broken = [result.finding.detail for result in found.values() if result.outcome is Outcome.UNGRADED]
    assert not broken, broken[0]
    return found


@cache
def reference_sources() -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(REFERENCE.glob("*.py"))}


def test_points_add_up() -> None:
    assert (QUESTION.automatic_points, QUESTION.rubric_points, QUESTION.bonus) == (15.0, 5.0, True)


def test_the_reference_earns_everything() -> None:
    for result in graded(CodeFolder.read(REFERENCE)).values():
        assert result.points == result.max_points, result


def test_the_starter_earns_nothing() -> None:
    for result in graded(CodeFolder.read(STARTER)).values():
        assert result.points == 0, result
        assert "not written yet" in result.finding.message


def test_single_precision_and_other_formulas_earn_everything() -> None:
    sources = reference_sources()
    for file, text in REWRITTEN.items():
        sources = variant(sources, file, text)
    for result in graded(CodeFolder(sources)).values():
        assert result.points == result.max_points, result


@cache
def lost(name: str) -> tuple[CheckResult, ...]:
    """The checks without training that a mistake does not pass in full."""
    return tuple(result for result in graded(KNOWN[name].code, training=False).values() if result.points < result.max_points)


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_each_mistake_loses_points_and_is_named(name: str) -> None:
    mistake = KNOWN[name]
    assert {result.finding.mistake for result in lost(name)} - {""} == {mistake.name}
    assert any(result.finding.lesson == mistake.lesson for result in lost(name))


def test_every_check_is_failed_by_some_mistake() -> None:
    """Checks on real training have calibrated bands, above what known mistakes reach."""
    quick = {spec.id for spec in QUESTION.checks if "learns" not in spec.id}
    assert not quick - {result.check for name in KNOWN for result in lost(name)}


def test_the_bands_are_the_calibrated_ones() -> None:
    measured = json.loads(CALIBRATION.read_text(encoding="utf-8"))
    data = speakers.make(outsiders=True)
    assert measured["data"]["fingerprint"] == data.fingerprint, "run python -m benchmarks.tasks.calibrate_speech_hw4_speakers"
    bad = {"q4.learns_trio": "labels_off_by_one", "q4.learns_mfcc": "softmax_by_column", "q4.learns_outsiders": "never_rejects"}
    for check, found in measured["checks"].items():
        assert [[band.floor, band.share] for band in ASSIGNMENT.check(check).bands] == found["bands"]
        assert min(found["right"]["reference"]) > found["bands"][-1][0]
        assert found["right"][bad[check]][0] < found["bands"][-1][0]


def test_the_course_of_the_features_and_of_the_open_set_shows() -> None:
    """Thirteen cepstra tell more than three spectral features; centroids part outsiders better than the largest probability does."""
    measured = json.loads(CALIBRATION.read_text(encoding="utf-8"))
    found = {name: row["mean"] for name, row in {**measured["trainings"], **measured["ways"]}.items()}
    for way in ("descent", "solver"):
        assert found[f"mfcc.{way}.accuracy"] > found[f"trio.{way}.accuracy"] + 0.1
    assert found["by_centroid.eer"] < found["by_background.eer"] < found["by_probability.eer"]
    assert found["by_centroid.false_acceptance"] < found["by_probability.false_acceptance"]


def test_nobody_who_is_judged_was_heard_before() -> None:
    data = recordings()
    crowd = open_set(data)
    heard = {*crowd.train.recordings.tolist(), *crowd.validation.recordings.tolist()}
    assert not heard & set(crowd.test.recordings.tolist())
    outside = data.labels == n_speakers(data)
    strangers = set(data.groups[outside & (data.parts == "validation")].tolist())
    used = set(crowd.validation.recordings[crowd.validation.labels == NOBODY].tolist())
    assert used < strangers and len(strangers - used) == len(strangers) // 2
    assert np.sum(crowd.test.labels == NOBODY) == np.sum(crowd.test.labels != NOBODY)
    whole = np.concatenate([crowd.train.x, crowd.background, crowd.validation.x, crowd.test.x])
    assert len(np.unique(np.round(whole, 9), axis=0)) == len(whole)


def test_labels_of_the_test_part_stay_at_home() -> None:
    """Whatever is handed to the code while it is judged holds neither the test part's labels nor anything of their length."""
    crowd = open_set(recordings())
    code = CodeFolder.read(REFERENCE)
    handed: list[object] = []

    def call(module: str, name: str, args: tuple[object, ...], kwargs: dict[str, object]) -> object:
        handed.extend(args)
        return code.call(module, name, args, kwargs)

    found = judge(Proxy(call), crowd, n_speakers(recordings()), "by_centroid")
    assert found.right.mean() > 0.7
    wholes = [
        value for value in handed if isinstance(value, np.ndarray) and value.ndim == 1 and np.issubdtype(value.dtype, np.integer)
    ]
    labels = [value for value in wholes if len(value) != len(crowd.train.labels)]
    assert len(wholes) > len(labels)
    assert not any(np.array_equal(value, crowd.test.labels) for value in labels)


JUNK = (None, "text", 1.0, {}, [], [None], {"W": 1}, [[1.0], [1.0, 2.0]], float("nan"))
NAMES = {
    "speakers.py": (
        *("rms", "zero_crossing_rate", "spectral_centroid", "spectral_trio", "mfcc_means", "extract", "timing", "class_ids"),
        *("split_by_recording", "standardize", "probabilities", "loss_and_gradient", "train", "solve", "classify"),
        *("confusion_matrix", "report"),
    ),
    "openset.py": (
        *("by_probability", "by_background", "by_centroid", "decide", "false_acceptance", "false_rejection", "eer", "evaluate"),
        "compare",
    ),
}


@pytest.mark.parametrize("value", JUNK, ids=repr)
def test_answers_of_any_kind_are_the_students_fault(value: object) -> None:
    """A check that trips over an odd answer would end as ungraded, which `graded` refuses."""
    text = repr(value).replace("nan", "float('nan')")
    junk = {file: "".join(f"def {name}(*args):\n    return {text}\n\n\n" for name in names) for file, names in NAMES.items()}
    assert all(result.points == 0 for result in graded(CodeFolder(junk), naming=False).values())


@pytest.mark.parametrize("name", sorted({name for names in NAMES.values() for name in names}))
def test_one_odd_function_among_right_ones_is_the_students_fault(name: str) -> None:
    file = next(file for file, names in NAMES.items() if name in names)
    odd = CodeFolder(variant(reference_sources(), file, f"def {name}(*args):\n    return 'text'\n"))
    trained = name in ("train", "classify", "extract", "standardize", "by_centroid", "eer", "decide")
    assert any(result.points == 0 for result in graded(odd, training=trained, naming=False).values())


@pytest.fixture
def real_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The embedded clips laid out as Kaggle's, in use for this test; its outsiders are yet to come."""
    data = speakers.make()
    for label, name in enumerate(data.label_names):
        folder = tmp_path / "16000_pcm_speeches" / name
        folder.mkdir(parents=True)
        for number, row in enumerate(np.flatnonzero(data.labels == label)):
            soundfile.write(folder / f"{number}.wav", data.waveforms[int(row)], data.sample_rate, subtype="PCM_16")
    monkeypatch.setenv("SANJEH_DATA_SPEAKERS", str(tmp_path))
    return tmp_path


def test_a_real_copy_asks_for_the_same_share_of_what_is_possible(real_copy: Path) -> None:
    data = speakers.make(outsiders=True)
    noises = real_copy / "16000_pcm_speeches" / "other"
    noises.mkdir()
    names = sorted(set(data.groups[data.labels == n_speakers(data)].tolist()))
    for name in names[:16]:
        sound = np.concatenate([data.waveforms[int(row)] for row in np.flatnonzero(data.groups == name)])
        soundfile.write(noises / f"{name}.wav", sound, data.sample_rate, subtype="PCM_16")
    assert not recordings().provenance["source"].startswith("embedded")
    found = graded(CodeFolder.read(REFERENCE))
    for result in found.values():
        assert result.points == result.max_points, result
    assert "times" in found["q4.learns_mfcc"].finding.message


def test_outsiders_are_the_embedded_ones_where_a_real_copy_has_none(real_copy: Path) -> None:
    assert not recordings().provenance["source"].startswith("embedded")
    assert visitors().provenance["source"].startswith("embedded")
