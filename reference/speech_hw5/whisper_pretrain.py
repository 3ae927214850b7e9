"""Pre-train a small Whisper from nothing, on an hour or two of speech in three languages, in minutes on one core.

A large Whisper learns from 680 000 hours that attention must follow the speech; an hour does not show that. So, for the first part of the
run, a second head asks the encoder which phoneme sounds in every frame. It is faded out and thrown away: what is saved is a plain Whisper.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
import transformers
from filelock import FileLock
from numpy.typing import NDArray
from torch.nn import functional
from transformers import WhisperFeatureExtractor, WhisperTokenizer
from whisper_checkpoint import Checkpoint, device, save
from whisper_corpus import Corpus
from whisper_data import IGNORED, Examples, log_mel, pad, spell
from whisper_model import ENCODER_FRAMES_PER_SECOND, SAMPLE_RATE, Size, learn_tokenizer, make_extractor, make_network
from whisper_training import Schedule, Stepper, forward

VERSION = 2
"""Raise it with every change that alters the weights: kept checkpoints go by it."""
NEAR = 0.12
"""Share of the clip's length within which a token may look without penalty, as the deviation of a bell curve."""


@dataclass(frozen=True)
class Recipe:
    """Everything beside the corpus that decides the weights.

    Attributes:
        size, schedule: of the network, and of its training.
        translated: languages whose translations are learned too.
        phoneme_weight, attention_weight: in the beginning, of the second head's loss, and of `straying`.
        fade: shares of the run between which these weights fall to 0.
        seed: decides everything else.
    """

    size: Size = field(default_factory=Size)
    schedule: Schedule = field(default_factory=lambda: Schedule(steps=2000, batch=16, rate=2e-3))
    translated: tuple[str, ...] = ("zh",)
    phoneme_weight: float = 1.0
    attention_weight: float = 1.0
    fade: tuple[float, float] = (0.5, 0.8)
    seed: int = 0


RECIPES = {
    "full": Recipe(),
    "kit": Recipe(schedule=Schedule(steps=1200, batch=16, rate=2e-3)),
    "quick": Recipe(schedule=Schedule(steps=400, batch=16, rate=2e-3)),
}
"""Six minutes of one core; what the assignment's checkpoint was made with, which leaves more to gain; what tests can wait for."""


def pretrain(corpus: Corpus, recipe: Recipe, progress: Callable[[int, float], object] | None = None) -> Checkpoint:
    """Train on a corpus, the training part only.

    Args:
        corpus: with phonemes for every clip.
        recipe: the settings.
        progress: called with the number of steps done and the loss of the last.

    Returns:
        The network, its tokenizer and its extractor; bit for bit the same again on the same machine with one thread.
    """
    torch.manual_seed(recipe.seed)
    where = device()
    texts = [*corpus.texts, *(text for text in corpus.translations if text)]
    tokenizer, extractor = learn_tokenizer(texts, recipe.size), make_extractor(recipe.size)
    network = make_network(recipe.size, tokenizer).to(where).train()
    examples = prepare(corpus, recipe, tokenizer, extractor).to(where)
    phonemes = align(corpus.phonemes, recipe.size.window_s * ENCODER_FRAMES_PER_SECOND).to(where)
    head = torch.nn.Linear(recipe.size.width, int(phonemes.max()) + 1).to(where)
    lengths = torch.tensor([len(clip) / SAMPLE_RATE * ENCODER_FRAMES_PER_SECOND for clip in corpus.clips]).to(where)
    stepper = Stepper(torch.nn.ModuleList([network, head]), recipe.schedule, recipe.seed, where)
    waiting = torch.empty(0, dtype=torch.int64)
    for step in range(recipe.schedule.steps):
        if len(waiting) < recipe.schedule.batch:
            waiting = torch.cat([waiting, stepper.order(len(examples))])
        places, waiting = waiting[: recipe.schedule.batch], waiting[recipe.schedule.batch :]
        weight = _fading(step / recipe.schedule.steps, recipe.fade)
        # The fused kernel keeps no attention to look at.
        network.set_attn_implementation("eager" if weight else "sdpa")
        loss, answer = forward(network, examples, places, stepper, attention=weight > 0)
        total = loss
        if weight:
            rows = examples.rows[places.to(where)]
            named = head(answer.encoder_last_hidden_state.float()).flatten(0, 1)
            total = total + weight * recipe.phoneme_weight * functional.cross_entropy(named, phonemes[rows].flatten())
            strayed = straying(answer.cross_attentions, examples.labels[places.to(where)], lengths[rows])
            total = total + weight * recipe.attention_weight * strayed
        stepper.step(total)
        if progress is not None:
            progress(step + 1, float(loss.detach()))
    return Checkpoint(network.eval(), tokenizer, extractor)


def prepare(corpus: Corpus, recipe: Recipe, tokenizer: WhisperTokenizer, extractor: WhisperFeatureExtractor) -> Examples:
    """Make features once, and for each clip a transcript, and a translation where there is one to learn."""
    labels, rows = [], []
    for row, (text, translation, language) in enumerate(zip(corpus.texts, corpus.translations, corpus.languages, strict=True)):
        labels.append(spell(tokenizer, text, language))
        rows.append(row)
        if translation and language in recipe.translated:
            labels.append(spell(tokenizer, translation, language, "translate"))
            rows.append(row)
    return Examples(log_mel(corpus.clips, extractor), torch.tensor(rows), pad(labels, recipe.size.labels))


def align(phonemes: Sequence[NDArray[np.int64]], frames: int) -> torch.Tensor:
    """Bring the phonemes of every clip to the encoder's frames (N, frames); behind the clip is silence, 0."""
    aligned = np.zeros((len(phonemes), frames), dtype=np.int64)
    for row, own in enumerate(phonemes):
        aligned[row, : min(len(own), frames)] = own[:frames]
    return torch.from_numpy(aligned)


def straying(attentions: Sequence[torch.Tensor], labels: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
    """Measure how far the decoder looks from where the text is probably spoken: 0 nowhere far, 1 everywhere.

    A text is spoken from its beginning to its end, so token n of N is near frame t = n / N * T (guided attention, Tachibana et al., 2018).

    Args:
        attentions: of each layer (B, heads, L, frames), adding to 1 over the frames.
        labels: (B, L), -100 behind the end.
        lengths: frames T of each clip, padding not counted (B,).
    """
    frames = attentions[0].shape[-1]
    counted = (labels != IGNORED).float()
    counted[:, :3] = 0  # the prompt is not spoken
    token = (counted.cumsum(1) - 0.5) / counted.sum(1, keepdim=True)
    time = (torch.arange(frames, device=labels.device) + 0.5) / lengths[:, None]
    apart = token[:, :, None] - time[:, None, :]
    penalty = 1 - torch.exp(-(apart**2) / (2 * NEAR**2))
    strayed = torch.stack([(layer.mean(1) * penalty).sum(-1) for layer in attentions]).mean(0)
    return (strayed * counted).sum() / counted.sum()


def _fading(done: float, fade: tuple[float, float]) -> float:
    """1 until fade[0] of the run, 0 from fade[1] on."""
    return float(np.clip((fade[1] - done) / (fade[1] - fade[0]), 0, 1))


def kept(corpus: Corpus, recipe: Recipe, folder: Path | str, progress: Callable[[int, float], object] | None = None) -> Path:
    """Give the folder of the checkpoint that `pretrain` makes, made once for this corpus, recipe and these versions.

    Args:
        corpus, recipe, progress: as `pretrain` takes them; `corpus.fingerprint` must tell it from others.
        folder: where checkpoints are kept; each gets a folder of its own in it.
    """
    if not corpus.fingerprint:
        raise ValueError("the corpus has no fingerprint, so a kept checkpoint could be another's: give one")
    decided = {"version": VERSION, "corpus": corpus.fingerprint, "device": device().type, **asdict(recipe)}
    decided |= {"torch": torch.__version__, "transformers": transformers.__version__}
    key = hashlib.sha256(json.dumps(decided, sort_keys=True).encode()).hexdigest()[:16]
    place = Path(folder) / f"whisper-{key}"
    place.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(place.with_suffix(".lock")):
        if not (place / "config.json").is_file():
            # Written beside its place and renamed, so that nobody loads half a checkpoint.
            beside = Path(tempfile.mkdtemp(dir=place.parent, prefix=place.name))
            try:
                save(pretrain(corpus, recipe, progress), beside)
                shutil.rmtree(place, ignore_errors=True)
                beside.replace(place)
            finally:
                shutil.rmtree(beside, ignore_errors=True)
    return place
