"""Grading: the `kit` a suite imports, the `engine` that runs it, one folder of hidden checks per assignment."""
