"""What the demo's modules share when they make their data."""

PASSWORD = "kontor-demo"  # noqa: S105  the demo prints it; it is served on this machine only
