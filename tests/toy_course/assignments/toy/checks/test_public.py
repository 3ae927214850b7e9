"""Public checks of the toy assignment."""

from graders.kit import check, equal


@check("q1.total")
def test_total(student):
    """The total of 1, 2, 3 is 6."""
    equal(student.sums.total([1, 2, 3]), 6, what="total([1, 2, 3])", inputs=[1, 2, 3])
