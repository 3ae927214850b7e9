"""Your network reads (N, T, 13) with time and coefficients exchanged: it steps from the first cepstral coefficient to the
thirteenth, and takes all frames at once as the features of one step. The order of coefficients is no course of events, and a
track of another length no longer fits. Look at the input shape in your network's table: for 30 s it must be (1291, 13). librosa
gives (13, T), so transpose there.
"""

_as_inputs = as_inputs


def as_inputs(inputs):
    return _as_inputs(inputs).transpose(1, 2)  # (N, T, D) -> (N, D, T)
