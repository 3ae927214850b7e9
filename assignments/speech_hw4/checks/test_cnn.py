"""Public checks of the network on music genres: the tables of the handout, worked examples, and a first small training."""

import numpy as np

from graders.kit import check, ensure, equal

TWO_BLOCKS = [
    ("Conv2D", [126, 126, 32], 320),
    ("MaxPooling2D", [62, 62, 32], 0),
    ("BatchNormalization", [62, 62, 32], 128),
    ("Conv2D", [60, 60, 32], 9248),
    ("MaxPooling2D", [29, 29, 32], 0),
    ("BatchNormalization", [29, 29, 32], 128),
    ("Flatten", [26912], 0),
    ("Dense", [10], 269130),
]
ONE_BLOCK = [*TWO_BLOCKS[:3], ("Flatten", [123008], 0), ("Dense", [10], 1230090)]


@check("q3.image")
def test_image(student, rng):
    """Clips of any length and rate give (128, 128) from -80 to 0 dB; a tone of 1 kHz is a line along the time axis, at its pitch."""
    for n_samples, sample_rate in ((22050, 22050), (8000, 16000), (1500, 44100)):
        clip = rng.uniform(-0.5, 0.5, size=n_samples)
        got = student.cnn.spectrogram(clip, sample_rate)
        fits = isinstance(got, np.ndarray) and got.shape == (128, 128) and got.dtype.kind == "f" and np.isfinite(got).all()
        place = f"a clip of {n_samples} samples at {sample_rate} Hz"
        ensure(fits, f"For {place}, wanted finite numbers in an array of shape (128, 128).", got=got)
        ensure(
            got.min() >= -80.01 and got.max() <= 0.01, f"For {place}, wanted decibels from -80 to 0.", got=[got.min(), got.max()]
        )
    for sample_rate, band in ((22050, 38), (16000, 42)):  # the mel band whose peak is nearest to 1 kHz
        tone = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(2 * sample_rate) / sample_rate)
        got = student.cnn.spectrogram(tone, sample_rate)
        loudest = got[32:96].argmax(axis=1)
        steady = (np.abs(loudest - band) <= 1).all()
        ensure(steady, f"1 kHz at {sample_rate} Hz should be loudest in mel band {band}, at all times.", got=loudest, wanted=band)


@check("q3.tables")
def test_tables(student):
    """Both networks for 128 × 128 pictures and ten classes: 278 954 and 1 230 538 parameters."""
    for name, wanted in (("two_blocks", TWO_BLOCKS), ("one_block", ONE_BLOCK)):
        rows = [{"layer": layer, "shape": shape, "parameters": number} for layer, shape, number in wanted]
        equal(student.cnn.layers(name, (128, 128, 1), 10), rows, what=f'layers("{name}", (128, 128, 1), 10)', rtol=0)


@check("q3.report_values")
def test_report_values(student):
    """Seven clips in the order in which a folder lists them: names, matrix, precision, recall and baseline that you can count by hand."""
    genres = ["rock", "rock", "jazz", "blues", "rock", "jazz", "blues"]
    answer = student.cnn.encode(genres)
    ensure(isinstance(answer, list | tuple) and len(answer) == 2, "encode should return labels and names.", got=answer)
    labels, names = answer
    equal(names, ["blues", "jazz", "rock"], what="the names of encode", inputs=genres)
    equal(labels, np.array([2, 2, 1, 0, 2, 1, 0]), what="the labels of encode", inputs=genres, rtol=0)
    true, predicted = np.array([2, 2, 1, 0, 2, 1, 0]), np.array([2, 0, 1, 0, 2, 2, 0])
    inputs = (true, predicted)
    wanted = np.array([[2, 0, 0], [0, 1, 1], [1, 0, 2]])
    equal(student.cnn.confusion(true, predicted, 3), wanted, what="confusion", inputs=inputs, rtol=0)
    rows = [
        {"name": "blues", "precision": 2 / 3, "recall": 1.0, "f1": 0.8, "support": 2},
        {"name": "jazz", "precision": 1.0, "recall": 0.5, "f1": 2 / 3, "support": 2},
        {"name": "rock", "precision": 2 / 3, "recall": 2 / 3, "f1": 2 / 3, "support": 3},
    ]
    equal(student.cnn.report(true, predicted, ["blues", "jazz", "rock"]), rows, what="report", inputs=inputs)
    baseline = student.cnn.majority_baseline(true, np.array([2, 0, 0, 1]))
    equal(baseline, 0.25, what="majority_baseline", inputs=(true, [2, 0, 0, 1]))


@check("q3.parts")
def test_parts(student):
    """Four genres, five artists each, four clips by each: a fifth for testing is one artist of each genre, all four clips."""
    labels = np.repeat(np.arange(4), 20)
    artists = [f"artist {k:02d}" for k in np.repeat(np.arange(20), 4)]
    got = student.cnn.split(labels, artists, 0.2, 7)
    fits = isinstance(got, np.ndarray) and got.shape == (80,) and got.dtype == bool
    ensure(fits, "split should return 80 truth values: True for the clips of the test part.", got=got)
    equal(got.reshape(20, 4).sum(axis=1).max(), 4, what="the clips of a test artist in the test part", inputs=artists, rtol=0)
    equal(got.reshape(4, 20).sum(axis=1), np.array([4, 4, 4, 4]), what="test clips of each genre", inputs=artists, rtol=0)
    statistics = student.cnn.pixel_statistics(np.array([[[-80.0, -40.0]], [[-40.0, 0.0]]]))
    equal(statistics, {"mean": -40.0, "std": 28.284271}, what="pixel_statistics")
    other = student.cnn.standardize(np.array([[[-40.0, 0.0]]]), {"mean": -40.0, "std": 20.0})
    equal(other, np.array([[[0.0, 2.0]]]), what="standardize")


@check("q3.first_training")
def test_first_training(student, rng):
    """Forty small pictures with a bright band, high or low: it is learned, kept in the folder, and found again by predict."""
    labels = np.tile([0, 1], 20)
    images = rng.normal(-50, 8, size=(40, 16, 16))
    for image, label in zip(images, labels, strict=True):
        image[:, 8 * label : 8 * label + 8] += 20
    for name in ("two_blocks", "one_block"):
        folder = student.scratch(name)
        options = {"epochs": 6, "learning_rate": 0.005, "batch_size": 16, "seed": 1, "folder": folder}
        got = student.cnn.train(name, images, labels, images[:10], labels[:10], **options)
        curves = ("loss", "accuracy", "validation_loss", "validation_accuracy")
        complete = isinstance(got, dict) and set(curves) <= set(got)
        ensure(complete, f"train should return a dictionary with {', '.join(curves)}.", got=got)
        for curve in curves:
            is_list = isinstance(got[curve], list | tuple | np.ndarray) and len(got[curve]) == 6
            ensure(is_list, f"{curve} should be a list of 6 numbers, one for each epoch.", got=got[curve])
        ensure(got["loss"][-1] < got["loss"][0], "The loss should fall.", got=got["loss"])
        shares = student.cnn.predict(name, images, folder)
        fits = isinstance(shares, np.ndarray) and shares.shape == (40, 10) and shares.dtype.kind == "f"
        ensure(fits, "predict should return an array of shape (40, 10).", got=shares)
        equal(shares.sum(axis=1), np.ones(40), what="the sum of each row of predict", rtol=1e-3)
        easy = "After training, most of these easy pictures should be recognised."
        ensure(np.mean(shares.argmax(axis=1) == labels) > 0.8, easy, got=shares.argmax(axis=1), wanted=labels)
