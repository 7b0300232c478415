"""Every write about people: inviting them, what they may do, and what they say about themselves."""
