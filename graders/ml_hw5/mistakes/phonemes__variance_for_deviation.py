"""You divide by the variance. The spread of a coefficient is its standard deviation, the root of the variance: a coefficient
with deviation 3 then comes out with deviation 1/3, one with 0.2 with 5, and the network sees the small ones blown up. See
the deviations of your result: they should all be 1.
"""


def cepstral_normalize(mfcc):
    mfcc = np.asarray(mfcc, dtype=np.float64)
    return (mfcc - mfcc.mean(axis=0)) / (mfcc.var(axis=0) + TINY)
