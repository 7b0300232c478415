"""What every app stands on; it knows tenants, rows, people's rights and time, and no business."""
