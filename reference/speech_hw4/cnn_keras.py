"""The networks of question 3 once more, in Keras 3 on TensorFlow: the same tables, and with the same weights the same answers.

    python cnn_keras.py "two_blocks" weights pictures.npz answers.npz

reads the weights that `cnn.train` kept in a folder and the standardised "images" (N, H, W) of a file, and writes "probabilities" (N, 10),
and the table of layers as text. TensorFlow wants a process of its own, hence a script and not an import.

Keras keeps channels last, PyTorch first: kernels and the dense layer after the flattening have their axes in another order.
"""

import json
import sys
from pathlib import Path

import keras
import numpy as np

FILTERS = 32
BLOCKS = {"two_blocks": 2, "one_block": 1}
N_CLASSES = 10


def build(name, input_shape, n_classes):
    """The untrained network for pictures of (height, width, channels); it ends in probabilities."""
    parts = [keras.Input(input_shape)]
    for _ in range(BLOCKS[name]):
        parts += [
            keras.layers.Conv2D(FILTERS, 3, activation="relu"),
            keras.layers.MaxPooling2D(3, strides=2, padding="valid"),
            keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-3),
        ]
    return keras.Sequential([*parts, keras.layers.Flatten(), keras.layers.Dense(n_classes, activation="softmax")])


def table(network):
    """[{"layer", "shape", "parameters"}, ...], as Keras names, shapes and counts them."""
    return [
        {"layer": type(layer).__name__, "shape": list(layer.output.shape[1:]), "parameters": layer.count_params()}
        for layer in network.layers
    ]


def transfer(network, state):
    """Put PyTorch's arrays, in the order of its layers, into the Keras network."""
    arrays = iter([array for name, array in state.items() if name.endswith(("weight", "bias", "running_mean", "running_var"))])
    channels = None  # (height, width, channels) of what is flattened
    for layer in network.layers:
        if isinstance(layer, keras.layers.Conv2D):
            layer.set_weights([next(arrays).transpose(2, 3, 1, 0), next(arrays)])  # (out, in, h, w) -> (h, w, in, out)
        elif isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights([next(arrays) for _ in range(4)])  # scale, shift, moving mean, moving variance
        elif isinstance(layer, keras.layers.Flatten):
            height, width, channels = layer.input.shape[1:]
        elif isinstance(layer, keras.layers.Dense):
            kernel = next(arrays).reshape(-1, channels, height, width)  # (classes, flat), flat with channels first
            layer.set_weights([kernel.transpose(2, 3, 1, 0).reshape(-1, len(kernel)), next(arrays)])


def main():
    """Answer by the weights of a folder."""
    name, folder, questions, answers = sys.argv[1:]
    with np.load(Path(folder) / f"{name}.npz") as kept:
        state = {key: kept[key].astype(np.float32) for key in kept.files if key not in ("mean", "std")}
    with np.load(questions) as given:
        images = given["images"].astype(np.float32)[..., None]  # (N, H, W, 1)
    network = build(name, images.shape[1:], N_CLASSES)
    transfer(network, state)
    shares = network.predict(images, verbose=0)
    np.savez(answers, probabilities=shares, table=json.dumps(table(network)), parameters=network.count_params())


if __name__ == "__main__":
    main()
