"""You find that one LSTM of 128 has fewer parameters than two of 64. It is the other way round for every width of the input:
weights between state and gates grow with the square of the units, 4 x 128 x 128 against twice 4 x 64 x 64 (and 4 x 64 x 64
between the layers). One wide layer has 256 width + 16384 more.
"""

_wide_minus_stacked = wide_minus_stacked


def wide_minus_stacked(width):
    return -_wide_minus_stacked(width)
