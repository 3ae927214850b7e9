"""Hidden checks of question 4's open set: scores, thresholds and error rates, then outsiders at the door."""

from __future__ import annotations

from typing import Any

import numpy as np

from graders.kit import check, difference, ensure, graded, same
from graders.kit.proxy import Function, Proxy
from graders.speech_hw4.inputs import Array, numbers
from graders.speech_hw4.voices import (
    NOBODY,
    difficulty,
    judge,
    n_speakers,
    open_set,
    random_model,
    random_rows,
    trained,
    visitors,
)

Rows = tuple[Array, Any]
Arguments = tuple[Rows, Array, Rows, Rows, int, int]

FEW = 40  # iterations of a comparison on random rows


@check("q4.ways")
def test_ways(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Class and score of random rows by the three ways, by models and clips that we give."""
    for n_classes, width in ((3, 4), (5, 13)):
        x = rng.normal(size=(30, width))
        same(student.openset.by_probability, right.openset.by_probability, random_model(rng, width, n_classes), x)
        same(student.openset.by_background, right.openset.by_background, random_model(rng, width, n_classes + 1), x)
        train, labels = random_rows(rng, n_classes, 12, width)
        mixed = train @ rng.normal(size=(width, width)) + 2.0  # columns that depend on each other, away from zero
        same(student.openset.by_centroid, right.openset.by_centroid, mixed, labels, n_classes, mixed[:20] + x[:20])


@check("q4.decide")
def test_decide(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Who is let in at a threshold, also where a score stands exactly on it, and the shares of both errors."""
    scores, classes = np.round(rng.uniform(size=40), 1), rng.integers(0, 5, size=40)
    for threshold in (0.5, 0.3, 0.82):
        same(student.openset.decide, right.openset.decide, classes, scores, threshold)
        same(student.openset.false_acceptance, right.openset.false_acceptance, scores, threshold)
        same(student.openset.false_rejection, right.openset.false_rejection, scores[:30], threshold)


@check("q4.eer")
def test_eer(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """EER and its threshold for random scores of any scale: as many of both, few against many, tied, apart, and turned round."""
    for n_known, n_outsiders, apart in ((40, 40, 1.0), (60, 17, 2.0), (9, 50, 0.5)):
        known, outsiders = rng.normal(apart, 1, size=n_known), rng.normal(0, 1, size=n_outsiders)
        same(student.openset.eer, right.openset.eer, known, outsiders)
        same(student.openset.eer, right.openset.eer, np.round(known, 1), np.round(outsiders, 1))
    same(student.openset.eer, right.openset.eer, rng.uniform(2, 3, size=10), rng.uniform(0, 1, size=8))
    same(student.openset.eer, right.openset.eer, rng.uniform(0, 1, size=10), rng.uniform(2, 3, size=8))


@check("q4.compare")
def test_compare(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Random scores of two parts: the threshold is the first part's. Then all three ways on rows of made-up speakers."""
    for _ in range(3):
        scores = [rng.normal(middle, 1, size=n) for middle, n in ((1.5, 30), (0, 25), (1.0, 40), (0.2, 35))]
        same(student.openset.evaluate, right.openset.evaluate, *scores)
    arguments = _made_up(rng)
    got = student.openset.compare(*arguments)
    if difference(got, right.openset.compare(*arguments), place="compare(…)"):
        wanted = _of_her_pieces(student, right, arguments)  # a slip in `train` or in one way costs points there
        if found := difference(got, wanted, place="compare(…)"):
            same(Function(lambda *_: got, "openset", "compare"), right.openset.compare, *arguments)
            ensure(False, found.brief, got=got, wanted=wanted)


def _made_up(rng: np.random.Generator) -> Arguments:
    """Arguments of `compare`: three speakers and outsiders in four dimensions, near enough for every kind of error."""
    middles = rng.normal(0, 1.5, size=(3, 4))
    labels = [np.repeat(np.arange(3), n) for n in (15, 12, 14)]
    rows = [middles[whose] + rng.normal(size=(len(whose), 4)) for whose in labels]
    strangers = [np.array([1.0, -1.0, 2.0, 0.5]) + 1.5 * rng.normal(size=(n, 4)) for n in (10, 14, 16)]
    parts = [
        (np.concatenate([rows[k], strangers[k]]), np.concatenate([labels[k], np.full(len(strangers[k]), NOBODY)])) for k in (1, 2)
    ]
    return (rows[0], labels[0]), strangers[0], parts[0], parts[1], 3, FEW


def _of_her_pieces(student: Proxy, right: Proxy, arguments: Arguments) -> dict[str, dict[str, float]]:
    """What `compare` should give with her own `train` and ways, put together by the reference."""
    (x, labels), background, (before, known_before), (after, known_after), n_classes, steps = arguments
    joined = np.concatenate([x, background]), np.concatenate([labels, np.full(len(background), n_classes)])
    models = [trained(student, x, labels, n_classes, steps), trained(student, *joined, n_classes + 1, steps)]
    both = np.concatenate([before, after])
    answers = {
        "by_probability": student.openset.by_probability(models[0], both),
        "by_background": student.openset.by_background(models[1], both),
        "by_centroid": student.openset.by_centroid(x, labels, n_classes, both),
    }
    table = {}
    for name, found in answers.items():
        ensure(isinstance(found, dict) and {"class", "score"} <= set(found), f"{name} should return class and score.", got=found)
        classes, scores = (numbers(found[key], (len(both),), f"{key} of {name}") for key in ("class", "score"))
        first, second = scores[: len(before)], scores[len(before) :]
        known = known_before != NOBODY, known_after != NOBODY
        row = right.openset.evaluate(first[known[0]], first[~known[0]], second[known[1]], second[~known[1]])
        decided = right.openset.decide(classes[len(before) :], second, row["threshold"])
        table[name] = {**row, "identified": float(np.mean(decided == known_after))}
    return table


@check("q4.learns_outsiders")
def test_learns_outsiders(student: Proxy) -> None:
    """Five known voices, and others, noises and animals: your centroids, your threshold, your decision."""
    data = visitors()
    crowd = open_set(data)
    found = judge(student, crowd, n_speakers(data), "by_centroid")
    ensure(np.any(found.answers == NOBODY), "Nobody was turned away.", mistake="openset__never_rejects")
    outside = crowd.test.labels == NOBODY
    let_in, named = 1 - found.right[outside].mean(), found.right[~outside].mean()
    told = f"right answers at the door (outsiders let in {let_in:.2f}, known speakers named {named:.2f})"
    graded(difficulty("q4.learns_outsiders", data) * found.right, told, groups=crowd.test.recordings)
