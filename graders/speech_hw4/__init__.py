"""Hidden checks of speech HW4, and what they share."""
