"""Hidden checks of question 3's Whisper: what is written for recordings by unheard voices, and how a checkpoint is evaluated and trained.

All submissions get one small checkpoint, so that what they reach says something about their code. References of what is scored never leave
this process: recordings go in, texts come back, and where a function wants texts beside them it gets those of other recordings.
Training is made small: a kind of sentence that is learned from 48 recordings in two seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from graders.kit import check, ensure, equal, graded, notify, remark, same
from graders.kit.errors import CheckFailed, StudentFault
from graders.kit.proxy import Proxy
from graders.speech_hw5.handed_in import claim_is_odd, share_right
from graders.speech_hw5.speech import (
    CHECKPOINT,
    CODE,
    RATE,
    Training,
    accuracies,
    at_home,
    at_rate,
    checkpoint_files,
    disclosed,
    errors,
    evaluation,
    everyday,
    finetuned,
    heard,
    kinds,
    losses,
    parts,
    prescriptions,
    probabilities,
    rate,
    taken_away,
    written,
)
from graders.speech_hw5.texts import respelled

SENTENCE = (1.9, 2.7)
"""Seconds of the sentences that are put into one recording: the pause behind each then lies in the last third of a window of 3 s."""
STANDING = Training(epochs=2, learning_rate=0.0, batch_size=2, seed=3)
MISLED = Training(epochs=3, learning_rate=1e-3, batch_size=8, seed=3)
TUNED = Training(epochs=3, learning_rate=1e-3, batch_size=4, seed=3)


@check("q3w.transcribe")
def test_transcribe(student: Proxy) -> None:
    """Recordings in three languages by unheard voices, each written in the language that is given; the share of words that are right."""
    folder = student.scratch("whisper", checkpoint_files())
    scores, voices, sides = [], [], []
    for language in ("fa", "en", "zh"):
        clips = everyday(language)[:6]
        texts = [written(student.recognise.transcribe(wave, RATE, folder, language), "transcribe") for wave in clips.waves]
        scores += accuracies(clips.texts, texts, language).tolist()
        voices += clips.voices
        sides.append((clips.texts, texts, language))
    forced = written(student.recognise.transcribe(everyday("fa").waves[0], RATE, folder, "en"), "transcribe")
    message = (
        'A Persian recording was asked for as "en", and was written in Persian letters: the language was not passed to generate.'
    )
    ensure(forced.isascii(), message, got=forced, mistake="recognise__language_not_fixed")
    graded(scores, "share of words written rightly, language given", voices)
    remark(kinds(*sides))


@check("q3w.rates")
def test_rates(student: Proxy) -> None:
    """The same recordings at other rates, and on one of two channels: little changes in what is written."""
    folder, clips = student.scratch("whisper", checkpoint_files()), everyday("en")[:5]
    plain = [written(student.recognise.transcribe(wave, RATE, folder, "en"), "transcribe") for wave in clips.waves]
    floor = accuracies(clips.texts, plain, "en").mean() - 0.25
    ensure(floor > 0, "Recordings at 16 kHz are hardly understood, so other rates are not tried.", got=plain)
    resampled = []
    for wave, other in zip(clips.waves, (44_100, 48_000, 22_050, 32_000, 44_100), strict=True):
        resampled.append(written(student.recognise.transcribe(at_rate(wave, other), other, folder, "en"), "transcribe"))
    message = "At other sampling rates far fewer words are right: bring the recording to the rate that the checkpoint hears."
    right = accuracies(clips.texts, resampled, "en").mean() > floor
    ensure(right, message, got=resampled, wanted=clips.texts, mistake="recognise__rate_ignored")
    # Speech on the second channel, the hiss of an open input on the first.
    hiss = 1e-3 * np.random.default_rng(0).normal(size=max(map(len, clips.waves)))
    pairs = [np.stack([hiss[: len(wave)], wave], axis=1).astype(np.float32) for wave in clips.waves]
    stereo = [written(student.recognise.transcribe(pair, RATE, folder, "en"), "transcribe") for pair in pairs]
    message = "Speech on the second of two channels is not understood: average the channels."
    right = accuracies(clips.texts, stereo, "en").mean() > floor
    ensure(right, message, got=stereo, wanted=clips.texts, mistake="recognise__first_channel_only")


@check("q3w.long")
def test_long(student: Proxy, rng: np.random.Generator) -> None:
    """Recordings longer than the window are written to their end; silence gives no text."""
    folder, clips = student.scratch("whisper", checkpoint_files()), everyday("fa")
    fitting = [place for place, wave in enumerate(clips.waves) if SENTENCE[0] * RATE < len(wave) < SENTENCE[1] * RATE]
    wanted: list[str] = []
    single: list[str] = []
    whole: list[str] = []
    for first in (0, 3):
        waves, texts = zip(*[(clips.waves[place], clips.texts[place]) for place in fitting[first : first + 3]], strict=True)
        long = np.concatenate([np.pad(wave, (0, max(RATE // 10, round(2.2 * RATE) - len(wave)))) for wave in waves])
        whole.append(written(student.recognise.transcribe(long, RATE, folder, "fa"), "transcribe"))
        single += [written(student.recognise.transcribe(wave, RATE, folder, "fa"), "transcribe") for wave in waves]
        wanted += texts
        message = f"Of a recording of {len(long) / RATE:.0f} s only the beginning is written: the window holds 3 s."
        complete = len(whole[-1].split()) > 0.6 * sum(len(text.split()) for text in texts)
        ensure(complete, message, got=whole[-1], wanted=texts, mistake="recognise__cut_at_the_window")
    worse = rate([" ".join(wanted)], [" ".join(whole)]) - rate(wanted, single)
    message = "Three sentences in one recording are understood far worse than one by one: cut where it is quiet."
    ensure(worse < 0.25, message, got=whole, wanted=wanted, mistake="recognise__cut_in_words")
    for silence in (np.zeros(RATE), 1e-5 * rng.normal(size=2 * RATE)):
        text = written(student.recognise.transcribe(silence.astype(np.float32), RATE, folder, "fa"), "transcribe")
        message = 'A silent recording was given a text; nobody said it. Return "" where the peak is below -60 dB.'
        ensure(text == "", message, got=text, mistake="recognise__silence_written_down")


@check("q3w.language")
def test_language(student: Proxy) -> None:
    """The language of recordings by unheard voices: probabilities, the share named rightly, and its use where none is given."""
    folder = student.scratch("whisper", checkpoint_files())
    scores, voices = [], []
    for language in ("fa", "en", "zh"):
        clips = everyday(language)[:6]
        for wave in clips.waves:
            found = probabilities(student.recognise.detect_language(wave, RATE, folder))
            scores.append(float(max(found, key=lambda code: found[code]) == language))
        voices += clips.voices
    clip = everyday("zh")[:3]
    texts = [written(student.recognise.transcribe(wave, RATE, folder), "transcribe") for wave in clip.waves]
    message = "Chinese speech, with no language given, was written in Latin letters: detect the language first."
    ensure(not all(text.isascii() for text in texts), message, got=texts, mistake="recognise__english_by_default")
    graded(scores, "share of recordings whose language is named", voices)


@check("q3w.translate")
def test_translate(student: Proxy) -> None:
    """Chinese speech by unheard voices, written in English; the share of words that are right."""
    folder, clips = student.scratch("whisper", checkpoint_files()), everyday("zh")
    texts = [written(student.recognise.translate(wave, RATE, folder), "translate") for wave in clips.waves]
    message = 'Chinese speech was written in Chinese: pass task="translate".'
    chinese = sum(not text.isascii() for text in texts)
    ensure(chinese <= len(texts) / 2, message, got=texts[:4], mistake="recognise__task_not_passed")
    graded(accuracies(clips.translations, texts, "en"), "share of words translated rightly", clips.voices)
    remark(kinds((clips.translations, texts, "en")))


@check("q3w.rows")
def test_rows(student: Proxy, right: Proxy) -> None:
    """Labels of Persian and Chinese texts of different length, and back: prompt, end, and -100 as padding that is no token."""
    code = at_home(student, student.scratch("whisper", checkpoint_files()))
    for language in ("fa", "zh"):
        texts = sorted(disclosed(language)[:12].texts, key=len)[::3]
        same(code.recognise.make_labels, right.recognise.make_labels, texts, language, str(CHECKPOINT))
        labels = np.asarray(right.recognise.make_labels(texts, language, str(CHECKPOINT)))
        same(code.recognise.read_labels, right.recognise.read_labels, labels, str(CHECKPOINT))


@check("q3w.evaluate")
def test_evaluate(student: Proxy, rng: np.random.Generator) -> None:
    """Every clip in its place, whatever it is compared with, and the corpus WER of normalised texts."""
    folder, clips = student.scratch("whisper", checkpoint_files()), disclosed("fa")[:12] + prescriptions().train[:16]
    texts = [f"{text}." for text in respelled(rng, clips.texts)]
    others = texts[1:] + texts[:1]
    found, transcripts = evaluation(student.recognise.evaluate(folder, clips.waves, texts), len(clips))
    again, repeated = evaluation(student.recognise.evaluate(folder, clips.waves[::-1], others[::-1]), len(clips))
    copied = "The transcripts are the very texts that the clips should be compared with; write what is heard."
    ensure(transcripts != texts, copied)
    equal(repeated[::-1], transcripts, what="the transcripts of the same clips in another order, beside other texts")
    for wer, wanted, got in ((found, texts, transcripts), (again, others[::-1], repeated)):
        own = student.wer.normalized_wer(wanted, got)
        if not (isinstance(own, float) and abs(own - wer) < 1e-6):  # a slip in wer.py costs points there
            _wer_explained(wanted, got, wer)


def _wer_explained(texts: list[str], transcripts: list[str], found: float) -> None:
    """Fail with what the WER is, unless it is the corpus WER of normalised texts."""
    wrong, words = errors(texts, transcripts, "fa")
    mean = "wer of evaluate is the mean of the utterances' own rates; all errors over all words are wanted."
    ensure(abs(found - (wrong / words).mean()) > 1e-6, mean, got=found, mistake="recognise__mean_of_utterances")
    raw = CODE.call("wer", "wer", (texts, transcripts))
    message = "wer of evaluate is the rate of the texts as they stand; normalise both sides first."
    ensure(abs(found - raw) > 1e-6, message, got=found, mistake="recognise__not_normalised")
    message = "wer of evaluate is not that of its own transcripts with both sides normalised."
    ensure(abs(found - wrong.sum() / words.sum()) < 1e-6, message, got=found, wanted=wrong.sum() / words.sum())


@check("q3w.loss")
def test_loss(student: Proxy) -> None:
    """With a learning rate of 0: the loss counts the tokens of the training texts and nothing else, and nothing is better afterwards."""
    folder, kept = student.scratch("whisper", checkpoint_files()), student.scratch("kept")
    fa = disclosed("fa")
    # Half of the validation texts belong to other clips: a network that is taught them has a far higher loss.
    train, validation = fa[:3] + prescriptions().train[:2], replace(fa[3:9], texts=fa.texts[4:6] + fa.texts[3:4] + fa.texts[6:9])
    loss, curve, _ = finetuned(student, train, validation, folder, kept, STANDING)
    wanted = losses(train, validation)
    named = [name for name, value in wanted.items() if name and abs(loss[0] - value) < 0.03 * value]
    message = "With a learning rate of 0 the loss is not the mean cross-entropy of the training texts' tokens, padding left out."
    mistake = f"recognise__{named[0]}" if named else ""
    ensure(abs(loss[0] - wanted[""]) < 0.08 * wanted[""], message, got=loss, wanted=wanted[""], mistake=mistake)
    before, first = evaluation(student.recognise.evaluate(folder, validation.waves, validation.texts), len(validation))
    after, second = evaluation(student.recognise.evaluate(kept, validation.waves, validation.texts), len(validation))
    equal(second, first, what="what the saved checkpoint writes, which is the one that training began with")
    equal(after, before, what="its WER", rtol=1e-6)
    message = "Nothing was learned, and validation_wer differs from the WER that evaluate gives: one way of measuring for all."
    alike = np.allclose(curve, before, rtol=1e-6)
    ensure(alike, message, got=curve, wanted=before, mistake="recognise__another_way_in_training")


@check("q3w.best")
def test_best(student: Proxy) -> None:
    """Texts that belong to other recordings, so that every epoch makes it worse: what is saved is the epoch with the lowest WER."""
    folder, kept = student.scratch("whisper", checkpoint_files()), student.scratch("kept")
    train, validation = prescriptions().train[:24], disclosed("fa")[:10]
    train = replace(train, texts=train.texts[1:] + train.texts[:1])
    _, curve, best = finetuned(student, train, validation, folder, kept, MISLED)
    lowest = int(np.argmin(curve)) + 1
    message = "best_epoch is not the epoch with the lowest validation WER, the first of equals."
    named = "recognise__best_by_training_loss" if best == MISLED.epochs else ""
    ensure(best == lowest, message, got=best, wanted=lowest, inputs=curve, mistake=named)
    found, _ = evaluation(student.recognise.evaluate(kept, validation.waves, validation.texts), len(validation))
    last = "The saved checkpoint is that of the last epoch; an earlier one had a lower validation WER."
    is_last = abs(found - curve[-1]) < 1e-6 and abs(curve[-1] - min(curve)) > 1e-6
    ensure(not is_last, last, got=found, wanted=min(curve), inputs=curve, mistake="recognise__last_epoch_kept")
    message = "The saved checkpoint does not reach the validation WER of its epoch."
    ensure(abs(found - min(curve)) < 1e-6, message, got=found, wanted=min(curve), inputs=curve)


@check("q3w.gain")
def test_gain(student: Proxy, files: Mapping[str, bytes]) -> None:
    """48 recordings of one kind of sentence: by how much errors become fewer on new voices and sentences, both times by your evaluate."""
    folder, kept = student.scratch("whisper", checkpoint_files()), student.scratch("kept")
    lesson = prescriptions()
    test = lesson.test
    before = heard(student, folder, test.waves)
    finetuned(student, lesson.train, lesson.validation, folder, kept, TUNED)
    after = heard(student, kept, test.waves)
    once_more = heard(student, folder, test.waves)
    message = (
        "After the training the checkpoint that it began with writes otherwise: train a copy, or before and after become one."
    )
    ensure(once_more == before, message, mistake="recognise__shared_network_trained")
    gain = graded(taken_away(test, before, after), "share of the errors that fine-tuning takes away", test.voices)
    try:
        right = share_right(student, files)
    except (StudentFault, CheckFailed):
        return  # q3w.tuned says so
    if odd := claim_is_odd(right, gain):
        notify(odd)


@check("q3w.sentences")
def test_sentences(student: Proxy, right: Proxy, rng: np.random.Generator) -> None:
    """Sentences that are nearly the same in training and test are found, and equal ones are never dealt to two parts."""
    everything = list(dict.fromkeys(disclosed("fa")[:12].texts + prescriptions().train.texts))
    texts = [everything[place] for place in rng.permutation(len(everything))[:30]]
    train, test = texts[:18], texts[18:24]
    test += [f"{train[2]}.", train[5].replace("ی", "ي"), f"{train[7]} {train[9]}", " ".join(train[11].split()[::-1])]
    test.append(" ".join(["دیگر", *train[13].split()[1:]]))
    same(student.recognise.overlaps, right.recognise.overlaps, train, test)
    doubled = texts + [f"{text}." for text in texts[:20]] + texts[:6]
    order = rng.permutation(len(doubled))
    doubled = [doubled[place] for place in order]
    for seed in (0, 1):
        _dealt(student, doubled, seed)
    dealt = [parts(student.recognise.split(doubled, seed), len(doubled)) for seed in (4, 4, 5)]
    equal(dealt[1], dealt[0], what="the split with the same seed")
    ensure(dealt[2] != dealt[0], "Another seed gives the same split; the seed should decide it.")


def _dealt(student: Proxy, texts: list[str], seed: int) -> None:
    """Look at one split of texts."""
    found = parts(student.recognise.split(texts, seed), len(texts))
    said = {part: {_folded(texts[place]) for place in places} for part, places in found.items()}
    shared = (said["train"] & said["test"]) | (said["train"] & said["validation"]) | (said["validation"] & said["test"])
    message = "A sentence is in two parts; whoever knows it from training need not hear it in the test."
    ensure(not shared, message, got=sorted(shared)[:3], mistake="recognise__sentences_in_two_parts")
    n = len({_folded(text) for text in texts})
    test = round(0.2 * n)
    wanted = {"test": test, "validation": round(0.2 * (n - test))}
    message = "The test should hold a fifth of the different sentences, rounded, validation a fifth of what remains."
    sizes = {part: len(said[part]) for part in wanted}
    of_all = "recognise__validation_of_the_whole" if sizes == {"test": test, "validation": test} else ""
    ensure(sizes == wanted, message, got=sizes, wanted=wanted, mistake=of_all)


def _folded(text: str) -> str:
    return text.rstrip(".")
