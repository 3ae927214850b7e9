"""You counted the weights only. Every neuron behind the input has a bias as well: n_in * n_out + n_out for each layer."""


def count_parameters(sizes):
    return sum(n_in * n_out for n_in, n_out in pairwise(sizes))
