"""Reading what people write in a form of its own."""
