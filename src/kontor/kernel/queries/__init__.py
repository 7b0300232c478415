"""Reads with two callers or more, by noun."""
