"""What is asked and what was answered, as standards write it: no database."""
