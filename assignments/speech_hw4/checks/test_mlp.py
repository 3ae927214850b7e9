"""Public checks of the network: known values, finite differences of your own loss, and a first small training."""

from itertools import pairwise

import numpy as np

from graders.kit import check, ensure, equal

STEP = 3e-3  # small enough for the curvature, large enough for single precision


@check("q2.activation_values")
def test_activation_values(student):
    """Bipolar sigmoid, ReLU and their slopes at a few points; no overflow where a neuron is far in saturation."""
    z = np.array([-1000.0, -2.0, 0.0, 1.0, 4.0, 1000.0])
    equal(student.mlp.bipolar(z), np.array([-1.0, -0.76159416, 0.0, 0.46211716, 0.96402758, 1.0]), what="bipolar", inputs=z)
    wanted = np.array([0.0, 0.20998717, 0.5, 0.39322387, 0.03532541, 0.0])
    equal(student.mlp.bipolar_derivative(z), wanted, what="bipolar_derivative", inputs=z)
    equal(student.mlp.relu(z), np.array([0.0, 0.0, 0.0, 1.0, 4.0, 1000.0]), what="relu", inputs=z, rtol=1e-6)
    z = np.array([-3.0, -0.5, 0.5, 4.0])
    equal(student.mlp.relu_derivative(z), np.array([0.0, 0.0, 1.0, 1.0]), what="relu_derivative", inputs=z)


@check("q2.sizes")
def test_sizes(student):
    """The widths and numbers of parameters that the handout names."""
    known = (
        ("one", 12, [12, 11, 10], 263),
        ("two_equal", 12, [12, 11, 11, 10], 395),
        ("two_wide", 12, [12, 8, 6, 10], 228),
        ("two_narrow", 12, [12, 6, 4, 10], 156),
        ("one", 1152, [1152, 581, 10], 675713),
    )
    for design, n_inputs, sizes, n_parameters in known:
        equal(student.mlp.layer_sizes(n_inputs, 10, design), sizes, what=f"layer_sizes({n_inputs}, 10, {design!r})", rtol=0)
        equal(student.mlp.count_parameters(sizes), n_parameters, what=f"count_parameters({sizes})", rtol=0)


@check("q2.target_values")
def test_target_values(student):
    """Targets of two clips: -1 and +1 for the bipolar sigmoid, 0 and 1 for ReLU."""
    labels = np.array([2, 0])
    right = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    equal(student.mlp.targets(labels, 3, "bipolar"), 2 * right - 1, what='targets(labels, 3, "bipolar")', inputs=labels)
    equal(student.mlp.targets(labels, 3, "relu"), right, what='targets(labels, 3, "relu")', inputs=labels)


@check("q2.decision_values")
def test_decision_values(student):
    """Softmax of small and of huge scores, the mean squared error, and accuracies, each of an example with a known answer."""
    shares = np.array([0.09003057, 0.24472847, 0.66524096])
    for z in ([1.0, 2.0, 3.0], [1001.0, 1002.0, 1003.0]):
        equal(student.mlp.softmax(np.array(z)), shares, what=f"softmax({z})")
    equal(
        student.mlp.softmax(np.array([[1.0, 2.0, 3.0], [3.0, 2.0, 1.0]])),
        np.stack([shares, shares[::-1]]),
        what="softmax of two rows",
    )
    output, target = np.array([[0.5, -1.0], [0.0, 1.0]]), np.array([[1.0, -1.0], [-1.0, 1.0]])
    equal(student.mlp.mse(output, target), 0.3125, what="mse", inputs=(output, target))  # (0.25 + 0 + 1 + 0) / 4
    labels, predictions = np.array([0, 0, 0, 0, 1, 2]), np.array([0, 0, 0, 1, 1, 1])
    inputs = (labels, predictions)
    equal(
        student.mlp.per_class_accuracy(labels, predictions, 4),
        np.array([0.75, 1.0, 0.0, 0.0]),
        what="per_class_accuracy",
        inputs=inputs,
    )
    equal(student.mlp.mean_accuracy(labels, predictions), 4 / 6, what="mean_accuracy", inputs=inputs)


@check("q2.numeric_gradient")
def test_numeric_gradient(student, rng):
    """Every weight and bias is moved a little to both sides; the change of your own forward pass's loss must be your gradient."""
    for sizes, activation in (((4, 3, 3), "bipolar"), ((4, 3, 3), "relu"), ((5, 4, 2, 3), "bipolar"), ((5, 4, 2, 3), "relu")):
        params = [
            {"W": rng.normal(0, 0.8, size=(n_in, n_out)), "b": rng.normal(0, 0.3, size=n_out)} for n_in, n_out in pairwise(sizes)
        ]
        x, target = rng.normal(size=sizes[0]), rng.choice([-1.0, 1.0], size=sizes[-1])
        wanted = differences(student, params, x, target, activation)
        got = student.mlp.gradients(params, x, target, activation)
        place = f"gradients, widths {list(sizes)}, {activation}"
        equal(got, wanted, what=place, inputs=(params, x, target), rtol=5e-3, atol=2e-4)


def differences(student, params, x, target, activation):
    """The gradient by central differences, in the shape of `params`."""
    slopes = [{name: np.zeros_like(values) for name, values in layer.items()} for layer in params]
    for layer, slope in zip(params, slopes, strict=True):
        for name, values in layer.items():
            for place in np.ndindex(values.shape):
                kept = values[place]
                values[place] = kept + STEP
                above = loss(student, params, x, target, activation)
                values[place] = kept - STEP
                below = loss(student, params, x, target, activation)
                values[place] = kept
                slope[name][place] = (above - below) / (2 * STEP)
    return slopes


def loss(student, params, x, target, activation):
    """L = 1/2 sum (a - t)^2 with the student's own forward pass."""
    answer = student.mlp.forward(params, x, activation)
    complete = isinstance(answer, dict) and isinstance(answer.get("a"), list | tuple) and len(answer["a"]) == len(params)
    ensure(complete, f"forward should return z and a, each a list of {len(params)} arrays, one for each layer.", got=answer)
    output = answer["a"][-1]
    fits = (
        isinstance(output, np.ndarray) and output.shape == target.shape and output.dtype.kind == "f" and np.isfinite(output).all()
    )
    ensure(fits, f"The last a of forward should be {target.size} finite numbers, an array of shape {target.shape}.", got=output)
    return 0.5 * np.sum((output.astype(float) - target) ** 2)


@check("q2.first_training")
def test_first_training(student, rng):
    """Ten well separated heaps of points: the MSE falls, the classes are found, and the same seed gives the same result."""
    labels = np.tile(np.arange(10), 8)
    inputs = rng.normal(size=(10, 12))[labels] + 0.2 * rng.normal(size=(80, 12))
    for activation in ("bipolar", "relu"):
        got = student.mlp.train(inputs, labels, "one", activation, 20, 0.02, 1)
        complete = isinstance(got, dict) and {"params", "mse", "accuracy"} <= set(got)
        ensure(complete, "train should return a dictionary with params, mse and accuracy.", got=got)
        for name in ("mse", "accuracy"):
            curve = got[name]
            is_curve = isinstance(curve, list | tuple | np.ndarray) and all(
                isinstance(one, float | int | np.number) for one in curve
            )
            ensure(is_curve and len(curve) == 20, f"{name} should be a list of 20 numbers, one for each epoch.", got=curve)
        first, last = got["mse"][0], got["mse"][-1]
        ensure(last < 0.7 * first, "The MSE should fall clearly over twenty epochs.", got=[first, last])
        found = student.mlp.predict(got["params"], inputs, activation)
        ensure(isinstance(found, np.ndarray) and found.shape == (80,), "predict should return one class for each row.", got=found)
        easy = "After training, most of these easy points should be recognised."
        ensure(np.mean(found == labels) > 0.7, easy, got=found[:10], wanted=labels[:10])
        equal(
            student.mlp.train(inputs, labels, "one", activation, 20, 0.02, 1), got, what="the same training once more", rtol=1e-3
        )
