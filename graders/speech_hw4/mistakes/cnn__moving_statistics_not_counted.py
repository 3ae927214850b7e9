"""You count only what a gradient moves: 64 for a batch normalisation of 32 channels. It keeps a moving mean and a moving variance
as well, which predict needs and which are saved with the weights: 128 in all. PyTorch has them among the buffers.
"""


def count(module):
    return sum(parameter.numel() for parameter in module.parameters())
