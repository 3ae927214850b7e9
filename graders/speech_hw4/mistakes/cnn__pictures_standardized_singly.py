"""You standardise every picture by its own mean and deviation. How much of a clip is loud and how strong its contrasts are tells
genres apart, and you erase it. The handout measures two numbers once, over all training pictures.
"""


def standardize(images, statistics):
    images = np.asarray(images, dtype=float)
    return (images - images.mean(axis=(-2, -1), keepdims=True)) / images.std(axis=(-2, -1), keepdims=True)
