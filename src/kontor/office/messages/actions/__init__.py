"""What messages write: reports of servers, and mail that a contract counts."""
