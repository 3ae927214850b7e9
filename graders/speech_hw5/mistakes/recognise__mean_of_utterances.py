"""The WER of a test part is the mean of the utterances' own rates. In it a wrong word in a sentence of two counts five times as
much as in one of ten. `evaluate` returns the corpus WER: all errors over all words of the references. If you show the mean as
well, name both.
"""


def measure(parts, clips, texts, sample_rate, language):
    from wer import mean_wer

    transcripts = hear(clips, sample_rate, parts, language)
    means = mean_wer([normalize(text) for text in texts], [normalize(text) for text in transcripts])
    return {"wer": means, "transcripts": transcripts}
