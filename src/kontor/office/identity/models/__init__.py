"""Who signs in and by what, by noun; what a tenant demands of them is the kernel's (`kernel/models/access.py`)."""

from kontor.office.identity.models.people import User, UserManager

__all__ = ["User", "UserManager"]
