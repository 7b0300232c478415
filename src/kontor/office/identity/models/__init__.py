"""Who signs in and by what, by noun; what a tenant demands of them is the kernel's (`kernel/models/access.py`)."""

from kontor.office.identity.models.access import (
    AccessReport,
    FailedSignIn,
    HouseLock,
    KnownDevice,
    SecurityCase,
    SignInPause,
    Violation,
)
from kontor.office.identity.models.people import User, UserManager

__all__ = [
    "AccessReport",
    "FailedSignIn",
    "HouseLock",
    "KnownDevice",
    "SecurityCase",
    "SignInPause",
    "User",
    "UserManager",
    "Violation",
]
