"""Your softmax adds up along the wrong axis (or over the whole array): with a row per clip, the shares of one clip do not add
up to 1, and clips compete with each other. Add up along the last axis, with keepdims=True.
"""

_softmax = softmax


def softmax(z):
    z = np.asarray(z, dtype=float)
    return _softmax(z.T).T if z.ndim > 1 else _softmax(z)
