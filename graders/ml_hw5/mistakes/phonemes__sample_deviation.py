"""You divide by the deviation with 1/(T - 1), which estimates the spread of a larger population. Here the utterance itself
is to have deviation 1, which takes 1/T; and with one single frame yours is 0/0. In NumPy this is ddof=0, which torch and
pandas do not take by themselves.
"""


def cepstral_normalize(mfcc):
    mfcc = np.asarray(mfcc, dtype=np.float64)
    return (mfcc - mfcc.mean(axis=0)) / (mfcc.std(axis=0, ddof=1) + TINY)
