"""What a contract decides: plain Python, without Django, database, clock or network."""
