"""What changes terminals and printers."""
