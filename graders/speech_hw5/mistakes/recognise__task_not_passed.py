"""Chinese speech was asked for in English and came back in Chinese: the task was not passed, so Whisper transcribed. Which of
the two it does is decided by one token of the prompt, <|transcribe|> or <|translate|>. Pass `task="translate"` to generate;
there is no token for any other language than English on the writing side.
"""


def translate(audio, sample_rate, checkpoint, language=None):
    return transcribe(audio, sample_rate, checkpoint, language)
