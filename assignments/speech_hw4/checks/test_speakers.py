"""Public checks of question 4: worked examples and properties, which you can follow by hand."""

import numpy as np

from graders.kit import check, ensure, equal

ALTERNATING = 0.5 * np.tile([1.0, 1.0, 0.0, -1.0], 100)  # 400 samples; zero counts as positive, so two changes of sign in four


@check("q4.sounds")
def test_sounds(student):
    """Two frames whose loudness, changes of sign and centroid can be worked out; rows of the right width."""
    level = np.concatenate([ALTERNATING, ALTERNATING[:160]])  # at 16 kHz: two frames of 400 samples, 160 apart
    equal(student.speakers.rms(level, 16000), np.full(2, 0.5 * np.sqrt(0.75)), what="rms of 0.5 × (1, 1, 0, −1, …)", inputs=level)
    rate = np.full(2, 199 / 400)  # the last change is into the next frame
    equal(student.speakers.zero_crossing_rate(level, 16000), rate, what="zero_crossing_rate of the same", inputs=level)
    tone = 0.5 * np.sin(2 * np.pi * 2000 * np.arange(560) / 16000)  # on an FFT bin: the spectrum is symmetric around it
    equal(student.speakers.spectral_centroid(tone, 16000), np.full(2, 2000.0), what="spectral_centroid of 2000 Hz", inputs=tone)
    equal(student.speakers.spectral_centroid(np.zeros(560), 16000), np.zeros(2), what="spectral_centroid of silence")
    clips = [level, tone, tone[:100]]
    for answer, width in (
        (student.speakers.spectral_trio(clips, 16000), 3),
        (student.speakers.mfcc_means(clips, 16000), 13),
    ):
        ensure(_shape(answer) == (3, width), f"For three clips, wanted finite numbers of shape (3, {width}).", got=answer)


def _shape(answer):
    """The shape of an answer that is finite numbers; None for anything else."""
    try:
        numbers = np.asarray(answer, dtype=float)
    except (TypeError, ValueError):
        return None
    return numbers.shape if np.isfinite(numbers).all() else None


@check("q4.timing")
def test_timing(student, rng):
    """A pool of three gives the rows that one worker gives, and `timing` returns its four answers. How fast is for your report."""
    clips = [rng.uniform(-0.5, 0.5, size=n) for n in (8000, 600, 800, 700, 900)]
    for kind in ("trio", "mfcc"):
        alone = student.speakers.extract(clips, 16000, kind, 1)
        equal(student.speakers.extract(clips, 16000, kind, 3), alone, what=f'extract of "{kind}" with 3 workers')
    found = student.speakers.timing(clips[1:], 16000, "trio", 2)
    whole = isinstance(found, dict) and {"serial", "pool", "speedup", "same"} <= set(found)
    ensure(whole, "timing should return a dictionary with serial, pool, speedup and same.", got=found)
    numbers = [found[name] for name in ("serial", "pool", "speedup")]
    positive = all(isinstance(number, int | float | np.number) and number > 0 for number in numbers)
    ensure(positive, "serial, pool and speedup should be numbers above 0.", got=found)
    right = abs(found["speedup"] * found["pool"] / found["serial"] - 1) < 0.01
    ensure(right, "speedup is serial / pool: 2 where the pool takes half the time.", got=found)
    ensure(found["same"] is True or found["same"] == 1, "same should be True: both ways give the same features.", got=found)


@check("q4.example")
def test_example(student):
    """Names to numbers, then a confusion matrix of six clips and what follows from it, as in the handout."""
    pair = student.speakers.class_ids(["Tutu", "Gandhi", "Tutu", "Mandela"])
    ensure(isinstance(pair, list | tuple) and len(pair) == 2, "class_ids should return two things: names and numbers.", got=pair)
    equal(list(pair[0]), ["Gandhi", "Mandela", "Tutu"], what="the names")
    equal(pair[1], np.array([2, 0, 2, 1]), what="the numbers")
    labels, answers = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 0, 1, 1, 0, 1])
    table = np.array([[2, 1, 0], [1, 1, 0], [0, 1, 0]])
    equal(student.speakers.confusion_matrix(labels, answers, 3), table, what="the confusion matrix", inputs=(labels, answers))
    wanted = {"accuracy": 1 / 2, "precision": [2 / 3, 1 / 3, 0], "recall": [2 / 3, 1 / 2, 0], "f1": [2 / 3, 2 / 5, 0]}
    wanted |= {"macro_precision": 1 / 3, "macro_recall": 7 / 18, "macro_f1": 16 / 45}
    equal(student.speakers.report(labels, answers, 3), wanted, what="the report", inputs=(labels, answers))


@check("q4.numeric_gradient")
def test_numeric_gradient(student, rng):
    """Your gradient against finite differences of your own loss, for every weight and bias of a small model."""
    x, labels = rng.normal(size=(7, 4)), np.array([0, 1, 2, 2, 1, 0, 2])
    model = {"W": rng.normal(size=(4, 3)), "b": rng.normal(size=3)}
    found = _gradient(student.speakers.loss_and_gradient(model, x, labels))
    for name, step in (("W", 1e-3), ("b", 1e-3)):
        slopes = np.zeros(model[name].shape)
        for place in np.ndindex(slopes.shape):
            ends = []
            for side in (step, -step):
                moved = {key: value.copy() for key, value in model.items()}
                moved[name][place] += side
                ends.append(_gradient(student.speakers.loss_and_gradient(moved, x, labels))["loss"])
            slopes[place] = (ends[0] - ends[1]) / (2 * step)
        equal(found[name], slopes, what=f"the gradient by {name}, wanted from finite differences", rtol=1e-3, atol=1e-4)


def _gradient(found):
    """What `loss_and_gradient` returned, after a look at its shape."""
    whole = isinstance(found, dict) and {"loss", "W", "b"} <= set(found)
    ensure(whole, "loss_and_gradient should return a dictionary with loss, W and b.", got=found)
    ensure(isinstance(found["loss"], int | float | np.number), "The loss should be one number.", got=found["loss"])
    ensure(np.isfinite(found["loss"]) and found["loss"] > 0, "The loss should be finite and above 0.", got=found["loss"])
    return found


@check("q4.open_example")
def test_open_example(student):
    """Errors, EER and decisions for a handful of scores, as in the handout."""
    known, outsiders = np.array([0.9, 0.8, 0.7, 0.3]), np.array([0.6, 0.4, 0.2, 0.1])
    equal(student.openset.false_acceptance(outsiders, 0.4), 0.5, what="false_acceptance at 0.4", inputs=outsiders)
    equal(student.openset.false_rejection(known, 0.8), 0.5, what="false_rejection at 0.8", inputs=known)
    equal(student.openset.eer(known, outsiders), {"eer": 0.25, "threshold": 0.6}, what="the EER", inputs=(known, outsiders))
    classes, scores = np.array([2, 0, 1]), np.array([0.9, 0.79, 0.8])
    equal(student.openset.decide(classes, scores, 0.8), np.array([2, -1, 1]), what="decide at 0.8", inputs=(classes, scores))
