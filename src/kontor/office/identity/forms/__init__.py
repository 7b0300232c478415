"""What people type about themselves, about those they work with, and about other programs."""

from kontor.office.identity.forms.api_access import KeyForm, WebhookForm
from kontor.office.identity.forms.people import (
    LANGUAGES,
    AddressForm,
    FirstPasswordForm,
    InviteForm,
    MemberForm,
    PasswordForm,
    ProfileForm,
    RoleForm,
    RolesField,
    kind_field,
    last_day,
    midnight_after,
)

__all__ = [
    "LANGUAGES",
    "AddressForm",
    "FirstPasswordForm",
    "InviteForm",
    "KeyForm",
    "MemberForm",
    "PasswordForm",
    "ProfileForm",
    "RoleForm",
    "RolesField",
    "WebhookForm",
    "kind_field",
    "last_day",
    "midnight_after",
]
