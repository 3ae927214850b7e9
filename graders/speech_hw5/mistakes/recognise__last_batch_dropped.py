"""The last clips were left out because they did not fill a batch. The test part then is another one than that of whoever uses
another batch size, and before and after are no longer measured on the same clips. Give a transcript for every clip; the last
batch may be smaller.
"""


def measure(parts, clips, texts, sample_rate, language):
    whole = len(clips) // BATCH * BATCH or len(clips)
    transcripts = hear(clips[:whole], sample_rate, parts, language)
    return {"wer": normalized_wer(list(texts)[:whole], transcripts), "transcripts": transcripts}
