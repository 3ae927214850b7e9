"""The texts were compared as they stand. A full stop at the end, an Arabic kaf or a half-space then makes a word wrong that was
heard rightly, and the rate says more about typing than about hearing. Put both sides through `normalize` when you score, with
the same function every time.
"""


def measure(parts, clips, texts, sample_rate, language):
    from wer import wer

    transcripts = hear(clips, sample_rate, parts, language)
    return {"wer": wer(list(texts), transcripts), "transcripts": transcripts}
