"""The engine of `sanjeh bench`: tasks are found, planned, run and recorded here; reports are made from the records elsewhere.

record.py      what one run leaves behind, one JSON line each          store.py       the file of records, append-only
task.py        what a file in benchmarks/tasks declares                identity.py    when two runs are the same run
plan.py        what is to be run, and what fits into a budget          run.py         runs it, whatever happens
measure.py     clocks, memory and energy                               machine.py     versions, device, proof of the kernel path
statistics.py  intervals and tests from raw predictions                summary.py     records -> rows with intervals and tests
findings.py    records -> all that a report prints                     comparison.py  what changed between two sets of records
rescore.py     records held to their raw answers                       words.py       word errors of stored transcripts
batched.py     all seeds of one network in one launch                  networks.py    the networks, one seed at a time
recurrence.py  their LSTMs over time                                   replay.py      a step launched once, as a recorded graph
"""
