"""Your slope of the bipolar sigmoid is (1 + f)(1 - f), which is twice the right one. That is the derivative of tanh(z); the
bipolar sigmoid is tanh(z / 2), so the chain rule adds the factor 1/2. At z = 0 the slope must be 1/2.
"""


def bipolar_derivative(z):
    return (1 + bipolar(z)) * (1 - bipolar(z))
