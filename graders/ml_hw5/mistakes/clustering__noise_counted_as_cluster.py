"""You count the different labels, and -1 is one of them. Noise is no cluster: leave -1 out before you count. You see it at
a tiny radius, where everything is noise and you report one cluster.
"""


def count_clusters(labels):
    return len(set(labels.tolist()))
