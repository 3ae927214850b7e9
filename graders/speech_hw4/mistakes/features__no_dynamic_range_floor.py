"""Your levels have no lower limit relative to the clip's loudest value. Quiet stretches, where there is nothing but rounding
noise, then reach down to -100 dB, and their wild values rule the mean and the deviation of every coefficient. Raise
everything that lies more than 80 dB below the maximum of the clip to that limit, before the DCT.
"""


def power_to_db(power):
    return 10.0 * np.log10(np.maximum(power, POWER_FLOOR))
