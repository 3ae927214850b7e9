"""A silent recording was given to the network, and a text came back. Whisper was trained to write, and invents a likely sentence
when there is nothing to hear. All of its words count as insertions. Look at the peak first: where it lies below -60 dB of
full scale (0.001), return "" and do not call generate.
"""


def silent(samples):
    return False
