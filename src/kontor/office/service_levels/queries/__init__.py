"""What is read of service levels by more than one caller."""
