"""Your split always tests on each speaker's last recordings in the order of their names, whatever the seed. Numbers
often follow the calendar, so the test part is then one period, perhaps with one microphone, and you cannot repeat the
experiment with another draw to see how much the result depends on it. Shuffle each speaker's recordings with a
generator made from the seed.
"""


def split_by_recording(speakers, recordings, share, seed):
    testing = set()
    for speaker in sorted(set(speakers)):
        own = sorted({recording for recording, whose in zip(recordings, speakers, strict=True) if whose == speaker})
        testing.update(own[-max(1, int(share * len(own) + 0.5)) :])
    is_test = np.array([recording in testing for recording in recordings])
    return np.flatnonzero(~is_test), np.flatnonzero(is_test)
