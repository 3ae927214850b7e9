"""The engine: course, intake, sandbox, session, ledger, release. It knows no assignment by name."""
