"""Your penalty also pulls the biases to zero. The penalty is there to keep the boundary from bending after single clips;
a bias only says how frequent a speaker is and where the middle lies, and pulling it to zero makes the answer depend
on how the features were shifted. Add up the squares of W alone.
"""


def pull(width, penalty):
    return np.full((width + 1, 1), penalty)
