"""Whisper in CTranslate2 writes what Whisper in torch writes."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from graders.kit.errors import StudentFault
from graders.kit.loading import CodeFolder

ROOT = Path(__file__).parents[2]
CODE = CodeFolder.read(ROOT / "reference" / "speech_hw5")
CHECKPOINT = ROOT / "assignments" / "speech_hw5" / "checkpoint"
RATE = 16_000


@pytest.fixture(scope="module")
def clips() -> list[np.ndarray]:
    """Sentences in three languages, in more and more noise; noise alone; silence; a minute."""
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    with np.load(CHECKPOINT / "examples.npz", allow_pickle=False) as stored:
        spoken = [stored[name] / 32768 for name in ("fa", "en", "zh")]
    noisy = [one + level * rng.normal(size=len(one)) for one in spoken for level in (0, 0.01, 0.03, 0.1)]
    noise = [0.1 * rng.normal(size=3 * RATE) for _ in range(20)]
    return [*noisy, *noise, np.zeros(RATE), np.concatenate(spoken * 10)]


def hear(clips: list[np.ndarray], checkpoint: Path, *options: Any, **more: Any) -> Any:
    return CODE.call("whisper", "hear", (clips, RATE, checkpoint, *options), more)


@pytest.mark.parametrize(("language", "task"), [("fa", "transcribe"), (None, "transcribe"), ("zh", "translate")])
def test_texts_tokens_and_languages_are_those_of_torch(clips: list[np.ndarray], language: str | None, task: str) -> None:
    wanted = hear(clips, CHECKPOINT, language, task)
    found = hear(clips, CHECKPOINT, language, task, 8, engine="ctranslate2")
    same = [one == other for one, other in zip(found, wanted, strict=True)]
    assert np.mean(same) >= 0.9  # sums are added in another order, and noise leaves some choices on a knife's edge
    assert all(same[:3]) and len({one.text for one in found}) > 10
    if task == "translate":
        return
    positions = CODE.call("whisper_checkpoint", "load", (CHECKPOINT,), {}).model.config.max_target_positions
    assert max(one.tokens for one in found[:-1]) > positions // 2  # texts as long as torch's, not half


def test_weights_that_are_written_anew_are_converted_anew(clips: list[np.ndarray], tmp_path: Path) -> None:
    copy = Path(shutil.copytree(CHECKPOINT, tmp_path / "copy"))
    before = hear(clips[:2], copy, "fa", engine="ctranslate2")
    own = CODE.call("whisper_checkpoint", "load_fresh", (copy,), {})
    own.model.model.decoder.layer_norm.weight.data.neg_()
    CODE.call("whisper_checkpoint", "save", (own, copy), {})
    after = hear(clips[:2], copy, "fa", engine="ctranslate2")
    assert after == hear(clips[:2], copy, "fa") != before


def test_where_it_is_not_installed_that_is_said(clips: list[np.ndarray], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CODE.load("whisper_ctranslate"), "installed", lambda: False)
    with pytest.raises(StudentFault) as caught:
        hear(clips[:1], CHECKPOINT, "fa", engine="ctranslate2")
    assert "pip install ctranslate2, or use the engine 'torch'" in str(caught.value.__cause__)
