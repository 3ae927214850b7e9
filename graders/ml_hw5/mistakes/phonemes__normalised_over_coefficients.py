"""You take mean and deviation over the 28 coefficients of each frame, not over time. That mixes quantities of different
kinds, and leaves the constant that the microphone adds to every frame where it was. The mean belongs to each coefficient,
over all frames of the utterance: axis 0 of (T, 28).
"""


def cepstral_normalize(mfcc):
    mfcc = np.asarray(mfcc, dtype=np.float64)
    return (mfcc - mfcc.mean(axis=1, keepdims=True)) / (mfcc.std(axis=1, keepdims=True) + TINY)
