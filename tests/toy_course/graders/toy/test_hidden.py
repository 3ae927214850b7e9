"""Hidden checks of the toy assignment."""

from graders.kit import band, check, same


@check("q1.mean")
def test_mean(student, right, rng):
    """Rows are averaged along their own axis."""
    same(student.sums.row_means, right.sums.row_means, rng.normal(size=(3, 5)))


@check("q1.score")
def test_score(student):
    """The score is high."""
    band(float(student.sums.score()), "score")
