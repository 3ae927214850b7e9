"""Your speed-up is the pool's time divided by the serial time. By convention it is the other way round, old time over
new time, so that 2 means twice as fast and a number below 1 says that the pool made it slower. The course's own
figures read 69.5 s / 37.7 s = 1.84. Swap the two.
"""

_timing = timing


def timing(clips, sample_rate, kind, workers):
    found = _timing(clips, sample_rate, kind, workers)
    return {**found, "speedup": found["pool"] / found["serial"]}
