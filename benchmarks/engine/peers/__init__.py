"""The job as others do it: each a program with the arguments SOURCE OUT."""
