"""Labels were decoded with -100 still in them, forced to a number that the tokenizer takes. -100 marks padding and is no token:
what is written for it are signs that nobody said, such as rows of "!", and each is an error in the word error rate of the
labels. Put the tokenizer's padding token back first, then decode with `skip_special_tokens=True`.
"""


def read_labels(labels, checkpoint):
    tokenizer = parts_of(checkpoint)[1]
    ids = np.maximum(np.asarray(labels), 0)
    return [text.strip() for text in tokenizer.batch_decode(ids.tolist(), skip_special_tokens=True)]
