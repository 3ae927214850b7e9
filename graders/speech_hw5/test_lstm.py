"""Hidden checks of question 4: features, the stacked LSTM's table, what it listens to, and how it is trained.

Weights of two trainings cannot be compared, and the check does not know how a submission keeps them. So what is compared is what any
right network does, whatever its library: which frames move its answer, what its curves are, what one more training changes.
"""

from __future__ import annotations

import numpy as np

from graders.kit import check, ensure, equal, graded, notify, same
from graders.kit.errors import CheckFailed, StudentFault
from graders.kit.proxy import Proxy
from graders.speech_hw5.sequences import (
    PLANS,
    Array,
    Plan,
    Task,
    accuracy,
    belief_in_last,
    claim_is_odd,
    cross_entropy,
    difficulty,
    heaps_task,
    influence,
    order_task,
    probabilities,
    retrained,
    trained,
    withheld,
)

NAME = "lstm_64_64"
QUICK = Plan(NAME, epochs=3, learning_rate=0.01, batch_size=16)
STANDING = Plan(NAME, epochs=2, learning_rate=0.0, batch_size=16)


@check("q4.layers")
def test_layers(student: Proxy, right: Proxy) -> None:
    """The table of the stacked LSTM for inputs of any length and width and any number of classes."""
    for shape, n_classes in (([1291, 13], 10), ([13, 1], 10), ([40, 26], 10), ([7, 5], 4)):
        same(student.lstm.layers, right.lstm.layers, NAME, shape, n_classes)


@check("q4.mfcc")
def test_mfcc(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """13 cepstra of each frame of random signals, at several sampling rates."""
    for n_samples, sample_rate in ((30_000, 22_050), (9_000, 8_000), (20_480, 16_000), (551, 22_050)):
        tone = np.sin(2 * np.pi * rng.uniform(100, 900) * np.arange(n_samples) / sample_rate)
        signal = 0.5 * tone * rng.uniform(0.2, 1, size=n_samples) + 0.02 * rng.normal(size=n_samples)
        same(student.lstm.mfcc_sequence, right.lstm.mfcc_sequence, signal, sample_rate, rtol=1e-3)


@check("q4.means")
def test_means(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """The average frame, and the same dressed as 13 steps of width 1."""
    for steps in (40, 13, 1):
        sequence = rng.normal(rng.normal(0, 3, size=13), 1, size=(steps, 13))
        same(student.lstm.time_mean, right.lstm.time_mean, sequence)
        same(student.lstm.coefficients_as_steps, right.lstm.coefficients_as_steps, sequence)


@check("q4.standardize")
def test_standardize(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Every coefficient by its mean and deviation over all frames of the training part, for both parts."""
    for n, m, steps, width in ((12, 5, 9, 13), (6, 6, 20, 4)):
        centre, spread = rng.normal(0, 5, size=width), rng.uniform(0.5, 4, size=width)
        drift = rng.normal(size=(steps, 1))  # what is played first differs from what is played last
        train = centre + drift + spread * rng.normal(size=(n, steps, width))
        other = centre + 1 + spread * rng.normal(size=(m, steps, width))
        train[:, :, 0] = other[:, :, 0] = 2.5
        same(student.lstm.standardize, right.lstm.standardize, train, other)


@check("q4.split")
def test_split(student: Proxy, rng: np.random.Generator) -> None:
    """Tracks are dealt to training and validation by artist: nobody is in both, a share of the artists validates."""
    for n_artists, share in ((20, 0.2), (15, 0.4), (40, 0.25)):
        artists = rng.permutation([f"artist{number:02d}" for number in range(n_artists)])
        groups = rng.permutation(np.repeat(artists, rng.integers(2, 9, size=n_artists)))
        drawn = [_mask(student.lstm.split(groups.tolist(), share, seed), len(groups)) for seed in (0, 0, 1, 2)]
        for mask in drawn:
            both = set(groups[mask]) & set(groups[~mask])
            message = "An artist has tracks in both parts; all tracks of an artist belong to one part."
            ensure(not both, message, got=sorted(both), mistake="lstm__tracks_split_at_random")
            wanted, found = share * n_artists, len(set(groups[mask]))
            ensure(
                abs(found - wanted) <= 1,
                "The share of the artists that validate is not the wanted one.",
                got=found,
                wanted=wanted,
            )
        equal(drawn[1], drawn[0], what="a second split with the same seed")
        ensure(any((mask != drawn[0]).any() for mask in drawn[2:]), "Other seeds give the same split; the seed should decide it.")


def _mask(value: object, n: int) -> np.ndarray:
    """A split's answer as (n,) True and False."""
    try:
        mask = np.asarray(value)
    except ValueError:  # rows of different length
        mask = np.empty(0)
    fits = mask.shape == (n,) and mask.dtype.kind in "bi" and bool(np.isin(mask, (0, 1)).all())
    ensure(fits, "split should return one True or False for each track: True where it validates.", got=value)
    return mask.astype(bool)


@check("q4.predict")
def test_predict(student: Proxy, rng: np.random.Generator) -> None:
    """Probabilities from stored weights: the same each time, for a track alone as among others, and as sure as the task is easy."""
    task, folder = heaps_task(rng), student.scratch("predict")
    trained(student, task, Plan(NAME, epochs=8, learning_rate=0.01, batch_size=16), folder)
    n = len(task.asked)
    rows = probabilities(student.lstm.predict(NAME, task.asked, folder), n, "predict")
    other = np.concatenate([task.asked[n // 2 :][::-1][: n // 2], task.asked[n // 2 :]])  # the second half stays
    others = probabilities(student.lstm.predict(NAME, other, folder), n, "predict")
    company = "What is said of a track changes with the tracks that stand before it; no track should know of another."
    ensure(np.allclose(rows[n // 2 :], others[n // 2 :], atol=1e-4), company, mistake="lstm__batch_taken_for_time")
    alike = probabilities(student.lstm.predict(NAME, np.repeat(task.asked[:1], 16, axis=0), folder), 16, "predict")
    message = "One and the same track, given sixteen times, gets different probabilities; dropout is for training only."
    ensure(np.ptp(alike, axis=0).max() < 1e-4, message, mistake="lstm__dropout_at_predict")
    ensure(
        np.allclose(alike[0], rows[0], atol=1e-4), "A track gets other probabilities among copies of itself than among others."
    )
    found = accuracy(rows, task.asked_labels)
    unsure = "Every track of this easy task is named, but hardly surer than by a guess: softmax was applied to probabilities."
    highest = float(rows.max())
    ensure(highest > 0.3, unsure if found > 0.8 else "The network stays at a guess.", got=highest, mistake="lstm__softmax_twice")
    ensure(found > 0.8, "After training, most tracks of this easy task should be named.", got=found)


@check("q4.time")
def test_time(student: Proxy, rng: np.random.Generator) -> None:
    """The LSTM reads along time: a new network's answer hangs on the latest frames, on their order, and on all coefficients alike."""
    heard = influence(student, rng, NAME, student.scratch("time"))
    moves = max(heard.first_frame, heard.last_frame, heard.last_coefficient)
    ensure(moves > 1e-6, "The answer does not depend on the input.", got=heard.__dict__)
    ensure(
        heard.order > 1e-3 * moves,
        "Frames in another order give the same answer: they were averaged before the LSTM read them.",
        got=heard.__dict__,
        mistake="lstm__frames_averaged_first",
    )
    ensure(
        heard.first_coefficient > 0.1 * heard.last_coefficient,
        "The first coefficients are forgotten, the last ones are not: the LSTM steps from coefficient to coefficient.",
        got=heard.__dict__,
        mistake="lstm__steps_over_coefficients",
    )
    ensure(
        heard.last_frame > 1e-3 * heard.first_frame,
        "The answer hangs on the first frame: the output of the first step was taken, when nothing else had been heard.",
        got=heard.__dict__,
        mistake="lstm__first_step_taken",
    )
    ensure(
        heard.first_frame < 0.2 * heard.last_frame,
        "The first of fifty frames moves a new network as much as the last: the outputs of all steps were averaged.",
        got=heard.__dict__,
        mistake="lstm__mean_over_outputs",
    )


@check("q4.curves")
def test_curves(student: Proxy, rng: np.random.Generator) -> None:
    """What the four curves are: met on the way with dropout on; validation after each epoch, with dropout off, of the weights saved."""
    easy = heaps_task(rng)
    # Labels that nobody can learn: the longer the training, the worse the validation, so the last epoch is not the best.
    task = Task(easy.inputs, easy.labels, easy.asked, (easy.asked_labels + rng.integers(1, 10, size=60)) % 10)
    folder = student.scratch("curves")
    found = trained(student, task, Plan(NAME, epochs=6, learning_rate=0.005, batch_size=16), folder)
    seen = probabilities(student.lstm.predict(NAME, task.inputs, folder), len(task.inputs), "predict")
    rows = probabilities(student.lstm.predict(NAME, task.asked, folder), len(task.asked), "predict")
    standing = student.scratch("still")
    still = trained(student, easy, STANDING, standing)
    pair = np.array([found["validation_loss"][-1], found["validation_accuracy"][-1]])
    wanted = np.array([cross_entropy(rows, task.asked_labels), accuracy(rows, task.asked_labels)])
    if not np.allclose(pair, wanted, rtol=2e-3, atol=1e-3):
        noisy = abs(still["validation_loss"][0] - still["validation_loss"][1]) > 1e-5
        _explain_validation(task, found, seen, rows, "lstm__dropout_in_validation" if noisy else "")
    start = cross_entropy(probabilities(student.lstm.predict(NAME, easy.inputs, standing), 120, "predict"), easy.labels)
    mean = "With a learning rate of 0, the training loss should be the mean cross-entropy over the tracks."
    summed = "lstm__loss_of_batches_summed" if 7 < still["loss"][0] / start < 9 else ""  # 120 tracks are 8 batches of 16
    ensure(abs(still["loss"][0] - start) < 0.1 * start, mean, got=still["loss"], wanted=start, mistake=summed)
    on = "With a learning rate of 0 two epochs have the very same training loss: dropout was off, or the curve was taken afterwards."
    ensure(abs(still["loss"][0] - still["loss"][1]) > 1e-6, on, got=still["loss"], mistake="lstm__dropout_left_out")


def _explain_validation(task: Task, found: dict[str, Array], seen: Array, rows: Array, otherwise: str) -> None:
    """Fail with what the last validation values are, since they are not those of the saved network on the validation tracks."""
    last = found["validation_loss"][-1]
    of_training = "The validation curves are those of the tracks that were learned from."
    ensure(
        abs(last - cross_entropy(seen, task.labels)) > 0.05, of_training, got=last, mistake="lstm__validated_on_training_tracks"
    )
    best = "The saved weights are not the last ones: those of the best validation epoch were kept."
    earlier = np.abs(found["validation_loss"][:-1] - cross_entropy(rows, task.asked_labels)) < 1e-3
    ensure(not earlier.any(), best, got=found["validation_loss"], mistake="lstm__best_epoch_kept")
    message = "The last validation loss and accuracy should be those of the saved network, with dropout off."
    ensure(False, message, got=last, wanted=cross_entropy(rows, task.asked_labels), mistake=otherwise)


@check("q4.fresh")
def test_fresh(student: Proxy, rng: np.random.Generator) -> None:
    """Every training starts from new weights that the seed decides; what is in one folder stays as another one is filled."""
    task = heaps_task(rng)
    folder, elsewhere = student.scratch("first"), student.scratch("second")
    first = trained(student, task, QUICK, folder, seed=5)["loss"]
    again = trained(student, task, QUICK, folder, seed=5)["loss"]
    # Ten classes: a network that knows nothing starts near log 10 = 2.3.
    goes_on = "A second training begins where the first one ended; build a new network in every call of train."
    ensure(again[0] > 0.5 * (first[0] + first[-1]), goes_on, got=again, wanted=first, mistake="lstm__warm_start")
    same_seed = "The same training with the same seed gives other curves; seed the generator in train."
    ensure(np.allclose(first, again, rtol=1e-3), same_seed, got=again, wanted=first)
    kept = probabilities(student.lstm.predict(NAME, task.asked, folder), len(task.asked), "predict")
    third = trained(student, task, QUICK, elsewhere, seed=6)["loss"]
    fixed = "Another seed gives the very same curves; the seed should decide the first weights and the order of the tracks."
    ensure(not np.allclose(first, third, rtol=1e-5), fixed, got=third, wanted=first, mistake="lstm__seed_ignored")
    rows = probabilities(student.lstm.predict(NAME, task.asked, folder), len(task.asked), "predict")
    mixed = (
        "After a training into another folder, predict answers otherwise for the first: it should use the weights of its folder."
    )
    ensure(np.allclose(rows, kept, atol=1e-4), mixed, mistake="lstm__folder_ignored")


@check("q4.order")
def test_order(student: Proxy, rng: np.random.Generator) -> None:
    """Tracks are shuffled in training; then two classes that differ only in what comes first are told apart."""
    leaning = belief_in_last(student, student.scratch("alike"))
    in_file_order = "What a network that can know nothing believes hangs on which class stood last: the tracks were not shuffled."
    ensure(leaning < 0.85, in_file_order, got=leaning, mistake="lstm__not_shuffled")
    task, folder, plan = order_task(rng), student.scratch("order"), PLANS["q4.order"]
    trained(student, task, plan, folder)
    rows = probabilities(student.lstm.predict(plan.name, task.asked, folder), len(task.asked), "predict")
    message = "Two classes that differ in the order of two bursts should be told apart; an LSTM over time can."
    ensure(accuracy(rows, task.asked_labels) >= 0.8, message, got=rows[:4])


@check("q4.retrained")
def test_retrained(student: Proxy) -> None:
    """Your training on tracks that we give, in 21 steps each: the share of tracks by other artists that is named."""
    correct, scale = retrained(student, student.scratch("genres")), difficulty()
    reached = graded(scale * correct, _what(scale), withheld()[2])
    try:
        claimed = _claimed(student).mean()
    except (StudentFault, CheckFailed):
        return  # q4.claimed says so
    if odd := claim_is_odd(float(scale * claimed), reached):
        notify(odd)


@check("q4.claimed")
def test_claimed(student: Proxy) -> None:
    """The network that you trained and handed in: the share of tracks by artists unknown to it that it names."""
    scale = difficulty()
    graded(scale * _claimed(student), _what(scale), withheld()[2])


def _claimed(student: Proxy) -> Array:
    """1 for each withheld track that the submission's own weights name, else 0."""
    sequences, labels, _ = withheld()
    rows = probabilities(student.lstm.classify(sequences.astype(np.float32), "weights"), len(labels), "classify")
    correct: Array = (rows.argmax(axis=1) == labels).astype(float)
    return correct


def _what(scale: float) -> str:
    scaled = "" if scale == 1.0 else f", times {scale:.2f} for these harder recordings"
    return f"share of tracks by unheard artists that are named{scaled}"
