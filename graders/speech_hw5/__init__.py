"""Hidden checks of speech HW5, questions 1 and 2: formulas."""
