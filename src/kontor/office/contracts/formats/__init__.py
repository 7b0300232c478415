"""Reading and writing a standard's files: licence keys as signed JSON (RFC 7515, RFC 8037). No database, no clock."""
