"""Your hop is a quarter of the frame: librosa takes `win_length // 4` in `stft` where none is given. The handout asks for 512
samples, whatever the frame. Pass `hop_length=512`.
"""

_mfcc_sequence = mfcc_sequence


def mfcc_sequence(signal, sample_rate):
    global HOP_LENGTH
    HOP_LENGTH = FRAME_MS * sample_rate // 1000 // 4
    return _mfcc_sequence(signal, sample_rate)
