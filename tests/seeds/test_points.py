"""Points to cluster: what each picture is drawn for shows, and CSV files are read or every fault is named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from seeds.datasets import DataError, get, points
from seeds.datasets.points import Recipe, make, picture


def silhouettes(at: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """By the definition, point by point."""
    apart = np.sqrt(((at[:, None] - at[None]) ** 2).sum(axis=2))
    values = []
    for row, own in enumerate(clusters):
        mates = (clusters == own) & (np.arange(len(at)) != row)
        a, b = apart[row, mates].mean(), min(apart[row, clusters == other].mean() for other in set(clusters) - {own})
        values.append((b - a) / max(a, b))
    return np.array(values)


def test_the_worked_silhouette_is_one_eleventh() -> None:
    at, clusters = picture(make(), "worked")
    assert np.linalg.norm(at[0] - at[1]) == pytest.approx(1)
    assert np.linalg.norm(at[0] - at[clusters == 1], axis=1).mean() == pytest.approx(1.1, abs=1e-6)
    assert silhouettes(at, clusters)[0] == pytest.approx(1 / 11, abs=1e-6)


def test_one_radius_finds_moons_and_rings_but_not_blobs() -> None:
    from sklearn import cluster, metrics

    def best(name: str) -> tuple[float, float]:
        at, clusters = picture(make(), name)
        radii = np.linspace(0.1, 1.5, 29)
        found = [cluster.DBSCAN(eps=radius, min_samples=4).fit_predict(at) for radius in radii]
        means = cluster.KMeans(len(set(clusters.tolist())), n_init=5, random_state=0).fit_predict(at)
        return max(metrics.adjusted_rand_score(clusters, one) for one in found), metrics.adjusted_rand_score(clusters, means)

    moons, rings, blobs = best("moons"), best("rings"), best("blobs")
    assert moons[0] > 0.98 and moons[1] < 0.6
    assert rings[0] > 0.9 and rings[1] < 0.1
    assert blobs[1] > 0.9 and blobs[0] < blobs[1] - 0.03


def test_densities_and_radii() -> None:
    at, clusters = picture(make(Recipe(points=3000)), "blobs")
    widths = [np.linalg.norm(at[clusters == one] - at[clusters == one].mean(axis=0), axis=1).mean() for one in range(3)]
    assert np.allclose(widths, np.array([0.2, 0.2, 1.1]) * np.sqrt(np.pi / 2), rtol=0.06)
    assert np.bincount(clusters).tolist() == [1000, 1000, 1000]
    at, clusters = picture(make(Recipe(points=600)), "rings")
    assert np.bincount(clusters).tolist() == [100, 200, 300]
    assert np.allclose([np.linalg.norm(at[clusters == one], axis=1).mean() for one in range(3)], [1, 2, 3], atol=0.03)


def test_the_seed_decides() -> None:
    assert make().fingerprint == make(Recipe()).fingerprint != make(Recipe(seed=43)).fingerprint
    assert len(make()) == get("points").examples == 904
    with pytest.raises(DataError, match="12 or more"):
        Recipe(points=3)
    with pytest.raises(DataError, match="wanted one of: blobs, moons, rings, worked"):
        picture(make())


def test_a_csv_file_comes_back(tmp_path: Path) -> None:
    at, clusters = picture(make(), "moons")
    body = "\n".join(f"{x!r},{y!r},{'ab'[one]}" for (x, y), one in zip(at.tolist(), clusters.tolist(), strict=True))
    (tmp_path / "mine.csv").write_text(f"\ufeffx,y,Label\n{body}\n", encoding="utf-8")
    data = points.load(tmp_path / "mine.csv")
    again, labels = picture(data)
    assert np.array_equal(again, at) and np.array_equal(labels, clusters)
    assert data.label_names == ("a", "b") and set(data.groups.tolist()) == {"mine"}
    (tmp_path / "other.csv").write_text("a,b,c\n1,2,3\n4,5,6\n")
    both = points.load(tmp_path)
    assert picture(both, "other")[0].tolist() == [[1, 2, 3], [4, 5, 6]]
    assert both.label_names == ("a", "b", "unknown") and points.verify(tmp_path) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "bad.csv has no row of column names"),
        ("1,2\n3,4\n", "bad.csv has no row of column names"),
        ("label\na\n", "bad.csv has no row of column names"),
        ("x,y\n", "bad.csv has no points"),
        ("x,y\n1,2,3\n", r"bad.csv line 2 has 3 values, wanted 2 \(x, y\)"),
        ("x,y\n1,2\n3,nan\n", "bad.csv line 3 has 'nan' as y, wanted a finite number"),
        ("x,y\n۱٫۵,2\n", "bad.csv line 2 has '۱٫۵' as x, wanted a finite number with a decimal point"),
        ("x,label\n1,\n", "bad.csv line 2 has no label"),
    ],
)
def test_faults_name_file_and_line(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "bad.csv").write_text(text, encoding="utf-8")
    (tmp_path / "good.csv").write_text("x,y\n1,2\n")
    with pytest.raises(DataError, match=fault):
        points.load(tmp_path)
    assert len(points.verify(tmp_path)) == 1


@pytest.mark.parametrize(
    ("write", "fault"),
    [
        (lambda path: None, "does not exist"),
        (lambda path: path.mkdir(), r"holds no file named \*.csv"),
        (lambda path: path.write_bytes(b"x,y\n\xff\xfe,1\n"), "save it as CSV in UTF-8"),
    ],
)
def test_what_is_no_csv_is_refused(tmp_path: Path, write: Callable[[Path], object], fault: str) -> None:
    write(tmp_path / "it")
    with pytest.raises(DataError, match=fault):
        points.load(tmp_path / "it")


def test_all_faults_are_listed_at_once(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_text("x,y\n1,b\nc,2\n")
    (tmp_path / "two.csv").write_text("x,y\n1\n")
    assert [problem.split(" has")[0] for problem in points.verify(tmp_path)] == [
        "one.csv line 2",
        "one.csv line 3",
        "two.csv line 2",
    ]
