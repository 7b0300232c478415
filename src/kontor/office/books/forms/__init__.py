"""What people type about prices, invoices and payments."""
