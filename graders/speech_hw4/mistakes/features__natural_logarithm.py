"""Your levels are natural logarithms of the power, not decibels. They differ by the factor 10 / ln 10 = 4.34, and a floor of
80 means something else on each scale. Take 10 log10 of the power, and then the floor.
"""


def power_to_db(power):
    level = np.log(np.maximum(power, POWER_FLOOR))
    return np.maximum(level, level.max() - DYNAMIC_RANGE_DB)
