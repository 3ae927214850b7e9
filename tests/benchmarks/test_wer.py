"""The benchmark of error rates: its texts have the errors that it says, its ways agree, and it stops where they do not."""

from __future__ import annotations

import pytest

from benchmarks.tasks.wer import Way, bootstrap_ways, error_ways, measure, texts


def test_the_ways_agree_and_are_measured_against_the_first() -> None:
    pair = texts(60, 8)
    assert len(pair[0]) == len(pair[1]) == 60 and {len(one.split()) for one in pair[0]} == {8}
    rows = measure(error_ways(pair), 1)
    assert rows[0].ratio == 1.0 and all(row.seconds > 0 for row in rows)
    assert {row.work for row in measure(bootstrap_ways(pair, 2500), 1)} == {"bootstrap"}


def test_the_texts_have_about_a_third_of_their_words_wrong() -> None:
    errors = error_ways(texts(400, 10))[0].run()
    assert errors is not None and 0.27 < errors / 4000 < 0.39


def test_ways_that_disagree_end_the_run() -> None:
    with pytest.raises(SystemExit, match="disagree"):
        measure([Way("errors", "one", lambda: 1.0), Way("errors", "other", lambda: 2.0)], 1)


def test_a_share_is_multiplied_up() -> None:
    whole, part = (
        Way("errors", name, lambda: float(sum(range(200_000))), share) for name, share in (("whole", 1.0), ("part", 0.01))
    )
    rows = measure([whole, part], 3)
    assert rows[1].ratio > 20
