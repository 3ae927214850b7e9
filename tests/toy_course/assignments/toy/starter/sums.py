"""Fill these in."""


def total(values):
    raise NotImplementedError("total")


def row_means(matrix):
    raise NotImplementedError("row_means")


def score():
    raise NotImplementedError("score")
