"""You take out the mean of each coefficient but leave its spread. The first coefficients are many times larger than the
last, so the network hears mostly those, and noise changes the spread. Divide by the standard deviation over the utterance
too.
"""


def cepstral_normalize(mfcc):
    mfcc = np.asarray(mfcc, dtype=np.float64)
    return mfcc - mfcc.mean(axis=0)
