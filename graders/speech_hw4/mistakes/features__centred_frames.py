"""Your first frame is centred on the first sample: half a frame of zeros was put before and after the clip, as libraries do
unless told otherwise (`center=True`). It makes two or three frames more than the handout asks for, and the outer ones are
half silence. Take whole frames only: T = 1 + (n - frame) // hop.
"""

_frame_signal = frame_signal


def frame_signal(signal, frame_length, hop_length):
    return _frame_signal(np.pad(signal, frame_length // 2), frame_length, hop_length)
