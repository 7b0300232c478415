"""Payment processors behind one interface: what each is told, what each says, and one that only plays."""
