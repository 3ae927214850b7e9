"""Your decibels are relative to 1, not to the largest value of the clip. Then a recording that was merely turned down makes a
darker picture, and the network learns how loud a studio worked. Subtract the level of the maximum, so that the loudest place of
every clip is at 0 dB before the picture is scaled.
"""


def decibels(power):
    level = 10.0 * np.log10(np.maximum(power, POWER_FLOOR))
    return np.maximum(level, level.max() - DYNAMIC_RANGE_DB)
