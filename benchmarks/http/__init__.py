"""Load on a server, and penstock's client beside the official one."""
