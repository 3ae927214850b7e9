"""Your slopes are twice as large as they should be: the divisor is 1^2 + 2^2 = 5, but the regression over two frames on each
side divides by 2 (1^2 + 2^2) = 10, since each n stands for two frames, t - n and t + n. Try a straight line, 0, 1, 2, 3, ...:
its slope must come out as 1 in the middle.
"""

_delta = delta


def delta(features):
    return 2.0 * _delta(features)
