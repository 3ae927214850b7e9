"""You left out coefficient 0, the loudness, and took 1 to 13. That is often done in speech recognition, but the handout asks for
13 coefficients beginning with 0: in music, loudness over time is rhythm.
"""

_dct_matrix = dct_matrix


def dct_matrix(n_out, n_in):
    return _dct_matrix(n_out + 1, n_in)[1:]
