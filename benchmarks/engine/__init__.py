"""Records per second of the embedded engine, beside other engines and hand-written loops."""
