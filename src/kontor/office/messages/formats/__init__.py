"""Reading the formats in which mail servers speak; pure, no database."""
