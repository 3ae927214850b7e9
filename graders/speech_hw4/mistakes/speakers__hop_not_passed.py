"""Your frames start every 512 samples whatever the sample rate: that is the default hop of a library, and the 10 ms that
the handout asks for never reached it. At 16 kHz the frames are 25 ms long but 32 ms apart, so a fifth of the sound is
never looked at. Count the frames: a second has 98. Pass the hop on as 10 * sample_rate // 1000.
"""

_frame_signal = frame_signal


def frame_signal(signal, frame_length, hop_length):
    return _frame_signal(signal, frame_length, 512)
