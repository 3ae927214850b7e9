"""Hidden checks of the bonus: one wide layer against two narrow ones, reading both ways, and whether a difference is one."""

from __future__ import annotations

import numpy as np

from graders.kit import check, difference, ensure, same
from graders.kit.proxy import Proxy
from graders.speech_hw5.sequences import PLANS, accuracy, influence, probabilities, start_task, trained

BOTH_WAYS = ("bilstm_64_64", "bilstm_128")
P_VALUE = 0.01  # p-values may differ by so much: the exact, the normal and the chi-square form agree within it


@check("q5.parameters")
def test_parameters(student: Proxy, right: Proxy) -> None:
    """Parameters of one LSTM of any width and size, one way and both; how many more one of 128 has than two of 64."""
    for width, units in ((13, 64), (64, 64), (1, 128), (39, 20), (128, 7)):
        for both_ways in (False, True):
            same(student.lstm.lstm_parameters, right.lstm.lstm_parameters, width, units, both_ways)
    for width in (13, 39, 128, 2):
        same(student.lstm.wide_minus_stacked, right.lstm.wide_minus_stacked, width)


@check("q5.layers")
def test_layers(student: Proxy, right: Proxy) -> None:
    """The tables of the wide LSTM and of both networks that read both ways."""
    for name in ("lstm_128", *BOTH_WAYS):
        for shape, n_classes in (([1291, 13], 10), ([13, 1], 10), ([9, 6], 4)):
            same(student.lstm.layers, right.lstm.layers, name, shape, n_classes)


@check("q5.both_ways")
def test_both_ways(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """A network that reads both ways hears the first frame as well as the last; one that reads forward has forgotten it."""
    for name in BOTH_WAYS:
        heard = influence(student, rng, name, student.scratch(name))
        wrong_end = (
            "The first of fifty frames hardly moves the answer: the backward half is missing, or had not read the track yet."
        )
        table = student.lstm.layers(name, [50, 50], 10), right.lstm.layers(name, [50, 50], 10)
        mistake = "" if difference(*table) else "lstm__backward_half_at_its_start"  # both halves are there
        ensure(heard.first_frame > 0.2 * heard.last_frame, wrong_end, got=heard.__dict__, mistake=mistake)
        message = "The last of fifty frames hardly moves the answer: the forward half is not heard at its last step."
        ensure(heard.last_frame > 0.2 * heard.first_frame, message, got=heard.__dict__)
        ensure(heard.order > 1e-3 * heard.last_frame, "Frames in another order give the same answer.", got=heard.__dict__)
    heard = influence(student, rng, "lstm_128", student.scratch("lstm_128"))
    message = "The first of fifty frames moves a new LSTM of 128 as much as the last: it should read forward only."
    ensure(heard.first_frame < 0.2 * heard.last_frame, message, got=heard.__dict__)


@check("q5.start")
def test_start(student: Proxy, rng: np.random.Generator) -> None:
    """What is told in the first of forty frames is learned within four epochs by a network that reads both ways."""
    for key in ("q5.start", "q5.start.128"):
        plan, task = PLANS[key], start_task(rng)
        folder = student.scratch(plan.name)
        trained(student, task, plan, folder)
        rows = probabilities(student.lstm.predict(plan.name, task.asked, folder), len(task.asked), "predict")
        message = "A network that reads both ways should learn what the first frame tells; forward alone cannot so soon."
        ensure(accuracy(rows, task.asked_labels) >= 0.8, message, got=rows[:4])


@check("q5.compare")
def test_compare(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """p-values of two shares, and of two networks on the same tracks, with ties, without a difference and with a clear one."""
    for hits_a, hits_b, n in ((80, 91, 200), (84, 61, 200), (10, 30, 50), (45, 45, 90), (0, 0, 20)):
        same(student.lstm.compare_counts, right.lstm.compare_counts, hits_a, hits_b, n, atol=P_VALUE)
    for n, share_a, share_b in ((200, 0.40, 0.46), (200, 0.40, 0.60), (60, 0.5, 0.5)):
        luck = rng.random(n)  # tracks that are easy are easy for both
        correct_a = (0.7 * luck + 0.3 * rng.random(n) < share_a).astype(int)
        correct_b = (0.7 * luck + 0.3 * rng.random(n) < share_b).astype(int)
        same(student.lstm.compare, right.lstm.compare, correct_a, correct_b, atol=P_VALUE)
    same(student.lstm.compare, right.lstm.compare, np.ones(30, int), np.ones(30, int), atol=P_VALUE)
