"""Directories that bring people and groups, as Entra ID and Okta write their calls."""
