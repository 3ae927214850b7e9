"""Benchmarks: `tasks` measure, `records` keep what was measured, `courses` are assignments made to be timed."""
