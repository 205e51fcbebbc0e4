"""HTTP Client: origin, processor and destination over one client."""
