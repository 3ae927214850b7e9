"""Your threshold is the highest score of the validation's outsiders, so that none of those gets in. The known speakers
had no say: how many of them are turned away is left to luck, and a single loud outsider moves the threshold for
everybody. Use both kinds of clips, here at the point of equal errors.
"""

_evaluate = evaluate


def evaluate(validation_known, validation_outsiders, test_known, test_outsiders):
    threshold = float(np.max(validation_outsiders))
    found = _evaluate(validation_known, validation_outsiders, test_known, test_outsiders)
    shares = {
        "false_acceptance": false_acceptance(test_outsiders, threshold),
        "false_rejection": false_rejection(test_known, threshold),
    }
    return {**found, **shares, "threshold": threshold}
