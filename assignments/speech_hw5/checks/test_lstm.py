"""Public checks of question 4 and its bonus: worked examples, and a first small training."""

import numpy as np

from graders.kit import check, ensure, equal

CURVES = ("loss", "accuracy", "validation_loss", "validation_accuracy")


@check("q4.table")
def test_table(student):
    """LSTM 64, LSTM 64, Dense 64, Dropout, Dense 10 have 57 802 parameters for sequences of 13 coefficients."""
    kinds = ("LSTM", "LSTM", "Dense", "Dropout", "Dense")
    shapes, parameters = ([1291, 64], [64], [64], [64], [10]), (19968, 33024, 4160, 0, 650)
    rows = [
        {"layer": kind, "shape": shape, "parameters": count} for kind, shape, count in zip(kinds, shapes, parameters, strict=True)
    ]
    equal(student.lstm.layers("lstm_64_64", [1291, 13], 10), rows, what='layers("lstm_64_64", [1291, 13], 10)')


@check("q4.frames")
def test_frames(student, rng):
    """One row of 13 numbers for each whole frame: 42 for a second at 22 050 Hz, 31 at 16 kHz, 16 at 8 kHz."""
    for sample_rate, n_frames in ((22050, 42), (16000, 31), (8000, 16)):
        answer = student.lstm.mfcc_sequence(rng.uniform(-0.5, 0.5, size=sample_rate), sample_rate)
        fits = isinstance(answer, np.ndarray) and answer.shape == (n_frames, 13) and np.isfinite(answer).all()
        ensure(fits, f"For a second at {sample_rate} Hz, wanted finite numbers of shape {(n_frames, 13)}.", got=answer)


@check("q4.rows")
def test_rows(student):
    """Two frames of three coefficients averaged; two tracks of two frames scaled by the training part's own numbers."""
    sequence = np.array([[1.0, 2.0, 3.0], [3.0, 6.0, 5.0]])
    equal(student.lstm.time_mean(sequence), np.array([2.0, 4.0, 4.0]), what="time_mean", inputs=sequence)
    wanted = np.array([[2.0], [4.0], [4.0]])
    equal(student.lstm.coefficients_as_steps(sequence), wanted, what="coefficients_as_steps", inputs=sequence)
    train = np.array([[[1.0, 5.0], [3.0, 5.0]], [[5.0, 5.0], [7.0, 5.0]]])  # mean 4 and deviation sqrt(5); 5 and 0
    other = np.array([[[4.0, 6.0], [9.0, 4.0]]])
    pair = student.lstm.standardize(train, other)
    ensure(isinstance(pair, list | tuple) and len(pair) == 2, "standardize should return two arrays: train and other.", got=pair)
    scaled = np.array([[[-3.0, 0.0], [-1.0, 0.0]], [[1.0, 0.0], [3.0, 0.0]]]) / np.sqrt(5)
    equal(pair[0], scaled, what="the training part, standardised", inputs=(train, other))
    equal(pair[1], np.array([[[0.0, 1.0], [np.sqrt(5), -1.0]]]), what="the other part, standardised", inputs=(train, other))


@check("q4.first_training")
def test_first_training(student, rng):
    """Two melodies: the loss falls, the melodies are told apart, and the same seed gives the same curves."""
    melodies = rng.normal(size=(2, 6, 4))
    labels = np.arange(48) % 2
    inputs = melodies[labels] + 0.2 * rng.normal(size=(48, 6, 4))
    folder = student.scratch("first")
    how = {"epochs": 6, "learning_rate": 0.01, "batch_size": 8, "seed": 3, "folder": folder}
    given = ("lstm_64_64", inputs[:32], labels[:32], inputs[32:], labels[32:])
    got = student.lstm.train(*given, **how)
    ensure(
        isinstance(got, dict) and set(CURVES) <= set(got), f"train should return a dictionary with {', '.join(CURVES)}.", got=got
    )
    for name in CURVES:
        curve = got[name]
        is_curve = isinstance(curve, list | tuple | np.ndarray) and all(isinstance(one, float | int | np.number) for one in curve)
        ensure(is_curve and len(curve) == 6, f"{name} should be a list of 6 numbers, one for each epoch.", got=curve)
    first = got["loss"][0]
    ensure(0.3 < first < 3, "The first loss should be a mean cross-entropy, not far above log 10 = 2.3.", got=first)
    ensure(got["loss"][-1] < 0.7 * first, "The loss should fall clearly over six epochs.", got=got["loss"])
    rows = student.lstm.predict("lstm_64_64", inputs[32:], folder)
    fits = isinstance(rows, np.ndarray) and rows.shape == (16, 10)
    ensure(fits and np.allclose(rows.sum(axis=1), 1, atol=1e-3), "predict should return 16 rows of 10 probabilities.", got=rows)
    found = rows.argmax(axis=1)
    ensure(np.mean(found == labels[32:]) > 0.8, "Most melodies should be told apart.", got=found, wanted=labels[32:])
    again = student.lstm.train(*given, **how)
    equal(again["loss"], got["loss"], what="the loss of the same training once more", rtol=1e-3)


@check("q5.sizes")
def test_sizes(student):
    """The LSTM of 64 over 13 coefficients has 19 968 parameters, both ways 39 936; one of 128 has more than two of 64."""
    for arguments, wanted in (
        ((13, 64, False), 19968),
        ((13, 64, True), 39936),
        ((1, 128, False), 66560),
        ((1, 64, False), 16896),
    ):
        equal(student.lstm.lstm_parameters(*arguments), wanted, what=f"lstm_parameters{arguments}")
    equal(student.lstm.wide_minus_stacked(1), 16640, what="wide_minus_stacked(1)")
