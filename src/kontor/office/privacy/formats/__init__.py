"""Reading and writing a standard's files: EN 16931 invoices, ZUGFeRD, camt.053. No database, clock or network."""
