"""You chose the threshold on the test part, with the very outsiders on whom you then report false acceptance. It is the
best threshold in hindsight; tomorrow's visitors will not be kind enough to send their scores in advance. Choose it on
the validation part and let the test part meet it.
"""

_evaluate = evaluate


def evaluate(validation_known, validation_outsiders, test_known, test_outsiders):
    return _evaluate(test_known, test_outsiders, test_known, test_outsiders)
