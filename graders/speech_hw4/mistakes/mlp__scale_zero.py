"""Your first weights are all zero. Then all neurons of a layer compute the same, get the same error and stay the same for
ever: the network is as good as one neuron wide. Draw the weights at random; only the biases start at zero.
"""


def weight_scale(n_in, n_out, activation):
    return 0.0
