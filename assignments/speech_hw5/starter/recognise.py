"""Speech HW5, question 3: Whisper. NumPy, PyTorch and transformers; normalize.py and wer.py are your own.

Fill in the functions; keep their names and arguments. You may add functions of your own. The handout defines every term.
checkpoint: str, a folder as `from_pretrained` reads it, such as checkpoint/ beside the handout, or a name on the hub.
audio: (n,), or (n, channels), in [-1, 1]; sample_rate: Hz, any.
clips: list of audio at one sample_rate; texts: list of str, what the clips say.
"""


def transcribe(audio, sample_rate, checkpoint, language=None):
    """What is said, in the language in which it is said: str, "" for silence.

    language: a code such as "fa"; None detects it.
    """
    raise NotImplementedError("transcribe is yours to write: see the handout, section q3w-transcribe")


def detect_language(audio, sample_rate, checkpoint):
    """How probable each language of the checkpoint is: {code: probability}, adding to 1."""
    raise NotImplementedError("detect_language is yours to write: see the handout, section q3w-transcribe")


def translate(audio, sample_rate, checkpoint, language=None):
    """What is said, in English: str. language: the one that is spoken; None detects it."""
    raise NotImplementedError("translate is yours to write: see the handout, section q3w-transcribe")


def make_labels(texts, language, checkpoint):
    """Rows of tokens that the decoder is to write, padded with -100: (N, L) integers."""
    raise NotImplementedError("make_labels is yours to write: see the handout, section q3w-labels")


def read_labels(labels, checkpoint):
    """The texts of labels (N, L), as a list of str."""
    raise NotImplementedError("read_labels is yours to write: see the handout, section q3w-labels")


def evaluate(checkpoint, clips, texts, sample_rate=16_000, language="fa"):
    """{"wer": corpus WER with both sides normalised, "transcripts": list of str, one for each clip, as they were written}."""
    raise NotImplementedError("evaluate is yours to write: see the handout, section q3w-evaluate")


def finetune(
    train_clips,
    train_texts,
    validation_clips,
    validation_texts,
    checkpoint,
    folder,
    *,
    epochs,
    learning_rate,
    batch_size,
    seed,
    sample_rate=16_000,
    language="fa",
):
    """Go on training a checkpoint, and save the epoch with the lowest validation WER into `folder`.

    Returns {"loss": one number for each epoch, "validation_wer": one for each, "best_epoch": counted from 1}.
    """
    raise NotImplementedError("finetune is yours to write: see the handout, section q3w-finetune")


def split(texts, seed):
    """Numbers of texts: {"train": [...], "validation": [...], "test": [...]}, no sentence in two parts."""
    raise NotImplementedError("split is yours to write: see the handout, section q3w-sentences")


def overlaps(train_texts, test_texts):
    """[[i, j], ...] in rising order: training text i and test text j are one sentence, or nearly."""
    raise NotImplementedError("overlaps is yours to write: see the handout, section q3w-sentences")
