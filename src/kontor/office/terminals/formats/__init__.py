"""Labels: what stands where on one, and how printers are told."""
