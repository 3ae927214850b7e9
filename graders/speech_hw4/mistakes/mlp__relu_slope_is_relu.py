"""Your derivative of ReLU gives back max(z, 0), the function itself. The slope of ReLU is 1 where z > 0 and 0 where z < 0."""


def relu_derivative(z):
    return relu(z)
