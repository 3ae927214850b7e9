"""Hidden checks of question 4: cepstra, windows, layers and scores by comparison; training by what it leads to."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.kit import check, difference, ensure, graded, notify, same
from graders.kit.proxy import Function, Proxy
from graders.ml_hw5.frames import (
    N_MFCC,
    N_SYMBOLS,
    SILENCE,
    TINY_CONTEXT,
    Array,
    Experiment,
    Spoken,
    Whole,
    calibration,
    claimed,
    difficulty,
    learn,
    parts,
    predict,
    tiny,
    train,
)

WEIGHTS = "weights"
SYMBOLS = (
    *("[SIL]", "AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "D", "DH", "EH", "ER", "EY", "F", "G", "HH", "IH", "IY", "JH", "K"),
    *("L", "M", "N", "NG", "OW", "OY", "P", "R", "S", "SH", "T", "TH", "UH", "UW", "V", "W", "Y", "Z", "ZH", "[SOS]", "[EOS]"),
)


def utterances(rng: np.random.Generator, lengths: tuple[int, ...], width: int) -> list[Array]:
    """Random matrices, each with an offset and a scale of its own in every column."""
    return [
        rng.normal(0, 3, size=width) + rng.uniform(0.5, 9, size=width) * rng.normal(size=(length, width)).cumsum(axis=0) / 3
        for length in lengths
    ]


@check("q4.normalise")
def test_normalise(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Random utterances of different lengths, each coefficient with its own mean and spread; constant ones and one single frame."""
    for length, width in ((60, N_MFCC), (7, 5), (2, 3), (1, 4)):
        same(student.phonemes.cepstral_normalize, right.phonemes.cepstral_normalize, utterances(rng, (length,), width)[0])
    constant = utterances(rng, (9,), 4)[0]
    constant[:, 2] = 7.25
    same(student.phonemes.cepstral_normalize, right.phonemes.cepstral_normalize, constant)


@check("q4.encode")
def test_encode(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Transcripts of random symbols between [SOS] and [EOS], and each of the 40 symbols that a frame may have."""
    every = [SYMBOLS[k] for k in rng.permutation(N_SYMBOLS - 2)]
    for names in (every, [SYMBOLS[k] for k in rng.integers(0, N_SYMBOLS - 2, size=50)], ["AA"]):
        same(student.phonemes.encode, right.phonemes.encode, ["[SOS]", *names, "[EOS]"])


@check("q4.indices")
def test_indices(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Which frames a window is made of: contexts 0 to 20, utterances longer and shorter than the context, rows in any order."""
    for context in (0, 1, 2, 5, 12, 20):
        same(student.phonemes.frame_count, right.phonemes.frame_count, context)
        lengths = [int(length) for length in rng.integers(1, 30, size=6)]
        every = np.arange(sum(lengths))
        for rows in (every, rng.permutation(every)[:9], every[-1:]):
            same(student.phonemes.window_indices, right.phonemes.window_indices, lengths, rows, context)
    same(student.phonemes.window_indices, right.phonemes.window_indices, [1, 1, 1], np.array([2, 0, 1]), 2)
    same(student.phonemes.window_indices, right.phonemes.window_indices, [400, 7, 900], np.arange(395, 425), 20)


@check("q4.windows")
def test_windows(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """The windows themselves: frame after frame, zeros beyond the ends of the row's own utterance."""
    for lengths, width, context in (((9, 3, 14), 4, 2), ((5, 1, 2), 3, 6), ((30, 50, 8), N_MFCC, 20), ((6, 4), 5, 0)):
        given = utterances(rng, lengths, width)
        for rows in (np.arange(sum(lengths)), rng.permutation(sum(lengths))[:5]):
            same(student.phonemes.windows, right.phonemes.windows, given, rows, context)


@check("q4.inputs")
def test_inputs(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """From raw cepstra to what the network sees: each utterance is normalised by itself, then cut into windows."""
    for lengths, context in (((12, 5, 9), 3), ((25, 30), 20)):
        given = utterances(rng, lengths, N_MFCC)
        same(student.phonemes.network_inputs, right.phonemes.network_inputs, given, np.arange(sum(lengths)), context)


@check("q4.layers")
def test_layers(student: Proxy, right: Proxy) -> None:
    """Layers and parameters of the course's network for other contexts and numbers of classes; batches of an epoch."""
    for shape, classes in (((2 * 20 + 1, N_MFCC), N_SYMBOLS), ((2 * 7 + 1, N_MFCC), N_SYMBOLS), ((1, 13), 10)):
        got = student.phonemes.layers("mlp", list(shape), classes)
        rows = got if isinstance(got, list | tuple) else []
        weighted = [row for row in rows if isinstance(row, dict) and row.get("parameters")]  # an activation may stand there too
        if difference(weighted, right.phonemes.layers("mlp", list(shape), classes), rtol=0):
            same(observed(weighted or got, "layers"), right.phonemes.layers, "mlp", list(shape), classes, rtol=0)
    for frames, size in ((36_091_157, 1024), (2048, 1024), (2049, 1024), (5, 32)):
        same(student.phonemes.batch_plan, right.phonemes.batch_plan, frames, size, rtol=0)


@check("q4.scores")
def test_scores(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Labels per utterance, accuracy over frames, confusions, accuracy of each symbol, and the majority, with unknown labels too."""
    lengths = [40, 3, 17]
    table = rng.random((60, N_SYMBOLS))
    same(student.phonemes.frame_labels, right.phonemes.frame_labels, table / table.sum(axis=1, keepdims=True), lengths)
    for unknown in (0.0, 0.2):
        labels = [rng.choice([0, 0, 0, 0, 3, 17, 25, 39], size=length) for length in lengths]
        found = [np.where(rng.random(len(one)) < 0.6, one, rng.integers(0, 40, size=len(one))) for one in labels]
        found[1] = labels[1].copy()  # a short utterance that is all right
        labels = [np.where(rng.random(len(one)) < unknown, -1, one) for one in labels]
        same(student.phonemes.frame_accuracy, right.phonemes.frame_accuracy, found, labels)
        same(student.phonemes.confusion, right.phonemes.confusion, found, labels, rtol=0)
        counts = right.phonemes.confusion(found, labels)
        same(student.phonemes.phoneme_accuracy, right.phonemes.phoneme_accuracy, counts)
    others = [np.array([7, 7, 7, 0, 0]), np.array([0, 3, -1, -1, -1, -1])]
    same(
        student.phonemes.majority_baseline,
        right.phonemes.majority_baseline,
        [*others, np.array([7])],
        [np.array([7, 0, 0]), others[1]],
    )


def observed(value: Any, name: str) -> Function:
    """An answer at hand, dressed as a function of `phonemes.py`, so that `same` can compare it and name the mistake."""
    return Function(lambda module, function, args, kwargs: value, "phonemes", name)


# Training


def losses(table: Array, targets: Whole) -> Array:
    """Cross entropy of every frame."""
    return np.asarray(-np.log(np.maximum(table[np.arange(len(targets)), targets], 1e-12)))


def explain(told: float, found: Whole, part: Spoken, batch_size: int) -> str:
    """The known mistake that leads from these predictions to the accuracy told, or nothing."""
    hits = (found == part.targets).astype(float)
    batches = [hits[start : start + batch_size].mean() for start in range(0, len(hits), batch_size)]
    late = np.concatenate([np.append(one[1:], one[-1:]) for one in part.labels])
    meant = {
        "phonemes__mean_of_batch_means": float(np.mean(batches)),
        "phonemes__silence_left_out": float(hits[part.targets != SILENCE].mean()),
        "phonemes__labels_out_of_step": float((found == late).mean()),
    }
    return next((mistake for mistake, value in meant.items() if abs(told - value) < 1e-3), "")


@check("q4.history")
def test_history(student: Proxy, rng: np.random.Generator) -> None:
    """What train reports is what the saved weights do: loss and accuracy over all frames, after the epoch, on both parts."""
    seen, unseen = tiny(rng, (150, 90, 200, 70, 130)), tiny(rng, (100, 90, 71))
    how, folder = Experiment(0, 0, epochs=2, learning_rate=1e-3, batch_size=64), student.scratch("history")
    told = train(student, seen, unseen, how, context=TINY_CONTEXT, seed=3, folder=folder)
    for part, prefix, name in ((unseen, "validation_", "validation part"), (seen, "", "training part")):
        table, targets = predict(student, "mlp", part.utterances, folder, context=TINY_CONTEXT), part.targets
        found = table.argmax(axis=1)
        said, meant = float(told[f"{prefix}accuracy"][-1]), float((found == targets).mean())
        mistake = explain(said, found, part, how.batch_size)
        if not mistake and not prefix and said < meant - 0.02:
            mistake = "phonemes__running_accuracy"
        text = f"The last accuracy that train reports for the {name} is not that of the saved weights over all its frames."
        ensure(abs(said - meant) < 4e-3, text, got=said, wanted=meant, mistake=mistake)
        said, each = float(told[f"{prefix}loss"][-1]), losses(table, targets)
        again = losses(np.exp(table) / np.exp(table).sum(axis=1, keepdims=True), targets)
        twice = abs(said - again.mean()) < 2e-3
        text = f"The last loss that train reports for the {name} is not the mean cross entropy of what predict returns."
        fits = abs(said - each.mean()) < 0.01 + 0.01 * each.mean()
        ensure(fits, text, got=said, wanted=float(each.mean()), mistake="phonemes__softmax_in_the_loss" if twice else "")


def sorted_rows(table: Array) -> Array:
    """The rows of a table by their largest entry, so that two orders of the same rows compare as equal."""
    return np.asarray(table[np.argsort(table.max(axis=1))])


@check("q4.predict")
def test_predict(student: Proxy, rng: np.random.Generator) -> None:
    """Predictions for every frame, in order; those of an utterance do not depend on the others, its loudness or its channel."""
    seen = tiny(rng, (150, 90, 200, 70, 130))
    folder, how = student.scratch("predict"), Experiment(0, 0, epochs=2, learning_rate=1e-3, batch_size=64)
    train(student, seen, seen, how, context=TINY_CONTEXT, seed=1, folder=folder)
    given = tiny(rng, (60, 2, 45, 1, 30)).utterances

    def run(some: list[Any]) -> Array:
        return predict(student, "mlp", some, folder, context=TINY_CONTEXT)

    alone, together = np.concatenate([run([one]) for one in given]), run(given)
    moved = np.abs(alone - together).max(axis=1)
    shuffled = moved.max() > 1e-3 and float(np.abs(sorted_rows(alone) - sorted_rows(together)).max()) < 1e-3
    text = "predict returns the right rows in another order than that of the utterances."
    ensure(not shuffled, text, mistake="phonemes__shuffled_at_predict")
    edges = np.zeros(len(moved), dtype=bool)
    for end in np.cumsum([len(one) for one in given])[:-1]:
        edges[max(end - TINY_CONTEXT, 0) : end + TINY_CONTEXT] = True
    near = moved[~edges].max() < 1e-3 < moved[edges].max()
    text = "The predictions for an utterance depend on which utterances stand beside it."
    ensure(moved.max() < 1e-3, text, mistake="phonemes__windows_across_borders" if near else "")
    plain = given[:1]
    channel = [(one * rng.uniform(0.5, 2, N_MFCC) + rng.normal(0, 5, N_MFCC)).astype(np.float32) for one in plain]
    rows = np.arange(len(plain[0]))
    inputs = [student.phonemes.network_inputs(some, rows, TINY_CONTEXT) for some in (channel, plain)]
    text = "predict changes with an offset and a factor on the cepstra, which the normalisation of each utterance takes out."
    elsewhere = (
        "" if difference(*inputs, atol=1e-3) else "phonemes__training_statistics_at_predict"
    )  # network_inputs does it right
    ensure(np.abs(run(channel) - run(plain)).max() < 1e-2, text, mistake=elsewhere)


@check("q4.repeat")
def test_repeat(student: Proxy, rng: np.random.Generator) -> None:
    """The same seed leads to the same network, another seed to another; the seed decides, not the clock."""
    seen, how = tiny(rng, (150, 90)), Experiment(0, 0, epochs=1, learning_rate=1e-3, batch_size=64)
    tables = []
    for number, seed in enumerate((11, 11, 12)):
        folder = student.scratch(f"repeat{number}")
        train(student, seen, seen, how, context=TINY_CONTEXT, seed=seed, folder=folder)
        tables.append(predict(student, "mlp", seen.utterances, folder, context=TINY_CONTEXT))
    text = "Two trainings with the same seed lead to different networks: fix the weights and the order of the frames by the seed."
    ensure(np.abs(tables[0] - tables[1]).max() < 1e-3, text, mistake="phonemes__seed_ignored")
    text = "Trainings with two different seeds lead to one and the same network: use the seed that train is given."
    ensure(np.abs(tables[0] - tables[2]).max() > 1e-3, text, mistake="phonemes__seed_fixed")


@check("q4.learns")
def test_learns(student: Proxy) -> None:
    """Your code trains the course's network on two utterances of each training voice: accuracy on the frames of withheld voices."""
    everything = parts()
    got = learn(student, everything, student.scratch("learns"))
    text = "The predictions fit the frames before or after better than their own: labels and windows are out of step in train."
    ensure(got.shift == 0, text, got=got.shift, mistake="phonemes__labels_out_of_step")
    graded(got.hits * difficulty(everything), "accuracy on withheld voices, small training", groups=got.voices)


@check("q4.claimed")
def test_claimed(student: Proxy) -> None:
    """Your best network, from the weights that you hand in: accuracy on the frames of withheld voices, by our cut-offs."""
    got, known = claimed(student, parts(), WEIGHTS)
    reached = graded(got.hits, "accuracy on withheld voices, weights handed in", groups=got.voices)
    limits = calibration()["claimed"]
    if reached > limits["highest"]:
        notify(
            f"The weights reach {reached:.3f} on withheld voices, far above the networks that we know ({limits['highest']:.3f})."
        )
    if known - reached < limits["smallest_gap"]:
        notify(
            f"The weights are about as good on withheld voices ({reached:.3f}) as on training voices ({known:.3f}; a gap of at least "
            f"{limits['smallest_gap']:.2f} is usual): were the withheld voices learned from?"
        )
