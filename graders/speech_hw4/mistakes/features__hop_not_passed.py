"""Your frames start every 512 samples, whatever the sample rate: 512 is the default hop of a library, and the 10 ms that you
set never reached the function that cuts the frames. At 16 kHz the frames then lie 32 ms apart but are only 25 ms long, so a
fifth of the sound falls in no frame at all. Count the frames: a clip of one second has 98. Pass the hop on as 10 *
sample_rate // 1000.
"""

_frame_signal = frame_signal


def frame_signal(signal, frame_length, hop_length):
    return _frame_signal(signal, frame_length, 512)
