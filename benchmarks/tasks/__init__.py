"""One file per benchmark: those with a `TASK` are run by `sanjeh bench`, those with a `main` by `python -m benchmarks.tasks.<name>`."""
