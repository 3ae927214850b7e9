"""Music of ten genres, composed and played with NumPy: `styles` says what a genre is, `compose` writes a track, `sounds` plays it.

Made so that models meet what they meet in real genres: distributions that overlap, artists with a sound of their own, and differences
that lie in rhythm and texture rather than in the mean spectrum.
"""
