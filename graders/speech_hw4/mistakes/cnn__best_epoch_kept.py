"""You keep the weights of the epoch whose validation loss was lowest, where the handout asks for the last epoch. That chooses the network
by the very pictures that you report it on; with 30 epochs the best one is partly the luckiest. Where you want to stop early, set a
third part aside for it.
"""


def teach(network, part, other, epochs, learning_rate, batch_size):
    optimiser = torch.optim.Adam(network.parameters(), lr=learning_rate)
    rows, kept = [], {}
    for _ in range(epochs):
        rows.append((*train_epoch(network, optimiser, *part, batch_size), *measure(network, *other)))
        if rows[-1][2] == min(row[2] for row in rows):
            kept = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    network.load_state_dict(kept)
    names = ("loss", "accuracy", "validation_loss", "validation_accuracy")
    return {name: list(curve) for name, curve in zip(names, zip(*rows, strict=True), strict=True)}
