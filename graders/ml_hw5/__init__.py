"""Hidden checks of ML HW5: formulas and derivations of questions 1, 2, 3, 5 and 6, and the clusterings of 5 and 6."""
