"""You compare the two shares as if each network had tracks of its own. Both were asked about the same ones, and most tracks are
easy or hard for both. Only those that one of them names and the other does not tell anything: McNemar's test compares these two
counts, and sees differences that the shares hide.
"""


def compare(correct_a, correct_b):
    return compare_counts(int(np.sum(correct_a)), int(np.sum(correct_b)), len(correct_a))
