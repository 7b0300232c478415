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
from kontor.office.identity.models.clients import Device, SupportedClient
from kontor.office.identity.models.factors import LastCode
from kontor.office.identity.models.instructions import Commitment, Instruction, Training
from kontor.office.identity.models.people import User, UserManager
from kontor.office.identity.models.provisioning import (
    ProvisionedGroup,
    ProvisionedMember,
    ProvisionedUser,
    ScimCall,
    ScimToken,
)
from kontor.office.identity.models.reviews import RightsReview
from kontor.office.identity.models.saml import ProviderKey, RefusedAnswer, SamlQuestion, UsedAssertion
from kontor.office.identity.models.single_sign_on import (
    BreakGlass,
    ClaimedDomain,
    Entrance,
    ExternalIdentity,
    IdentityProvider,
    RoleRule,
)

__all__ = [
    "AccessReport",
    "BreakGlass",
    "ClaimedDomain",
    "Commitment",
    "Device",
    "Entrance",
    "ExternalIdentity",
    "FailedSignIn",
    "HouseLock",
    "IdentityProvider",
    "Instruction",
    "KnownDevice",
    "LastCode",
    "ProviderKey",
    "ProvisionedGroup",
    "ProvisionedMember",
    "ProvisionedUser",
    "RefusedAnswer",
    "RightsReview",
    "RoleRule",
    "SamlQuestion",
    "ScimCall",
    "ScimToken",
    "SecurityCase",
    "SignInPause",
    "SupportedClient",
    "Training",
    "UsedAssertion",
    "User",
    "UserManager",
    "Violation",
]
