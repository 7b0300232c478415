"""What a flow's pages ask."""
