"""Every write of the books, by noun."""
