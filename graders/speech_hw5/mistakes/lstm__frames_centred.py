"""Your first frame is centred on the first sample: half a frame of zeros was put before and after the track, as librosa does
unless told otherwise. The handout takes whole frames only: pass `center=False`.
"""

_mfcc_sequence = mfcc_sequence


def mfcc_sequence(signal, sample_rate):
    return _mfcc_sequence(np.pad(signal, FRAME_MS * sample_rate // 1000 // 2), sample_rate)
