"""Your labels are numbered by the alphabet, but your names stand in the order in which the folders were listed. So the row of
"classical" is printed as "country", and every name below it may be wrong: a true result with false titles, which no accuracy shows.
Check the supports: each name's must be the number of its own clips. Take the names from the encoder that made the numbers.
"""

_encode = encode


def encode(genres):
    return _encode(genres)[0], list(dict.fromkeys(genres))
