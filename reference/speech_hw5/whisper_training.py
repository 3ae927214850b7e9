"""One training step of a Whisper, shared by pre-training and fine-tuning: a plain loop, without a trainer around it.

Why it is faster than a general trainer: features are made once and stay on the device, labels have one length, a GPU computes in bf16
(the loss and the weights stay float32), and nothing is logged, moved or collated inside a step.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch.nn import functional
from transformers import WhisperForConditionalGeneration
from transformers.modeling_outputs import Seq2SeqModelOutput
from whisper_data import IGNORED, Examples, decoder_inputs, scored


@dataclass(frozen=True)
class Schedule:
    """How weights are moved.

    Attributes:
        steps, batch: how often, and by how many rows of labels at once.
        rate: highest learning rate; it rises to it in the first `warm_up` share of the steps and falls to 0 as a cosine.
        masked_frames, masked_bands: the widest stripe of time and of frequency that SpecAugment (Park et al., 2019) blanks; two of each.
        noise: share of the decoder's input tokens that are replaced at random, so that it listens and does not only continue texts.
    """

    steps: int
    batch: int
    rate: float
    warm_up: float = 0.1
    masked_frames: int = 6
    masked_bands: int = 6
    noise: float = 0.1
    weight_decay: float = 0.01
    largest_gradient: float = 1.0


class Stepper:
    """Moves weights down the loss; every random choice comes from one seed."""

    def __init__(self, model: torch.nn.Module, schedule: Schedule, seed: int, device: torch.device) -> None:
        """Take what is to be trained; `schedule.steps` steps will follow."""
        self.schedule = schedule
        self.random = torch.Generator().manual_seed(seed)
        self._weights = [weight for weight in model.parameters() if weight.requires_grad]
        # Fused: one kernel for all weights instead of one for each.
        self._optimiser = torch.optim.AdamW(
            self._weights, schedule.rate, betas=(0.9, 0.98), weight_decay=schedule.weight_decay, fused=True
        )
        self._device, self.done = device, 0

    def factor(self) -> float:
        """Give this step's share of the highest rate."""
        rising = max(1, round(self.schedule.warm_up * self.schedule.steps))
        if self.done < rising:
            return (self.done + 1) / rising
        return 0.5 * (1 + math.cos(math.pi * (self.done - rising) / max(1, self.schedule.steps - rising)))

    def step(self, loss: torch.Tensor) -> None:
        """Go one step."""
        for group in self._optimiser.param_groups:
            group["lr"] = self.schedule.rate * self.factor()
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._weights, self.schedule.largest_gradient)
        self._optimiser.step()
        self.done += 1

    def order(self, count: int) -> torch.Tensor:
        """Shuffle 0 to count - 1."""
        return torch.randperm(count, generator=self.random)

    def mask(self, features: torch.Tensor) -> torch.Tensor:
        """Blank two stripes of time and two of frequency in every example (B, bands, frames)."""
        for axis, widest in ((2, self.schedule.masked_frames), (1, self.schedule.masked_bands)):
            if not widest:
                continue
            places = torch.arange(features.shape[axis]).reshape([-1 if k == axis else 1 for k in range(3)])
            kept = torch.ones_like(places, dtype=torch.bool)
            for _ in range(2):
                width = torch.randint(0, widest + 1, (len(features), 1, 1), generator=self.random)
                first = torch.randint(0, features.shape[axis] - widest + 1, (len(features), 1, 1), generator=self.random)
                kept = kept & ~((places >= first) & (places < first + width))
            features = features * kept.to(features.device)  # (B, 1, frames), then (B, bands, 1)
        return features

    def disturb(self, tokens: torch.Tensor, pieces: int) -> torch.Tensor:
        """Replace some of the decoder's input tokens (B, L) behind the prompt by random pieces of words."""
        chosen = torch.rand(tokens.shape, generator=self.random) < self.schedule.noise
        chosen[:, :4] = False
        other = torch.randint(0, pieces, tokens.shape, generator=self.random)
        return torch.where(chosen.to(tokens.device), other.to(tokens.device), tokens)


def forward(
    model: WhisperForConditionalGeneration, examples: Examples, places: torch.Tensor, stepper: Stepper, *, attention: bool = False
) -> tuple[torch.Tensor, Seq2SeqModelOutput]:
    """Compute the loss of some rows of labels.

    Returns:
        The mean cross-entropy per token (nats), and what the network gave beside it: the encoder's frames (B, frames / 2, width) and, where
        asked for, each decoder layer's attention to them, (B, heads, L, frames / 2).
    """
    device = examples.features.device
    labels = examples.labels[places.to(device)]
    features = stepper.mask(examples.features[examples.rows[places.to(device)]].float())
    config = model.config
    inputs = decoder_inputs(labels, config.decoder_start_token_id, config.pad_token_id)
    inputs = stepper.disturb(inputs, config.eos_token_id)
    with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
        answer = model.model(input_features=features, decoder_input_ids=inputs, use_cache=False, output_attentions=attention)
        return token_loss(model, answer.last_hidden_state, labels), answer


def token_loss(model: WhisperForConditionalGeneration, hidden: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy over the tokens that count, in float32: the decoder's last states (B, L, width), labels (B, L)."""
    states, wanted = hidden.flatten(0, 1), scored(labels).flatten()
    if states.device.type == "cpu":
        # Half of the places do not count, and the vocabulary is wide. A GPU does without: it would have to wait for their number.
        counted = wanted != IGNORED
        states, wanted = states[counted], wanted[counted]
    return functional.cross_entropy(model.proj_out(states).float(), wanted, ignore_index=IGNORED)
