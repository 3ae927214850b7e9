"""Where everything grows from: seeds, data sets and the figures that the course reported. Imports nothing else of the house."""
