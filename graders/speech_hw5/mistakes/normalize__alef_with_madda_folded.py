"""You turn آ into ا, like the alefs with a hamza. In Persian آ is a letter of its own, with another sound: آب is water, اب is
no word. A recogniser that leaves the madda out has made an error, and your normaliser hides it. Keep آ.
"""

LETTERS = LETTERS | {0x622: 0x627}
