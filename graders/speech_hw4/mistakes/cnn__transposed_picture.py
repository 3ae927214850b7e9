"""Your picture lies on its side: pitch along axis 0 and time along axis 1. Libraries return (mel bands, frames); the handout wants
time along axis 0. Both sides are 128 long, so no shape gives it away. Look at a steady tone: it must be loudest in one and the same
column of every row.
"""

_spectrogram = spectrogram


def spectrogram(signal, sample_rate):
    return _spectrogram(signal, sample_rate).T
