"""You split clips at random. The clips are neighbouring seconds of the same recordings, so nearly every test clip has a
brother in the training part with the same room, microphone, day and sentence, and part of your accuracy is
recognising the recording. Deal whole recordings: collect the recordings of each speaker, draw some for testing, and
let all clips follow their recording.
"""


def split_by_recording(speakers, recordings, share, seed):
    order = np.random.default_rng(seed).permutation(len(speakers))
    n_test = int(share * len(speakers) + 0.5)
    return np.sort(order[n_test:]), np.sort(order[:n_test])
