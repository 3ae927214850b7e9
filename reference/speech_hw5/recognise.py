"""Speech HW5, question 3: transcribe, detect the language, translate, and fine-tune with Whisper (Radford et al., 2022).

`checkpoint` is everywhere a folder as `from_pretrained` reads it, or a name on the hub such as "openai/whisper-small". Audio is (n,), or
(n, channels), in [-1, 1], at any rate and of any length.

One rule runs through the file: everything that is compared was written by the same function, `write`, with the same settings. Word error
rates before and after fine-tuning say something only then.
"""

import math
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from normalize import normalize
from torch.nn import functional
from transformers import WhisperFeatureExtractor, WhisperForConditionalGeneration, WhisperTokenizer
from wer import counts, normalized_wer

SILENCE_DB = -60.0  # dB of full scale: a recording whose peak is lower holds no speech, and Whisper would invent some
QUIETEST_S = 0.1  # long recordings are cut in the middle of the quietest stretch of this length
IGNORED = -100  # a label that the loss leaves out; it is no token
BATCH = 16  # windows written at once
WARM_UP = 0.1  # share of the steps in which the learning rate rises
NEAR = 0.2  # two texts of which at most this share of words differs are one sentence
TEST_SHARE = VALIDATION_SHARE = 0.2  # of all texts, and of those that remain


# From samples to what the network hears.


@lru_cache(maxsize=4)
def load(checkpoint, saved_at):
    """Network, tokenizer and feature extractor of a checkpoint; `saved_at` makes a folder that was written anew another one."""
    network = WhisperForConditionalGeneration.from_pretrained(checkpoint, use_safetensors=True)
    parts = network.float().eval(), WhisperTokenizer.from_pretrained(checkpoint)
    return *parts, WhisperFeatureExtractor.from_pretrained(checkpoint)


def parts_of(checkpoint):
    """The three parts, loaded once, for whoever only listens: do not train this network."""
    weights = Path(checkpoint) / "model.safetensors"
    return load(str(checkpoint), weights.stat().st_mtime_ns if weights.is_file() else 0)


def prepare(audio, sample_rate, wanted):
    """One channel at the wanted rate: the mean of the channels, (n,) float32.

    The rate is changed in the spectrum: what lies above half the lower rate is left out.
    """
    samples = np.asarray(audio, dtype=np.float64)
    samples = samples.mean(axis=1) if samples.ndim == 2 else samples
    if not samples.size or not np.isfinite(samples).all():
        raise ValueError("the recording has no samples, or some that are no numbers: read the file again")
    length = round(len(samples) * wanted / sample_rate)
    if length != len(samples):
        spectrum = np.fft.rfft(samples)[: length // 2 + 1]
        samples = np.fft.irfft(spectrum, length) * length / len(samples)
    return samples.astype(np.float32)


def windows(samples, length, rate):
    """Samples (n,) in pieces of at most `length`, cut where it is quietest in the last third, so that no word is cut in two."""
    pieces, stretch = [], round(QUIETEST_S * rate)
    while len(samples) > length:
        first = 2 * length // 3
        power = np.convolve(samples[first:length].astype(np.float64) ** 2, np.ones(stretch), mode="valid")
        cut = first + int(power.argmin()) + stretch // 2
        pieces.append(samples[:cut])
        samples = samples[cut:]
    return [*pieces, samples]


def silent(samples):
    """Whether there is nothing to hear in samples (n,)."""
    return np.abs(samples).max() < 10 ** (SILENCE_DB / 20)


def log_mel(pieces, extractor):
    """Frames (N, mel bands, frames) of pieces (n_i,), each padded with silence to the window."""
    return extractor(pieces, sampling_rate=extractor.sampling_rate, return_tensors="pt").input_features


# Writing: the one function, and what is made of it.


def write(network, tokenizer, frames, language, task="transcribe"):
    """Texts of windows (N, mel bands, frames): greedy, without timestamps, in a language and for a task that are given."""
    texts = []
    for block in frames.split(BATCH):
        with torch.inference_mode():
            ids = network.generate(
                block,
                attention_mask=torch.ones(block.shape[::2], dtype=torch.long),
                language=language,
                task=task,
                num_beams=1,
                do_sample=False,
                return_timestamps=False,
            )
        texts += tokenizer.batch_decode(ids, skip_special_tokens=True)
    return [text.strip() for text in texts]


def hear(clips, sample_rate, parts, language, task="transcribe"):
    """Texts of recordings of any length; windows of all of them are written together. Silence gives ""."""
    network, tokenizer, extractor = parts
    pieces, owners = [], []
    for place, clip in enumerate(clips):
        samples = prepare(clip, sample_rate, extractor.sampling_rate)
        loud = [piece for piece in windows(samples, extractor.n_samples, extractor.sampling_rate) if not silent(piece)]
        pieces += loud
        owners += [place] * len(loud)
    texts = [""] * len(clips)
    if pieces:
        for owner, text in zip(owners, write(network, tokenizer, log_mel(pieces, extractor), language, task), strict=True):
            texts[owner] = f"{texts[owner]} {text}".strip()
    return texts


def transcribe(audio, sample_rate, checkpoint, language=None):
    """What is said, in the language in which it is said.

    language: a code such as "fa"; None detects it. Returns str, "" for silence.
    """
    return hear([audio], sample_rate, parts_of(checkpoint), language or most_probable(audio, sample_rate, checkpoint))[0]


def translate(audio, sample_rate, checkpoint, language=None):
    """What is said, in English: Whisper's translate task writes no other language."""
    spoken = language or most_probable(audio, sample_rate, checkpoint)
    return hear([audio], sample_rate, parts_of(checkpoint), spoken, "translate")[0]


def detect_language(audio, sample_rate, checkpoint):
    """How probable each language of the checkpoint is, from the first window: {code: probability}, adding to 1.

    The token behind <|startoftranscript|> names the language; all other tokens are left out before the softmax.
    """
    network, _, extractor = parts_of(checkpoint)
    samples = prepare(audio, sample_rate, extractor.sampling_rate)
    frames = log_mel(windows(samples, extractor.n_samples, extractor.sampling_rate)[:1], extractor)
    languages = network.generation_config.lang_to_id  # {"<|en|>": id, ...}
    start = torch.full((1, 1), network.config.decoder_start_token_id)
    with torch.inference_mode():
        logits = network(input_features=frames, decoder_input_ids=start).logits[0, 0, list(languages.values())]
    probabilities = logits.double().softmax(-1).tolist()
    return {token.strip("<|>"): probability for token, probability in zip(languages, probabilities, strict=True)}


def most_probable(audio, sample_rate, checkpoint):
    """The code of the language that is probably spoken."""
    found = detect_language(audio, sample_rate, checkpoint)
    return max(found, key=found.get)


# Labels: what the decoder should write, and what it is told while it learns.


def make_labels(texts, language, checkpoint):
    """Rows of tokens, padded with -100 behind the longest row's end: (N, L) int64.

    A row is <|language|> <|transcribe|> <|notimestamps|> text <|endoftext|>. <|startoftranscript|> is no label: the decoder is given it.
    """
    tokenizer = parts_of(checkpoint)[1]
    prompt = tokenizer.convert_tokens_to_ids([f"<|{language}|>", "<|transcribe|>", "<|notimestamps|>"])
    pieces = tokenizer(list(texts), add_special_tokens=False).input_ids
    rows = [[*prompt, *row, tokenizer.eos_token_id] for row in pieces]
    labels = np.full((len(rows), max(map(len, rows))), IGNORED, dtype=np.int64)
    for place, row in enumerate(rows):
        labels[place, : len(row)] = row
    return labels


def read_labels(labels, checkpoint):
    """The texts of labels (N, L): the padding token goes back where -100 stands, and special tokens are left out."""
    tokenizer = parts_of(checkpoint)[1]
    ids = np.where(np.asarray(labels) == IGNORED, tokenizer.pad_token_id, labels)
    return [text.strip() for text in tokenizer.batch_decode(ids.tolist(), skip_special_tokens=True)]


def loss_of(network, frames, labels):
    """Mean cross-entropy (nats) of the tokens of labels (B, L) that are not -100.

    The decoder reads each row one place later, behind <|startoftranscript|>, and never -100.
    """
    start = torch.full_like(labels[:, :1], network.config.decoder_start_token_id)
    read = torch.cat([start, labels[:, :-1]], dim=1)  # (B, L)
    read = read.masked_fill(read == IGNORED, network.config.pad_token_id)
    logits = network(input_features=frames, decoder_input_ids=read, use_cache=False).logits  # (B, L, V)
    return functional.cross_entropy(logits.flatten(0, 1), labels.flatten(), ignore_index=IGNORED)


# Measuring and fine-tuning.


def evaluate(checkpoint, clips, texts, sample_rate=16_000, language="fa"):
    """Transcribe every clip, in order, and compare with the texts.

    Returns {"wer": corpus WER, both sides normalised, "transcripts": list of str as they were written}.
    """
    return measure(parts_of(checkpoint), clips, texts, sample_rate, language)


def measure(parts, clips, texts, sample_rate, language):
    """What `evaluate` returns, of a network at hand: the way from clips to WER that before, during and after training share."""
    transcripts = hear(clips, sample_rate, parts, language)
    return {"wer": normalized_wer(list(texts), transcripts), "transcripts": transcripts}


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
    """Go on training a checkpoint; save the epoch with the lowest validation WER, the first of equals, into `folder`.

    The rate rises to `learning_rate` in the first tenth of the steps and falls to 0 as a cosine. Returns {"loss": mean over the tokens met
    in each epoch, "validation_wer": of each epoch, as `evaluate` measures it, "best_epoch": counted from 1}.
    """
    torch.manual_seed(seed)
    network, _, extractor = parts = load.__wrapped__(str(checkpoint), 0)  # a copy of one's own, which may be trained
    frames = log_mel([prepare(clip, sample_rate, extractor.sampling_rate) for clip in train_clips], extractor)
    labels = torch.from_numpy(make_labels(train_texts, language, checkpoint))
    steps = epochs * math.ceil(len(labels) / batch_size)
    optimiser = torch.optim.AdamW(network.parameters(), learning_rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: share_of_rate(step, steps))
    history = {"loss": [], "validation_wer": []}
    for epoch in range(1, epochs + 1):
        history["loss"].append(one_epoch(network, frames, labels, batch_size, optimiser, schedule))
        history["validation_wer"].append(measure(parts, validation_clips, validation_texts, sample_rate, language)["wer"])
        best = history["validation_wer"].index(min(history["validation_wer"])) + 1
        if best == epoch:
            save(folder, parts)
    return {**history, "best_epoch": best}


def one_epoch(network, frames, labels, batch_size, optimiser, schedule):
    """Go once over all clips in a new order; the mean loss of the tokens, each with the weights that met it."""
    network.train()
    total = tokens = 0
    for places in torch.randperm(len(labels)).split(batch_size):
        loss = loss_of(network, frames[places], labels[places])
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        count = int((labels[places] != IGNORED).sum())
        total, tokens = total + count * float(loss.detach()), tokens + count
    network.eval()
    return total / tokens


def share_of_rate(step, steps):
    """The share of the highest learning rate that a step uses."""
    rising = max(1, round(WARM_UP * steps))
    if step < rising:
        return (step + 1) / rising
    return 0.5 * (1 + math.cos(math.pi * (step - rising) / max(1, steps - rising)))


def save(folder, parts):
    """Write the three parts as `from_pretrained` reads them; weights as safetensors, since a pickle is a program."""
    for part in parts:
        part.save_pretrained(folder)


# No sentence in two parts.


def split(texts, seed):
    """Deal N texts to three parts: {"train": [...], "validation": [...], "test": [...]}, numbers of texts in rising order.

    A fifth of the different sentences is for the test, a fifth of the others for validation. Texts that are the same once normalised go to
    the same part. `seed` decides the draw.
    """
    sentences = {}
    for place, text in enumerate(texts):
        sentences.setdefault(normalize(text), []).append(place)
    order = np.random.default_rng(seed).permutation(sorted(sentences))
    n_test = round(TEST_SHARE * len(order))
    n_validation = round(VALIDATION_SHARE * (len(order) - n_test))
    dealt = {"test": order[:n_test], "validation": order[n_test:][:n_validation], "train": order[n_test + n_validation :]}
    return {part: sorted(place for text in dealt[part] for place in sentences[text]) for part in ("train", "validation", "test")}


def overlaps(train_texts, test_texts):
    """Pairs (i, j) where training text i and test text j are one sentence, or nearly: [[i, j], ...] in rising order.

    Nearly: normalised, at most a fifth of the words differ, S + D + I over the words of the longer one.
    """
    train, test = [normalize(text) for text in train_texts], [normalize(text) for text in test_texts]
    return [[i, j] for i, one in enumerate(train) for j, other in enumerate(test) if near(one, other)]


def near(one, other):
    """Whether two normalised texts are one sentence."""
    longer = max(len(one.split()), len(other.split()))
    found = counts(one, other)
    return found["substitutions"] + found["deletions"] + found["insertions"] <= NEAR * longer
