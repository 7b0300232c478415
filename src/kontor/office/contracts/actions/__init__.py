"""Every write about offers and contracts, by noun."""
