"""Tracks are met in the order in which they are stored, genre after genre. The last batches of every epoch hold one genre only,
and the network ends up naming it everywhere. Draw a new order in every epoch (`shuffle=True` in a DataLoader, `torch.randperm`;
Keras's `fit` shuffles by itself).
"""


def teach(network, optimizer, inputs, labels, batch_size):
    network.train()
    total, hits = 0.0, 0
    for rows in torch.arange(len(inputs)).split(batch_size):
        scores = network(inputs[rows])
        loss = nn.functional.cross_entropy(scores, labels[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += float(loss.detach()) * len(rows)
        hits += int((scores.argmax(dim=1) == labels[rows]).sum())
    return total / len(inputs), hits / len(inputs)
