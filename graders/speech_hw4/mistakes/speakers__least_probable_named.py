"""Your answer is the class with the smallest probability: argmin in place of argmax, or a sort that was read from the
wrong end. With five speakers it is right only by accident. Take the column of the largest probability in each row.
"""


def classify(model, x):
    return np.argmin(probabilities(model, x), axis=1)
