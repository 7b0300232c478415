"""Reads of the desk with two callers or more, by noun."""
