"""The kernel's tables, by noun."""

from kontor.kernel.models.access import AccessPolicy, Lock, Session
from kontor.kernel.models.api import ApiAnswer, ApiKey
from kontor.kernel.models.blobs import Blob, BlobContent
from kontor.kernel.models.credentials import Credential
from kontor.kernel.models.data_places import FileMove
from kontor.kernel.models.events import Event, EventStream
from kontor.kernel.models.keys import MatchingKey, TenantKey
from kontor.kernel.models.mail import OutgoingMail, RefusedAddress, Sender, SentMail, SuppressedAddress
from kontor.kernel.models.meters import MeterReading
from kontor.kernel.models.quotas import QuotaWarning, Reservation
from kontor.kernel.models.records import RecordDetail, RecordEntry, RecordKey, RecordSeal
from kontor.kernel.models.requests import ProbeHour, ProbeLimit, RequestLimit, RequestMinute
from kontor.kernel.models.rights import Entitlement, Membership, Role, RoleAssignment
from kontor.kernel.models.rulings import StoredRuling
from kontor.kernel.models.schedule import Due, JobDone
from kontor.kernel.models.support import SupportGrant
from kontor.kernel.models.tenants import Site, Tenant
from kontor.kernel.models.webhooks import Webhook, WebhookDelivery

__all__ = [
    "AccessPolicy",
    "ApiAnswer",
    "ApiKey",
    "Blob",
    "BlobContent",
    "Credential",
    "Due",
    "Entitlement",
    "Event",
    "EventStream",
    "FileMove",
    "JobDone",
    "Lock",
    "MatchingKey",
    "Membership",
    "MeterReading",
    "OutgoingMail",
    "ProbeHour",
    "ProbeLimit",
    "QuotaWarning",
    "RecordDetail",
    "RecordEntry",
    "RecordKey",
    "RecordSeal",
    "RefusedAddress",
    "RequestLimit",
    "RequestMinute",
    "Reservation",
    "Role",
    "RoleAssignment",
    "Sender",
    "SentMail",
    "Session",
    "Site",
    "StoredRuling",
    "SupportGrant",
    "SuppressedAddress",
    "Tenant",
    "TenantKey",
    "Webhook",
    "WebhookDelivery",
]
