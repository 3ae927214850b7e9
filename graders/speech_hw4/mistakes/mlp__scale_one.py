"""Your first weights are drawn with deviation 1, whatever the width of the layer. A sum over n inputs then has a deviation of
about sqrt(n), which drives the sigmoids into saturation, where the slope is next to nothing: two-layer networks stay at
chance. Scale the weights: sqrt(2 / (n_in + n_out)) for the bipolar sigmoid, sqrt(2 / n_in) for ReLU.
"""


def weight_scale(n_in, n_out, activation):
    return 1.0
