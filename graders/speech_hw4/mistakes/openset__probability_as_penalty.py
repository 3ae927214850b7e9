"""Your score is 1 minus the largest probability, an uncertainty: high for the clips that you should turn away. A score
must be high where the clip sounds like the speaker, since `decide` lets in what reaches the threshold. Return the
largest probability itself.
"""

_by_probability = by_probability


def by_probability(model, x):
    found = _by_probability(model, x)
    return {**found, "score": 1.0 - found["score"]}
