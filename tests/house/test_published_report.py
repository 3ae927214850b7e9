"""The published report is what `sanjeh report bench -o benchmarks/report` makes of the committed records, to the letter."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from graders.cli import main

PUBLISHED = Path(__file__).resolve().parents[2] / "benchmarks" / "report"


@pytest.mark.parametrize("name", ["index.html", "bench.md", "bench.tex"])
def test_it_is_what_the_records_say(name: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["report", "bench", "-o", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert (tmp_path / name).read_text(encoding="utf-8") == (PUBLISHED / name).read_text(encoding="utf-8"), (
        "records or calibrations changed: run `sanjeh report bench -o benchmarks/report` and look at it"
    )


def test_the_course_is_in_it() -> None:
    text = (PUBLISHED / "bench.md").read_text(encoding="utf-8")
    for words in ("BiLSTM 64+64, averages", "CNN, two blocks, picture", "k-means++", "13 ", "context 20", "before"):
        assert words in text, words
