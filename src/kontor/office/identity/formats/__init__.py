"""Reading what directories send: pure, no database, no network, no clock."""
