"""The CTC recogniser of speech HW5: its loss against all alignments written out, what it learns by heart, and what it refuses."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from graders.kit.errors import StudentFault
from graders.kit.loading import CodeFolder

CODE = CodeFolder.read(Path(__file__).parents[2] / "reference" / "speech_hw5")
RATE = 16_000
TEXTS = ("سلام", "کتاب خوب", "این")


def call(name: str, *args: Any, **kwargs: Any) -> Any:
    """Call a function of the reference; what it raises comes as it was raised."""
    module, function = name.split(".")
    try:
        return CODE.call(module, function, args, kwargs)
    except StudentFault as fault:
        assert fault.__cause__ is not None
        raise fault.__cause__ from None


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def tones() -> list[np.ndarray]:
    """Clip k: a tone for each of its text's letters, 0.1 s each; the same letter sounds the same everywhere."""
    letters = sorted(set("".join(TEXTS)))
    clips = []
    for text in TEXTS:
        pitches = np.repeat([300 + 170 * letters.index(letter) for letter in text], RATE // 10)
        clips.append((0.3 * np.sin(2 * np.pi * np.cumsum(pitches) / RATE)).astype(np.float32))
    return clips


def recipe(steps: int) -> Any:
    schedule = CODE.load("whisper_training").Schedule(steps=steps, batch=3, rate=3e-3)
    return CODE.load("ctc").Recipe(width=32, heads=2, hidden=64, layers=1, channels=(8, 8, 16, 16, 32), schedule=schedule)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("ctc")
    sounds = [np.repeat(range(1, len(text) + 1), 5) for text in TEXTS]
    losses = call("ctc.learn", tones(), TEXTS, place, recipe(200), sounds)
    assert losses[-1] < 0.2 * losses[0]
    return place


def test_the_loss_is_the_sum_over_all_alignments() -> None:
    torch.manual_seed(0)
    logits, wanted, blank = torch.randn(1, 5, 4), [2, 3], 0
    likely, total = logits.softmax(-1)[0], 0.0
    for path in itertools.product(range(4), repeat=5):
        said = [symbol for symbol, _ in itertools.groupby(path) if symbol != blank]
        total += float(torch.stack([likely[t, symbol] for t, symbol in enumerate(path)]).prod()) if said == wanted else 0.0
    found = call("ctc.ctc_loss", logits, torch.tensor([5]), [torch.tensor(wanted)], blank)
    assert float(found) == pytest.approx(-np.log(total) / len(wanted), rel=1e-5)


def test_it_writes_what_it_learnt_at_any_rate_and_in_stereo(folder: Path) -> None:
    assert call("ctc.transcribe_all", tones(), RATE, folder) == list(TEXTS)
    clip = tones()[1]
    assert call("ctc.transcribe", np.stack([clip, clip], axis=1), RATE, folder) == TEXTS[1]
    assert call("ctc.transcribe", np.repeat(clip, 2), 2 * RATE, folder) == TEXTS[1]


def test_silence_nan_and_pickles(folder: Path, tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="silent"):
        assert call("ctc.transcribe", np.zeros(RATE), RATE, folder) == ""
    with pytest.raises(ValueError, match="NaN"):
        call("ctc.transcribe", np.array([0.1, np.nan]), RATE, folder)
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    (copy / "pytorch_model.bin").write_bytes(b"cos\nsystem\n")
    with pytest.raises(ValueError, match=r"pytorch_model\.bin: a pickle runs code"):
        call("ctc.transcribe", tones()[0], RATE, copy)
    with pytest.raises(ValueError, match="cannot be loaded"):
        call("ctc.transcribe", tones()[0], RATE, tmp_path / "nowhere")
