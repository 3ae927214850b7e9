"""You average the frames of a track before the LSTM reads them, so it gets one step, and frames in any other order would give the
same answer. Such a network can know which sounds occur, and nothing about when; reading both ways cannot help it either. Give the
LSTM all frames, (N, T, 13). As a test, shuffle the frames of a track: the prediction has to move.
"""

_as_inputs = as_inputs


def as_inputs(inputs):
    return _as_inputs(inputs).mean(dim=1, keepdim=True)  # (N, T, D) -> (N, 1, D)
