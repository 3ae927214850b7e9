"""One file per benchmark; each is run with `python -m benchmarks.tasks.<name>`."""
