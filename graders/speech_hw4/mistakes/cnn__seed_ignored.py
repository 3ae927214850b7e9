"""Your training does not use its seed, or always the same one: another seed gives the same network, and nobody can tell how much of a
result is luck. Seed the generators of the framework with the argument at the beginning of train.
"""

_train = train


def train(name, images, labels, validation_images, validation_labels, **options):
    return _train(name, images, labels, validation_images, validation_labels, **{**options, "seed": 42})
