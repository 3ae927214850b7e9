"""You add the zeros first and normalise afterwards. The zeros are then measured as if they were speech: mean and deviation
come out wrong, the more so the shorter the utterance, and the padding is no longer 0. Normalise the real frames first; then
0 is the mean of the utterance, a neutral filling.
"""


def network_inputs(utterances, rows, context):
    padded = [cepstral_normalize(np.pad(one, ((context, context), (0, 0)))) for one in utterances]
    first, _ = edges([len(one) for one in utterances])
    number = np.repeat(np.arange(len(utterances)), [len(one) for one in utterances])
    return np.stack([padded[number[row]][row - first[row] :][: frame_count(context)].ravel() for row in rows])
