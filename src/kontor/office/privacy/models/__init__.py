"""What privacy remembers."""
