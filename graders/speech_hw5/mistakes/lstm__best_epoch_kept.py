"""You keep the weights of the epoch with the best validation result. That epoch was chosen by looking at the validation tracks,
so its accuracy on them is too good: among thirty epochs the luckiest one wins. The handout asks for the last weights. (With a
third part of the tracks to test on, choosing the epoch by validation would be fair.)
"""


def train(name, inputs, labels, validation_inputs, validation_labels, *, epochs, learning_rate, batch_size, seed, folder):
    torch.manual_seed(seed)
    inputs, labels = as_inputs(inputs), torch.as_tensor(np.asarray(labels, dtype=np.int64))
    network = Network(name, inputs.shape[2])
    optimizer = torch.optim.Adam([value for value in network.parameters() if value.requires_grad], learning_rate)
    curves = {"loss": [], "accuracy": [], "validation_loss": [], "validation_accuracy": []}
    for _ in range(epochs):
        loss, accuracy = teach(network, optimizer, inputs, labels, batch_size)
        curves["loss"].append(loss)
        curves["accuracy"].append(accuracy)
        probabilities = decide(network, validation_inputs)
        curves["validation_loss"].append(cross_entropy(probabilities, validation_labels))
        curves["validation_accuracy"].append(float(np.mean(probabilities.argmax(axis=1) == validation_labels)))
        if curves["validation_loss"][-1] == min(curves["validation_loss"]):
            save(network, name, folder)
    return curves
