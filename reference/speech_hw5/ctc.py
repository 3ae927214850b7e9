"""Speech HW5, question 3: a second recogniser to compare with Whisper: wav2vec 2.0's network (Baevski et al., 2020) with CTC letters.

Whisper's decoder writes a text while it listens; this one has no decoder: every 20 ms it says a letter or "nothing new" (blank), and equal
neighbours are joined. It cannot invent fluent sentences, nor mend its spelling: its errors are letters. The real wav2vec 2.0 first
learns from speech without texts; the tiny one here, trained from nothing in minutes, learns phonemes first instead, with a head that is
thrown away.
"""

from __future__ import annotations

import json
import tempfile
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from audio import SILENCE_DB
from normalize import normalize
from numpy.typing import ArrayLike, NDArray
from torch.nn import functional
from transformers import Wav2Vec2Config, Wav2Vec2CTCTokenizer, Wav2Vec2FeatureExtractor, Wav2Vec2ForCTC
from whisper_checkpoint import CheckpointError, device, refuse_pickles
from whisper_data import prepare
from whisper_decode import SILENT
from whisper_training import Schedule, Stepper

SAMPLE_RATE = 16_000  # Hz
CONVOLUTIONS = ((20, 10), (8, 4), (4, 2), (4, 2), (4, 2))
"""Width and stride of each. wav2vec 2.0 has seven of the same stride in all; with five a step takes half the time."""
SAMPLES_PER_FRAME = 320  # 20 ms: the product of the strides
SPARE = 930
"""Samples of silence behind the longest clip: as many as one frame hears, so that there are frames up to its end."""
BLANK, UNKNOWN, BETWEEN_WORDS = "<pad>", "<unk>", "|"


@dataclass(frozen=True)
class Recipe:
    """Everything beside the data that decides the weights.

    Attributes:
        width, heads, hidden, layers: of the transformer.
        channels: of each of the five convolutions.
        schedule: of the training; its masks and noise are Whisper's and are not used.
        phoneme_weight, fade: of the second head's loss, and the shares of the run between which it falls to 0.
        seed: decides everything else.
    """

    width: int = 128
    heads: int = 4
    hidden: int = 512
    layers: int = 3
    channels: tuple[int, ...] = (32, 64, 96, 128, 128)
    schedule: Schedule = field(default_factory=lambda: Schedule(steps=800, batch=16, rate=1.5e-3))
    phoneme_weight: float = 1.0
    fade: tuple[float, float] = (0.3, 0.6)
    seed: int = 0


def learn(
    clips: Sequence[NDArray],
    texts: Sequence[str],
    folder: Path | str,
    recipe: Recipe | None = None,
    phonemes: Sequence[NDArray] = (),
    progress: Callable[[int, float], object] | None = None,
) -> list[float]:
    """Train from nothing on clips (n_i,) at 16 kHz with their texts, and save the recogniser.

    Args:
        clips, texts: N of each; texts are normalised, since CTC has one symbol for each letter.
        folder: where it is saved, as `from_pretrained` reads it.
        recipe: settings.
        phonemes: of each clip (T_i,), 50 per second, 0 for silence; without them far more steps are needed.
        progress: called with the number of steps done and the loss.

    Returns:
        The CTC loss of every step, in nats per letter.
    """
    recipe = recipe or Recipe()
    torch.manual_seed(recipe.seed)
    wanted = [normalize(text) for text in texts]
    tokenizer = make_tokenizer(wanted)
    network = make_network(recipe, len(tokenizer)).to(device()).train()
    letters = [torch.tensor(tokenizer(text).input_ids) for text in wanted]
    waves = torch.from_numpy(stack(clips)).to(device())
    lengths = torch.tensor([len(clip) for clip in clips])
    sizes = torch.tensor([frames_of(len(clip)) for clip in clips])
    targets = torch.zeros((len(clips), frames_of(waves.shape[1])), dtype=torch.int64)
    for row, own in enumerate(phonemes):
        count = min(len(own), targets.shape[1])
        targets[row, :count] = torch.as_tensor(np.asarray(own[:count], dtype=np.int64))
    head = torch.nn.Linear(recipe.width, int(targets.max()) + 1).to(device())
    stepper = Stepper(torch.nn.ModuleList([network, head]), recipe.schedule, recipe.seed, device())
    losses: list[float] = []
    waiting = torch.empty(0, dtype=torch.int64)
    for step in range(recipe.schedule.steps):
        if len(waiting) < recipe.schedule.batch:
            waiting = torch.cat([waiting, stepper.order(len(clips))])
        places, waiting = waiting[: recipe.schedule.batch], waiting[recipe.schedule.batch :]
        longest = int(max(sizes[places]))
        heard = waves[places, : longest * SAMPLES_PER_FRAME + SPARE]
        # Without the mask a clip would be taught with the padding of its batch, which it has not when it is heard alone.
        mask = torch.arange(heard.shape[1]) < lengths[places, None] + SPARE
        hidden = network.wav2vec2(heard, attention_mask=mask.to(heard.device)).last_hidden_state[:, :longest]
        loss = ctc_loss(network.lm_head(hidden), sizes[places], [letters[k] for k in places.tolist()], tokenizer.pad_token_id)
        weight = recipe.phoneme_weight * float(
            np.clip((recipe.fade[1] - step / recipe.schedule.steps) / np.ptp(recipe.fade), 0, 1)
        )
        total = loss
        if phonemes and weight:
            sounding = targets[places, :longest].to(hidden.device)
            total = loss + weight * functional.cross_entropy(head(hidden).flatten(0, 1), sounding.flatten())
        stepper.step(total)
        losses.append(float(loss.detach()))
        if progress is not None:
            progress(step + 1, losses[-1])
    save(network.eval(), tokenizer, folder)
    return losses


def ctc_loss(logits: torch.Tensor, sizes: torch.Tensor, letters: Sequence[torch.Tensor], blank: int) -> torch.Tensor:
    """Mean over clips of the negative log-likelihood per letter: logits (B, T, V), frames that count (B,), letters of each clip."""
    likely = logits.float().log_softmax(-1).transpose(0, 1)
    lengths = torch.tensor([len(own) for own in letters])
    joined = torch.cat(list(letters)).to(logits.device)
    return functional.ctc_loss(likely, joined, sizes, lengths, blank=blank, zero_infinity=True)


def frames_of(samples: int) -> int:
    """Count the frames from the beginning to the end of a recording; what the last ones hear behind it is silence."""
    return max(1, -(-samples // SAMPLES_PER_FRAME))


def stack(clips: Sequence[NDArray]) -> NDArray[np.float32]:
    """Pad clips with zeros to one length (N, n) after bringing each to mean 0 and variance 1, as wav2vec 2.0 wants it."""
    padded = np.zeros((len(clips), max(map(len, clips)) + SPARE), dtype=np.float32)
    for row, clip in enumerate(clips):
        samples = np.asarray(clip, dtype=np.float32)
        padded[row, : len(samples)] = (samples - samples.mean()) / (samples.std() + 1e-7)
    return padded


def make_tokenizer(texts: Sequence[str]) -> Wav2Vec2CTCTokenizer:
    """Number the letters that the training texts have; the blank is 0."""
    found = sorted(set("".join(texts)) - {" "})
    symbols = [BLANK, UNKNOWN, BETWEEN_WORDS, *found]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vocab.json"
        path.write_text(json.dumps({symbol: number for number, symbol in enumerate(symbols)}), encoding="utf-8")
        return Wav2Vec2CTCTokenizer(
            str(path), pad_token=BLANK, unk_token=UNKNOWN, word_delimiter_token=BETWEEN_WORDS, bos_token=None, eos_token=None
        )


def make_network(recipe: Recipe, letters: int) -> Wav2Vec2ForCTC:
    """Give wav2vec 2.0 in small with random weights: convolutions on the samples, a transformer, a letter for each frame."""
    return Wav2Vec2ForCTC(
        Wav2Vec2Config(
            vocab_size=letters,
            hidden_size=recipe.width,
            num_hidden_layers=recipe.layers,
            num_attention_heads=recipe.heads,
            intermediate_size=recipe.hidden,
            conv_dim=recipe.channels,
            conv_kernel=[width for width, _ in CONVOLUTIONS],
            conv_stride=[stride for _, stride in CONVOLUTIONS],
            feat_extract_norm="layer",  # frame by frame: "group" normalises over time, so padding in a batch changes every frame
            do_stable_layer_norm=True,
            num_conv_pos_embeddings=32,
            num_conv_pos_embedding_groups=8,
            hidden_dropout=0.0,
            attention_dropout=0.0,
            activation_dropout=0.0,
            feat_proj_dropout=0.0,
            final_dropout=0.0,
            layerdrop=0.0,
            apply_spec_augment=False,
            pad_token_id=0,
        )
    )


def save(network: Wav2Vec2ForCTC, tokenizer: Wav2Vec2CTCTokenizer, folder: Path | str) -> None:
    """Write network, letters and feature extractor into one folder."""
    network.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    Wav2Vec2FeatureExtractor(sampling_rate=SAMPLE_RATE, do_normalize=True, return_attention_mask=False).save_pretrained(folder)


def load(checkpoint: Path | str) -> tuple[Wav2Vec2ForCTC, Wav2Vec2CTCTokenizer]:
    """Give a recogniser: a folder of one's own, or a name on the hub.

    Raises:
        CheckpointError: it is not there, or holds a pickle.
    """
    weights = Path(checkpoint) / "model.safetensors"
    return _load(str(checkpoint), weights.stat().st_mtime_ns if weights.is_file() else 0)


@lru_cache(maxsize=2)
def _load(checkpoint: str, stamp: int) -> tuple[Wav2Vec2ForCTC, Wav2Vec2CTCTokenizer]:
    if Path(checkpoint).is_dir():
        refuse_pickles(Path(checkpoint))
    try:
        network = Wav2Vec2ForCTC.from_pretrained(checkpoint, use_safetensors=True).to(device()).eval()
        return network, Wav2Vec2CTCTokenizer.from_pretrained(checkpoint)
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise CheckpointError(f"{checkpoint} cannot be loaded ({reason}): give the folder that `learn` wrote") from error


def transcribe(audio: ArrayLike, sample_rate: int, checkpoint: Path | str) -> str:
    """Write down what is said: the most probable symbol of each frame, equal neighbours joined, blanks dropped.

    Args:
        audio: (n,) or (n, channels) in [-1, 1].
        sample_rate: Hz.
        checkpoint: folder or name.

    Raises:
        ValueError: there are no samples, or some are not finite.
        CheckpointError: the checkpoint cannot be used.
    """
    return transcribe_all([audio], sample_rate, checkpoint)[0]


def transcribe_all(clips: Sequence[ArrayLike], sample_rate: int, checkpoint: Path | str) -> list[str]:
    """Transcribe N recordings."""
    network, tokenizer = load(checkpoint)
    texts = []
    for clip in clips:
        samples = prepare(clip, sample_rate, SAMPLE_RATE)
        if np.abs(samples).max() < 10 ** (SILENCE_DB / 20):
            warnings.warn(SILENT, stacklevel=2)
            texts.append("")
            continue
        with torch.inference_mode():
            logits = network(torch.from_numpy(stack([samples])).to(network.device)).logits[0]
        texts.append(tokenizer.decode(logits[: frames_of(len(samples))].argmax(-1).tolist()).strip())
    return texts
