"""Reads about offers and contracts with two callers or more, by noun."""
