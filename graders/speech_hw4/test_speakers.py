"""Hidden checks of question 4: features, parts, logistic regression and its figures against the reference, then real training."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.kit import check, difference, ensure, equal, graded, same
from graders.kit.proxy import Function, Proxy
from graders.speech_hw4.inputs import numbers, random_clip
from graders.speech_hw4.voices import difficulty, model_of, outcome, random_model, random_rows, recordings

NAMES = ("Zahra", "Omid", "Ali", "Sara", "Mina", "Behrouz", "Kaveh", "Laleh", "Dara")
SHARE, SEEDS = 0.3, range(6)
SOLVED = 1e-4  # above the lowest value of the objective, where it counts as found
FLAT = 1e-6  # that a curve may rise by, in single precision


def observed(value: Any, name: str) -> Function:
    """Something measured on a submission, dressed as a function of speakers.py, so that `same` can name the mistake behind it."""
    return Function(lambda module, function, args, kwargs: value, "speakers", name)


# Features


@check("q4.trio")
def test_trio(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Loudness, changes of sign and centroid of random clips at three sample rates, with true zeros among the samples."""
    for sample_rate, n_samples in ((16000, 4000), (8000, 2900), (22050, 5000)):
        clip = np.round(random_clip(rng, n_samples, sample_rate) * 20) / 20
        for name in ("rms", "zero_crossing_rate", "spectral_centroid"):
            same(getattr(student.speakers, name), getattr(right.speakers, name), clip, sample_rate)
    clips = [random_clip(rng, n_samples, 16000) for n_samples in (300, 3000, 1700)]
    same(student.speakers.spectral_trio, right.speakers.spectral_trio, [*clips, np.zeros(500)], 16000)


@check("q4.mfcc")
def test_mfcc(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Mean MFCC of random clips of different length, at 16 kHz and at other sample rates."""
    for sample_rate in (16000, 8000, 22050):
        clips = [random_clip(rng, int(seconds * sample_rate), sample_rate) for seconds in (0.3, 0.02, 0.11)]
        same(student.speakers.mfcc_means, right.speakers.mfcc_means, clips, sample_rate)


@check("q4.pool")
def test_pool(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Whatever the number of workers, row i belongs to clip i; and a speed-up above 1 means that the pool is quicker."""
    clips = [random_clip(rng, n_samples, 16000) for n_samples in (64000, 500, 900, 700, 1200, 600, 800)]
    for kind, name in (("trio", "spectral_trio"), ("mfcc", "mfcc_means")):
        alone = numbers(getattr(student.speakers, name)(clips, 16000), (len(clips), 3 if kind == "trio" else 13), name)
        for workers in (1, 2, 4):
            got = numbers(student.speakers.extract(clips, 16000, kind, workers), alone.shape, f"extract with {workers} workers")
            shuffled = difference(got, alone) and not difference(np.sort(got, axis=0), np.sort(alone, axis=0))
            message = "The rows of a pool should stand in the order of the clips, not in that of the workers."
            ensure(not shuffled, message, got=got, wanted=alone, mistake="speakers__pool_out_of_order")
            equal(got, alone, what=f'extract of "{kind}" with {workers} workers, wanted what {name} gives')
    found = student.speakers.timing(clips[1:4], 16000, "trio", 2)
    whole = isinstance(found, dict) and {"serial", "pool", "speedup", "same"} <= set(found)
    ensure(whole, "timing should return a dictionary with serial, pool, speedup and same.", got=found)
    serial, pool, speedup = (float(numbers(found[name], (), name)) for name in ("serial", "pool", "speedup"))
    ensure(min(serial, pool) > 0, "serial and pool should be seconds above 0.", got=found)
    inverted = abs(speedup * serial / pool - 1) < 0.01
    message = "speedup is serial / pool: 2 where the pool takes half the time."
    ensure(abs(speedup * pool / serial - 1) < 0.01, message, got=found, mistake="speakers__speedup_inverted" if inverted else "")


# Names, parts, scales


@check("q4.classes")
def test_classes(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Nine names as numbers: in alphabetical order, in every run and whatever the order of the clips."""
    names = [NAMES[place] for place in rng.permutation(np.repeat(np.arange(len(NAMES)), 3))]
    got = student.speakers.class_ids(names)
    ensure(isinstance(got, list | tuple) and len(got) == 2, "class_ids should return two things: names and numbers.", got=got)
    classes = list(got[0]) if isinstance(got[0], list | tuple) else []
    if sorted(map(str, classes)) == sorted(NAMES) and classes != sorted(NAMES):
        by_appearance = classes == list(dict.fromkeys(names))
        mistake = "speakers__classes_by_appearance" if by_appearance else "speakers__classes_from_a_set"
        ensure(False, "The names should stand in alphabetical order.", got=classes, wanted=sorted(NAMES), mistake=mistake)
    same(observed(got, "class_ids"), right.speakers.class_ids, names)


@check("q4.split")
def test_split(student: Proxy, rng: np.random.Generator) -> None:
    """No recording in both parts; of each speaker's recordings the share, at least one; the same seed, the same parts."""
    counts = {"Ali": 2, "Mina": 5, "Omid": 7, "Sara": 10}
    rows = [(who, f"{who}-{k}") for who, count in counts.items() for k in range(count) for _ in range(rng.integers(2, 6))]
    order = rng.permutation(len(rows))
    speakers, cut_from = [rows[place][0] for place in order], [rows[place][1] for place in order]
    tests = []
    for seed in SEEDS:
        tests.append(_testing(student, speakers, cut_from, seed))
        held = {cut_from[row] for row in tests[-1]}
        leaked = held & {name for row, name in enumerate(cut_from) if row not in tests[-1]}
        message = "Clips of one recording are in both parts; its room and microphone are then known beforehand."
        ensure(not leaked, message, mistake="speakers__clips_split_at_random")
        found = [sum(name.startswith(who) for name in held) for who in counts]
        wanted = [max(1, int(SHARE * count + 0.5)) for count in counts.values()]
        message = "Of each speaker's recordings, the share should be for testing (rounded, at least one)."
        pooled = "speakers__split_over_all_speakers" if sum(found) == int(SHARE * sum(counts.values()) + 0.5) else ""
        ensure(found == wanted, message, got=found, wanted=wanted, inputs=counts, mistake=pooled)
        again = _testing(student, speakers, cut_from, seed)
        message = "The same seed should give the same parts, or two experiments are tested on different clips."
        ensure(again == tests[-1], message, mistake="speakers__split_not_repeatable")
    message = "Other seeds should draw other recordings."
    ensure(len({tuple(rows) for rows in tests}) > 1, message, mistake="speakers__last_recordings_tested")


def _testing(student: Proxy, speakers: list[str], cut_from: list[str], seed: int) -> list[int]:
    """The rows to test on, checked to be the rest of those to train on."""
    got = student.speakers.split_by_recording(speakers, cut_from, SHARE, seed)
    ensure(isinstance(got, list | tuple) and len(got) == 2, "split_by_recording should return two arrays of rows.", got=got)
    train: list[int]
    test: list[int]
    train, test = (numbers(rows, (-1,), "rows of split_by_recording").astype(int).tolist() for rows in got)
    message = "Each clip should be in exactly one of the two parts, its rows ascending."
    ensure(sorted([*train, *test]) == list(range(len(speakers))), message, got=got)
    ensure(train == sorted(train) and test == sorted(test), message, got=got)
    return test


@check("q4.standardize")
def test_standardize(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Both parts with the mean and deviation of the training part; constant columns are only centred."""
    scale, shift = np.exp(rng.normal(0, 1.5, size=6)), rng.normal(0, 3, size=6)
    train, other = (scale * rng.normal(size=(n, 6)) + shift for n in (40, 25))
    same(student.speakers.standardize, right.speakers.standardize, train, 0.5 * other + scale)
    train[:, 2] = 3.0
    same(student.speakers.standardize, right.speakers.standardize, train, other)


# Logistic regression


@check("q4.logistic")
def test_logistic(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Probabilities, loss and gradient of random models, with scores up to a thousand."""
    for n_classes, each, width in ((3, 4, 5), (5, 6, 13)):
        x, labels = random_rows(rng, n_classes, each, width)
        model = random_model(rng, width, n_classes)
        same(student.speakers.probabilities, right.speakers.probabilities, model, x)
        same(student.speakers.loss_and_gradient, right.speakers.loss_and_gradient, model, x, labels)
    same(student.speakers.probabilities, right.speakers.probabilities, model, 300 * x)


@check("q4.descent")
def test_descent(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """From zeros, every step with all clips: model and loss after few steps, and after the 1000 of 0.01 that are the default."""
    for n_classes, width, steps, rate in ((3, 4, 1, 0.5), (4, 6, 25, 0.2)):
        x, labels = random_rows(rng, n_classes, 8, width)
        got = student.speakers.train(x, labels, n_classes, steps, rate)
        if not difference(got, right.speakers.train(x, labels, n_classes, steps, -rate)):
            model = random_model(rng, width, n_classes)  # is it the step or the gradient that is turned?
            wanted = right.speakers.loss_and_gradient(model, x, labels)
            turned = difference(student.speakers.loss_and_gradient(model, x, labels), wanted)
            mistake = "speakers__gradient_turned_round" if turned else "speakers__step_uphill"
            ensure(False, "Each step leads uphill.", got=got, mistake=mistake)
        same(observed(got, "train"), right.speakers.train, x, labels, n_classes, steps, rate)
    x, labels = random_rows(rng, 3, 5, 3)
    got = same(student.speakers.train, right.speakers.train, x, labels, 3)
    ensure(np.all(np.diff(got["loss"]) <= FLAT), "With this step the loss should never rise.", got=got["loss"])


@check("q4.solver")
def test_solver(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """The lowest value of the penalised loss, found by whatever method: weak and strong penalties, classes of unequal size."""
    for n_classes, width, penalty in ((3, 4, 0.1), (4, 3, 0.01)):
        x, labels = random_rows(rng, n_classes, 12, width)
        kept = (labels != 0) | (rng.uniform(size=len(labels)) < 0.4)
        x, labels = x[kept] + 1.0, labels[kept]
        arguments = (x, labels, n_classes, penalty)
        best = right.speakers.solve(*arguments)
        got = model_of({"model": student.speakers.solve(*arguments)}, width, n_classes)
        excess = right.speakers.objective(got, x, labels, penalty) - right.speakers.objective(best, x, labels, penalty)
        if excess > SOLVED:
            got["b"] -= got["b"].mean()  # the same added to every bias changes nothing
            same(observed(got, "solve"), right.speakers.solve, *arguments, rtol=1e-3)
            ensure(False, "Another model has a clearly lower value of what should be smallest.", got=got, wanted=best)


@check("q4.report")
def test_report(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Answers of a random model, and the figures of random answers, with a speaker who is never named and one without clips."""
    model, x = random_model(rng, 6, 5), rng.normal(size=(40, 6))
    same(student.speakers.classify, right.speakers.classify, model, x)
    labels = rng.choice([0, 1, 2, 4], size=60, p=[0.5, 0.2, 0.1, 0.2])
    answers = np.where(rng.uniform(size=60) < 0.5, labels, rng.choice([0, 1, 2, 3], size=60))
    answers[answers == 4] = 1
    same(student.speakers.confusion_matrix, right.speakers.confusion_matrix, labels, answers, 5)
    got, wanted = student.speakers.report(labels, answers, 5), right.speakers.report(labels, answers, 5)
    turned = {
        name.replace("precision", "?").replace("recall", "precision").replace("?", "recall"): wanted[name] for name in wanted
    }
    swapped = difference(got, wanted) and not difference(got, turned)
    message = "precision divides by the answers of a class, recall by its clips; these two have changed places."
    ensure(not swapped, message, got=got, wanted=wanted, mistake="speakers__precision_and_recall_swapped")
    same(observed(got, "report"), right.speakers.report, labels, answers, 5)


# Training on voices


@check("q4.learns_trio")
def test_learns_trio(student: Proxy) -> None:
    """Your logistic regression on centroid, zero-crossing rate and RMS that we computed: who speaks in recordings not heard."""
    _award("q4.learns_trio", student)


@check("q4.learns_mfcc")
def test_learns_mfcc(student: Proxy) -> None:
    """From sound to name with all your own code: 13 mean MFCC, standardising, training, decision."""
    _award("q4.learns_mfcc", student)


def _award(name: str, student: Proxy) -> None:
    """Points by the share of clips of unheard recordings whose speaker is named."""
    data = recordings()
    right, groups = outcome(name, student, data)
    scale = difficulty(name, data)
    scaled = "" if scale == 1.0 else f", {right.mean():.3f}, times {scale:.2f} for these harder recordings"
    graded(scale * right, f"accuracy on recordings that the model has not heard{scaled}", groups=groups)
