"""The EER that you report is the validation part's. The threshold was chosen there, so it is that part's best figure;
what you want to know is how well the scores divide people whom nobody has listened to. Report the EER of the test
part's scores beside the errors at the validation's threshold.
"""

_evaluate = evaluate


def evaluate(validation_known, validation_outsiders, test_known, test_outsiders):
    found = _evaluate(validation_known, validation_outsiders, test_known, test_outsiders)
    return {**found, "eer": eer(validation_known, validation_outsiders)["eer"]}
