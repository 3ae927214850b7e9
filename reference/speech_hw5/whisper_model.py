"""A small Whisper, built from nothing: the architecture of Radford et al. (2022) in the classes of `transformers`, with few numbers.

What makes it a Whisper, beside the network: log-mel frames of a fixed window, 80 bands every 10 ms; byte-level pieces of words; and a
prompt of special tokens, <|startoftranscript|> <|language|> <|task|> <|notimestamps|>, that tells the decoder what to write.
`transformers` finds languages by their place behind <|startoftranscript|>, so all 100 are there, in Whisper's own order: with fewer, a
wrong language is used and nothing says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers
from transformers import (
    GenerationConfig,
    WhisperConfig,
    WhisperFeatureExtractor,
    WhisperForConditionalGeneration,
    WhisperTokenizer,
)
from transformers.models.whisper.tokenization_whisper import LANGUAGES

SAMPLE_RATE = 16_000  # Hz, of every Whisper
HOP_LENGTH = 160  # samples: 100 mel frames per second, of which the encoder makes 50
ENCODER_FRAMES_PER_SECOND = 50
END = "<|endoftext|>"
START = "<|startoftranscript|>"
TASKS = ("translate", "transcribe")
BEHIND_TASKS = ("<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>")
TIMESTAMPS = tuple(f"<|{0.02 * step:.2f}|>" for step in range(1501))
INITIAL = 0.06
"""Standard deviation of the first weights: near 1 / sqrt(2 width). Whisper's 0.02 is meant for 384 numbers and more."""
SPECIAL_TOKENS = (END, START, *(f"<|{code}|>" for code in LANGUAGES), *(f"<|{task}|>" for task in TASKS), *BEHIND_TASKS)
"""In the order of openai/whisper-small; timestamps follow."""


@dataclass(frozen=True)
class Size:
    """How large the network is. The defaults make 1.35 million parameters; whisper-small has 242 million.

    Attributes:
        window_s: seconds heard at once, whole; Whisper's own is 30.
        labels: the longest text in tokens, prompt included; Whisper's own is 448.
        pieces: how many pieces of words the tokenizer learns.
        width, heads, hidden: of each layer: numbers per position, heads of attention, units of the feed-forward net.
        encoder_layers, decoder_layers: how many of them.
        mel_bands: of the log-mel frames.
    """

    window_s: int = 3
    labels: int = 48
    pieces: int = 1000
    width: int = 128
    heads: int = 4
    hidden: int = 512
    encoder_layers: int = 3
    decoder_layers: int = 2
    mel_bands: int = 80


def learn_tokenizer(texts: Iterable[str], size: Size) -> WhisperTokenizer:
    """Learn byte-level pieces of words from texts, and put Whisper's special tokens behind them.

    Args:
        texts: of the training part only: a test sentence must not shape the pieces.
        size: gives the number of pieces.

    Returns:
        Ids 0 to `size.pieces` - 1 are pieces, the special tokens follow, and 1501 timestamps come last, right behind <|notimestamps|>.
    """
    learner = Tokenizer(models.BPE())
    # Chinese writes no spaces: one character is one word, or whole phrases would become pieces.
    alone = pre_tokenizers.Split(Regex("[\u4e00-\u9fff]"), "isolated")
    learner.pre_tokenizer = pre_tokenizers.Sequence([alone, pre_tokenizers.ByteLevel(add_prefix_space=False)])
    bytes_alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=size.pieces, initial_alphabet=bytes_alphabet, show_progress=False)
    learner.train_from_iterator(texts, trainer)
    learnt = json.loads(learner.to_str())["model"]
    # A small corpus may have fewer pieces than wanted; special ids follow whatever there is.
    tokenizer = WhisperTokenizer(
        vocab=learnt["vocab"],
        merges=[tuple(pair) for pair in learnt["merges"]],
        pad_token=END,
        extra_special_tokens=list(SPECIAL_TOKENS[1:]),
    )
    tokenizer.add_tokens(list(TIMESTAMPS))
    return tokenizer


def make_extractor(size: Size) -> WhisperFeatureExtractor:
    """Give what turns samples into log-mel frames, padded with silence or cut to the window."""
    return WhisperFeatureExtractor(
        feature_size=size.mel_bands, sampling_rate=SAMPLE_RATE, hop_length=HOP_LENGTH, chunk_length=size.window_s, n_fft=400
    )


def make_network(size: Size, tokenizer: WhisperTokenizer) -> WhisperForConditionalGeneration:
    """Give the network with random weights; draw them under `torch.manual_seed`."""
    end, start = tokenizer.convert_tokens_to_ids([END, START])
    config = WhisperConfig(
        vocab_size=len(tokenizer),
        num_mel_bins=size.mel_bands,
        d_model=size.width,
        encoder_layers=size.encoder_layers,
        decoder_layers=size.decoder_layers,
        encoder_attention_heads=size.heads,
        decoder_attention_heads=size.heads,
        encoder_ffn_dim=size.hidden,
        decoder_ffn_dim=size.hidden,
        max_source_positions=size.window_s * ENCODER_FRAMES_PER_SECOND,
        max_target_positions=size.labels,
        dropout=0.0,
        init_std=INITIAL,
        pad_token_id=end,
        bos_token_id=end,
        eos_token_id=end,
        decoder_start_token_id=start,
        begin_suppress_tokens=None,
    )
    network = WhisperForConditionalGeneration(config)
    network.generation_config = make_generation(size, tokenizer)
    return network


def make_generation(size: Size, tokenizer: WhisperTokenizer) -> GenerationConfig:
    """Give what `generate(language=..., task=...)` looks up: ids by their meaning."""
    ids = tokenizer.convert_tokens_to_ids
    end, start = ids([END, START])
    return GenerationConfig(
        decoder_start_token_id=start,
        bos_token_id=end,
        eos_token_id=end,
        pad_token_id=end,
        max_length=size.labels,
        is_multilingual=True,
        lang_to_id={f"<|{code}|>": ids(f"<|{code}|>") for code in LANGUAGES},
        task_to_id={task: ids(f"<|{task}|>") for task in TASKS},
        no_timestamps_token_id=ids("<|notimestamps|>"),
        prev_sot_token_id=ids("<|startofprev|>"),
        alignment_heads=[[layer, head] for layer in range(size.decoder_layers) for head in range(size.heads)],
        return_timestamps=False,
        suppress_tokens=[],
        begin_suppress_tokens=[end],
    )
