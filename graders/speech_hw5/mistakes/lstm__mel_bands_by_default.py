"""You have 128 mel bands, librosa's default. With frames of 25 ms the narrow ones at low frequencies hold no FFT bin at all and
stay empty (librosa warns of it), and their floor of -100 dB goes into every cepstrum. The handout asks for 40: pass `n_mels=40`.
"""

N_MELS = 128
