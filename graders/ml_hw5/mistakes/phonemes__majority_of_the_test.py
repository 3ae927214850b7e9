"""You look for the most frequent symbol in the labels that you then test on. The baseline, too, may learn only from the
training part: otherwise it knows something that no network is told.
"""


def majority_baseline(train_labels, labels):
    wanted = np.concatenate(labels)
    wanted = wanted[wanted != UNKNOWN]
    return float(np.bincount(wanted).max() / len(wanted))
