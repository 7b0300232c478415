"""Reads of the books with two callers or more, by noun."""
