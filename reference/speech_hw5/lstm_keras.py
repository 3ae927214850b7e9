"""The recurrent networks of question 4 in Keras 3, as the course's own documents write them, with weights from `lstm.py`.

Both frameworks order the gates input, forget, cell, output, and put the halves of a layer that reads both ways side by side, forward
first. They differ in the shapes: torch.nn keeps (4 units, inputs) matrices and two biases that are added, Keras (inputs, 4 units)
kernels and one bias. Choose the backend before the import, with KERAS_BACKEND.
"""

import keras
import numpy as np

HIDDEN = 64
DROPOUT = 0.3
MODELS = {
    "lstm_64_64": ((64, 64), False),
    "lstm_128": ((128,), False),
    "bilstm_64_64": ((64, 64), True),
    "bilstm_128": ((128,), True),
}


def build(name, input_shape, n_classes=10):
    """The network for inputs (N, T, D): `input_shape` is (T, D)."""
    units, both_ways = MODELS[name]
    model = keras.Sequential([keras.Input(tuple(input_shape))])
    for number, size in enumerate(units, start=1):
        layer = keras.layers.LSTM(size, return_sequences=number < len(units))
        model.add(keras.layers.Bidirectional(layer) if both_ways else layer)
    model.add(keras.layers.Dense(HIDDEN, activation="relu"))
    model.add(keras.layers.Dropout(DROPOUT))
    model.add(keras.layers.Dense(n_classes, activation="softmax"))
    return model


def layers(name, input_shape, n_classes):
    """The network's table, in the words of `lstm.layers`."""
    kinds = {"Bidirectional": "BiLSTM"}
    return [
        {
            "layer": kinds.get(type(layer).__name__, type(layer).__name__),
            "shape": list(layer.output.shape[1:]),
            "parameters": layer.count_params(),
        }
        for layer in build(name, input_shape, n_classes).layers
    ]


def lstm_weights(state, prefix, direction):
    """Kernel, recurrent kernel and bias of one direction of one torch LSTM; `direction` is "" or "_reverse"."""
    kernel = state[f"{prefix}.weight_ih_l0{direction}"].T  # (4 units, D) -> (D, 4 units)
    recurrent = state[f"{prefix}.weight_hh_l0{direction}"].T  # (4 units, units) -> (units, 4 units)
    bias = state[f"{prefix}.bias_ih_l0{direction}"] + state[f"{prefix}.bias_hh_l0{direction}"]
    return [kernel, recurrent, bias]


def with_weights(name, input_shape, state, n_classes=10):
    """The network with the weights of the same one in PyTorch: `state` is its state_dict as arrays, as `lstm.save` writes it."""
    model = build(name, input_shape, n_classes)
    units, both_ways = MODELS[name]
    values = []
    for number in range(len(units)):
        for direction in ("", "_reverse") if both_ways else ("",):
            values += lstm_weights(state, f"recurrent.{number}", direction)
    for dense in ("hidden", "output"):
        values += [state[f"{dense}.weight"].T, state[f"{dense}.bias"]]
    model.set_weights(values)
    return model


def train(name, inputs, labels, validation_inputs, validation_labels, *, epochs, learning_rate, batch_size, seed, folder):
    """A new network, taught with Adam: the curves of `lstm.train`. The last weights go into `folder`."""
    keras.utils.set_random_seed(seed)
    model = build(name, np.shape(inputs)[1:])
    model.compile(keras.optimizers.Adam(learning_rate), "sparse_categorical_crossentropy", metrics=["accuracy"])
    told = model.fit(
        np.float32(inputs),
        np.asarray(labels),
        validation_data=(np.float32(validation_inputs), np.asarray(validation_labels)),
        epochs=epochs,
        batch_size=batch_size,
        verbose=0,
    ).history
    model.save(f"{folder}/{name}.keras")
    names = {"loss": "loss", "accuracy": "accuracy", "validation_loss": "val_loss", "validation_accuracy": "val_accuracy"}
    return {ours: [float(value) for value in told[theirs]] for ours, theirs in names.items()}


def predict(name, inputs, folder):
    """Probabilities from the weights in `folder`: (N, T, D) -> (N, 10)."""
    return keras.models.load_model(f"{folder}/{name}.keras").predict(np.float32(inputs), verbose=0)
