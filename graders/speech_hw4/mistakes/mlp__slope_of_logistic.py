"""Your slope is f (1 - f), which belongs to the logistic sigmoid with values in (0, 1). With the bipolar sigmoid it is even
negative where f < 0, so that half of the neurons learn in the wrong direction. The slope of the bipolar one is (1 + f)(1 - f)
/ 2.
"""


def bipolar_derivative(z):
    return bipolar(z) * (1 - bipolar(z))
