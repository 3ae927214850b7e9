"""Public checks of question 4: the worked examples of the handout. They train nothing."""

import math

import numpy as np

from graders.kit import check, ensure, equal


@check("q4.inputs_example")
def test_inputs_example(student):
    """Normalisation, labels and windows of the handout's small utterances: zeros beyond the ends, nothing from the neighbour."""
    mfcc = np.array([[1.0, 5.0], [3.0, 5.0], [5.0, 5.0]])
    wanted = np.array([[-math.sqrt(1.5), 0], [0, 0], [math.sqrt(1.5), 0]])
    equal(student.phonemes.cepstral_normalize(mfcc), wanted, what="cepstral_normalize", inputs=mfcc)
    transcript = ["[SOS]", "[SIL]", "HH", "AY", "AY", "[SIL]", "[EOS]"]
    equal(student.phonemes.encode(transcript), np.array([0, 16, 6, 6, 0]), what="encode", inputs=transcript)
    equal(student.phonemes.frame_count(20), 41, what="frame_count(20)")
    rows = np.array([0, 2, 3, 4])
    wanted = np.array([[-1, 0, 1], [1, 2, -1], [-1, 3, 4], [3, 4, -1]])
    equal(student.phonemes.window_indices([3, 2], rows, 1), wanted, what="window_indices", inputs=([3, 2], rows, 1))
    two = [mfcc, np.array([[7.0, 8.0], [9.0, 10.0]])]
    wanted = np.array([[3.0, 5, 5, 5, 0, 0], [0, 0, 7, 8, 9, 10]])
    equal(student.phonemes.windows(two, np.array([2, 3]), 1), wanted, what="windows", inputs=(two, np.array([2, 3]), 1))
    wanted = np.array([[0, 0, math.sqrt(1.5), 0, 0, 0], [0, 0, -1, -1, 1, 1]])
    equal(student.phonemes.network_inputs(two, np.array([2, 3]), 1), wanted, what="network_inputs", inputs=two)


@check("q4.layers_example")
def test_layers_example(student):
    """The course's network has 588 288 + 21 546 = 609 834 parameters; the batches of its training part are 35 246."""
    got = student.phonemes.layers("mlp", [41, 28], 42)
    rows = got if isinstance(got, list | tuple) else []
    dense = [row for row in rows if isinstance(row, dict) and row.get("parameters")]
    wanted = [
        {"layer": "Dense", "shape": [512], "parameters": 588288},
        {"layer": "Dense", "shape": [42], "parameters": 21546},
    ]
    ensure(dense, "layers should return a list of dictionaries with layer, shape and parameters.", got=got, wanted=wanted)
    equal(dense, wanted, what="layers", inputs=("mlp", [41, 28], 42), rtol=0)
    equal(student.phonemes.batch_plan(36091157, 1024), {"batches": 35246, "last": 277}, what="batch_plan(36091157, 1024)", rtol=0)
    equal(student.phonemes.batch_plan(1928204, 1024), {"batches": 1884, "last": 12}, what="batch_plan(1928204, 1024)", rtol=0)


@check("q4.scores_example")
def test_scores_example(student):
    """Labels per utterance, accuracy over frames, confusions and the baseline of two short utterances."""
    table = np.full((5, 42), 0.01)
    table[np.arange(5), [0, 3, 3, 17, 0]] = 0.59
    found = [np.array([0, 3, 3]), np.array([17, 0])]
    equal(student.phonemes.frame_labels(table, [3, 2]), found, what="frame_labels", inputs=(table, [3, 2]))
    labels = [np.array([0, 3, 17]), np.array([17, -1])]
    equal(student.phonemes.frame_accuracy(found, labels), 0.75, what="frame_accuracy", inputs=(found, labels))
    counts = np.zeros((42, 42))
    counts[0, 0], counts[3, 3], counts[17, 3], counts[17, 17] = 1, 1, 1, 1
    equal(student.phonemes.confusion(found, labels), counts, what="confusion", inputs=(found, labels), rtol=0)
    each = np.full(42, np.nan)
    each[[0, 3, 17]] = 1, 1, 0.5
    got = student.phonemes.phoneme_accuracy(counts)
    equal(got, {"each": each, "mean": 2.5 / 3}, what="phoneme_accuracy", inputs=counts)
    inputs = ([np.array([0, 0, 5])], labels)
    equal(student.phonemes.majority_baseline(*inputs), 0.25, what="majority_baseline", inputs=inputs)
