"""Hidden checks of the eight functions, on random input."""

from graders.kit import check, same


@check("q.softmax")
def test_softmax(student, right, rng):
    """Softmax of random input."""
    same(student.vectors.softmax, right.vectors.softmax, rng.normal(size=50))


@check("q.mse")
def test_mse(student, right, rng):
    """Mean squared error of random input."""
    same(student.vectors.mse, right.vectors.mse, rng.normal(size=(40, 10)), rng.normal(size=(40, 10)))


@check("q.bipolar")
def test_bipolar(student, right, rng):
    """Bipolar sigmoid of random input."""
    same(student.vectors.bipolar, right.vectors.bipolar, rng.normal(size=500))


@check("q.slope")
def test_slope(student, right, rng):
    """Its derivative of random input."""
    same(student.vectors.slope, right.vectors.slope, rng.normal(size=500))


@check("q.relu")
def test_relu(student, right, rng):
    """ReLU of random input."""
    same(student.vectors.relu, right.vectors.relu, rng.normal(size=500))


@check("q.standardize")
def test_standardize(student, right, rng):
    """Standardisation of random input."""
    same(student.vectors.standardize, right.vectors.standardize, rng.normal(size=(200, 36)))


@check("q.one_hot")
def test_one_hot(student, right, rng):
    """One-hot targets of random input."""
    same(student.vectors.one_hot, right.vectors.one_hot, rng.integers(0, 10, size=100), 10)


@check("q.dense")
def test_dense(student, right, rng):
    """Dense layer of random input."""
    same(student.vectors.dense, right.vectors.dense, rng.normal(size=(64, 36)), rng.normal(size=(36, 20)), rng.normal(size=20))
