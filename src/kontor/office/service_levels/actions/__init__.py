"""Everything that people and machines do with service levels."""
