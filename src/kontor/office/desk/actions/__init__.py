"""Every write of the desk, by noun."""
