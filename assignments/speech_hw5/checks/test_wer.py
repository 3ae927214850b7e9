"""Public checks of the word error rate: the handout's examples, which you can follow by hand."""

from graders.kit import check, equal

SPOKEN = "سلام امروز هوا خیلی خوب است و من خوشحال هستم"
HEARD = "سلام امروز هوا خیلی خوب هست و من خشحال هستم."


@check("q3.examples")
def test_examples(student):
    """The counts and rates of the handout's examples."""
    for reference, hypothesis, hits, substitutions, deletions, insertions in (
        ("the cat sat on the mat", "the cat sat on the mat", 6, 0, 0, 0),
        ("the cat sat on the mat", "the cat sit on mat today", 4, 1, 1, 1),
        ("yes", "oh yes yes", 1, 0, 0, 2),
        ("a b c", "", 0, 0, 3, 0),
    ):
        wanted = {"hits": hits, "substitutions": substitutions, "deletions": deletions, "insertions": insertions}
        found = student.wer.counts(reference, hypothesis)
        equal(found, wanted, what=f"counts({reference!r}, {hypothesis!r})", inputs=(reference, hypothesis))
    texts = ["one two three four", "five"], ["one two three four", "six seven"]
    equal(student.wer.wer(*texts), 2 / 5, what="wer of the two utterances", inputs=texts)
    equal(student.wer.mean_wer(*texts), 1.0, what="mean_wer of the two utterances", inputs=texts)
    silent = ["", "a b"], ["x", "a"]
    equal(student.wer.wer(*silent), 1.0, what="wer where one reference is empty", inputs=silent)
    equal(student.wer.mean_wer(*silent), 0.5, what="mean_wer where one reference is empty", inputs=silent)
    equal(student.wer.cer(["سلام دنیا"], ["سلامدنیا"]), 1 / 9, what="cer where a space is missing")


@check("q3.spelling")
def test_spelling(student):
    """The handout's table of spellings, and its sentence: WER 3/10 as it stands, 2/10 after normalisation."""
    for text, wanted in (
        ("كتابي", "کتابی"),
        ("آب و أبر", "آب و ابر"),
        ("خانهٔ ما", "خانه ما"),
        ("مُحَمَّد", "محمد"),
        ("ســلام", "سلام"),
        ("می\u200cروم", "می روم"),
        ("۱۲ و ٣٤", "12 و 34"),
        ("«سلام»،دنیا!", "سلام دنیا"),
        ("\ufeff الف \t ب ", "الف ب"),
        ("ﻻله", "لاله"),
    ):
        equal(student.normalize.normalize(text), wanted, what=f"normalize({text!r})")
    equal(student.wer.wer([SPOKEN], [HEARD]), 0.3, what="wer of the sentence as it stands", inputs=(SPOKEN, HEARD))
    equal(student.wer.normalized_wer([SPOKEN], [HEARD]), 0.2, what="normalized_wer of the sentence", inputs=(SPOKEN, HEARD))
