"""Without a language the recording was taken for English. Chinese or Persian speech then comes out as English words, which looks
like a translation and is none. None is to mean that nobody knows: detect the language first, and write in the most probable
one.
"""


def transcribe(audio, sample_rate, checkpoint, language=None):
    return hear([audio], sample_rate, parts_of(checkpoint), language or "en")[0]


def translate(audio, sample_rate, checkpoint, language=None):
    return hear([audio], sample_rate, parts_of(checkpoint), language or "en", "translate")[0]
