"""Contract suites and test doubles that ship with penstock."""
