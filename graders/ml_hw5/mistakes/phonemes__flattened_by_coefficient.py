"""You put the 41 values of the first coefficient first, then those of the second: the window was transposed before it was
flattened. A network that learns so works so, but rows and weights of others do not fit. Reshape (B, frames, 28) as it is.
"""


def windows(utterances, rows, context):
    frames = np.concatenate([*utterances, np.zeros((1, np.shape(utterances[0])[1]))])
    table = frames[window_indices([len(one) for one in utterances], rows, context)]
    return table.transpose(0, 2, 1).reshape(len(rows), -1)
