"""Public checks of the features: worked examples and properties, which you can follow by hand."""

import numpy as np

from graders.kit import check, ensure, equal


@check("q2.frames")
def test_frames(student, rng):
    """MFCC are (T, 12) and all features (T, 36): 98 frames for a second at 16 kHz, one frame for a clip shorter than 25 ms."""
    for n_samples, sample_rate, n_frames in (
        (16000, 16000, 98),
        (4000, 8000, 48),
        (399, 16000, 1),
        (400, 16000, 1),
        (560, 16000, 2),
    ):
        clip = rng.uniform(-0.5, 0.5, size=n_samples)
        place = f"a clip of {n_samples} samples at {sample_rate} Hz"
        for answer, width in ((student.features.mfcc(clip, sample_rate), 12), (student.features.features(clip, sample_rate), 36)):
            fits = isinstance(answer, np.ndarray) and answer.shape == (n_frames, width) and np.isfinite(answer).all()
            ensure(fits, f"For {place}, wanted finite numbers in an array of shape {(n_frames, width)}.", got=answer)
    line = np.outer(np.arange(8.0), [1.0, -2.0])  # two columns that rise by 1 and fall by 2 in each frame
    wanted = np.outer([0.5, 0.8, 1, 1, 1, 1, 0.8, 0.5], [1.0, -2.0])  # the edge frames repeat, so the ends are less steep
    equal(student.features.delta(line), wanted, what="delta of two straight lines", inputs=line)


@check("q2.rows")
def test_rows(student):
    """Three clips of 2, 1 and 3 frames with two features each: padded, cut, averaged and standardised as in the handout."""
    clips = [np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[5.0, 6.0]]), np.array([[7.0, 8.0], [9.0, 10.0], [11.0, 12.0]])]
    wanted = [[1, 2, 3, 4, 0, 0], [5, 6, 0, 0, 0, 0], [7, 8, 9, 10, 11, 12]]
    equal(student.features.flatten(clips, 3), np.array(wanted, dtype=float), what="flatten(clips, 3)", inputs=clips)
    equal(student.features.flatten(clips, 2), np.array(wanted, dtype=float)[:, :4], what="flatten(clips, 2)", inputs=clips)
    equal(
        student.features.time_mean(clips), np.array([[2.0, 3.0], [5.0, 6.0], [9.0, 10.0]]), what="time_mean(clips)", inputs=clips
    )
    train, other = np.array([[1.0, 5.0], [3.0, 5.0]]), np.array([[4.0, 6.0]])  # means 2 and 5, deviations 1 and 0
    pair = student.features.standardize(train, other)
    ensure(isinstance(pair, list | tuple) and len(pair) == 2, "standardize should return two arrays: train and other.", got=pair)
    equal(pair[0], np.array([[-1.0, 0.0], [1.0, 0.0]]), what="the training part, standardised", inputs=(train, other))
    equal(pair[1], np.array([[2.0, 1.0]]), what="the other part, standardised", inputs=(train, other))
