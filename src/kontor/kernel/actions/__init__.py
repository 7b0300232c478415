"""Every write the kernel offers, by noun."""
