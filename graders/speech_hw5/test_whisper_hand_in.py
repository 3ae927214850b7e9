"""Hidden checks of what question 3 hands in beside code: a fine-tuned checkpoint, and transcripts of the recordings in the kit."""

from __future__ import annotations

from collections.abc import Mapping

from graders.kit import check, ensure, graded, notify, remark
from graders.kit.proxy import Proxy
from graders.speech_hw5.handed_in import (
    AGREE,
    TRANSCRIPTS,
    TUNED,
    apart,
    ensure_checkpoint,
    in_kit,
    share_right,
    transcripts,
    transcripts_are_odd,
    withheld,
)
from graders.speech_hw5.speech import accuracies, checkpoint_files, heard, kinds, taken_away


@check("q3w.tuned")
def test_tuned(student: Proxy, files: Mapping[str, bytes]) -> None:
    """Sentences of the practice that nobody was given, by other voices, written with your checkpoint; the share of words that are right."""
    ensure_checkpoint(files)
    clips = withheld()
    texts = heard(student, TUNED, clips.waves)
    short = sum(len(text.split()) for text in texts) < 0.75 * sum(len(text.split()) for text in clips.texts)
    message = "Of most recordings only the first words are written: let generate go on until it writes <|endoftext|>."
    ensure(not short, message, got=texts, mistake="recognise__cut_short")
    graded(accuracies(clips.texts, texts, "fa"), "share of words written rightly with your checkpoint", clips.voices)
    remark(kinds((clips.texts, texts, "fa")))


@check("q3w.reduced")
def test_reduced(student: Proxy, files: Mapping[str, bytes]) -> None:
    """The same recordings, written with the kit's checkpoint and with yours; the share of the errors that are gone."""
    ensure_checkpoint(files)
    clips = withheld()
    before = heard(student, student.scratch("whisper", checkpoint_files()), clips.waves)
    after = heard(student, TUNED, clips.waves)
    message = (
        "With your checkpoint your code writes what it writes with the kit's: it learned nothing, or it is not the one in use."
    )
    ensure(after != before, message, mistake="recognise__first_checkpoint_for_all")
    graded(taken_away(clips, before, after), "share of the errors that your checkpoint takes away", clips.voices)


@check("q3w.transcripts")
def test_transcripts(student: Proxy, files: Mapping[str, bytes]) -> None:
    """transcripts.csv holds what your code writes with your checkpoint for the kit's recordings; the share of words that are right."""
    ensure_checkpoint(files)
    told, clips = transcripts(files), in_kit()[1]
    before = heard(student, student.scratch("whisper", checkpoint_files()), clips.waves)
    own = heard(student, TUNED, clips.waves)
    if apart(own, told) > AGREE:
        turned = heard(student, TUNED, clips.waves[::-1])[::-1]
        message = "For the same recordings in another order your code writes other texts: decode greedily, do not draw tokens."
        ensure(apart(own, turned) <= AGREE, message, mistake="recognise__sampled")
        _explain(told, own, before)
    right = graded(accuracies(clips.texts, told, "fa"), f"share of words right in {TRANSCRIPTS}", clips.voices)
    remark(kinds((clips.texts, told, "fa")))
    if odd := transcripts_are_odd(right, share_right(student, files)):
        notify(odd)


def _explain(told: list[str], own: list[str], before: list[str]) -> None:
    """Fail with where transcripts come from that are not what the code writes with the checkpoint handed in."""
    base = f"{TRANSCRIPTS} holds what your code writes with the kit's checkpoint: write it with the one that you hand in."
    ensure(apart(before, told) > AGREE, base, got=told[:4], wanted=own[:4])
    order = f"{TRANSCRIPTS} holds the transcripts of your code, but beside the ids of other recordings: texts and ids are out of step."
    ensure(apart(sorted(own), sorted(told)) > AGREE, order, got=told[:4], wanted=own[:4])
    share = min(1.0, apart(own, told))
    message = (
        f"In {TRANSCRIPTS} {share:.0%} of the words differ from what your code writes with {TUNED}/ for these recordings: one pipeline,"
        " one checkpoint, one set of recordings for both."
    )
    ensure(False, message, got=told[:4], wanted=own[:4])
