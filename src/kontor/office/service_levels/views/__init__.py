"""Pages of service levels."""
