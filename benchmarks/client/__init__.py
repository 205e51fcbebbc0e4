"""penstock beside the official client, on the same script in one run."""
