"""What a person may do in the tenant they work in: read once per request, in one query."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kontor.kernel import registry
from kontor.kernel.models import (
    AccessPolicy,
    Entitlement,
    Lock,
    Membership,
    Role,
    RoleAssignment,
    SupportGrant,
    Tenant,
)
from kontor.kernel.statements import answers

_WHOSE = ("name", "is_house", "language", "zone", "stage")  # what a page is told of its tenant

_SQL = f"""
SELECT m.id, m.kind,
       CASE WHEN EXISTS (SELECT FROM {RoleAssignment._meta.db_table} a
                           JOIN {Role._meta.db_table} r ON r.tenant_id = a.tenant_id AND r.id = a.role_id
                          WHERE a.tenant_id = m.tenant_id AND a.membership_id = m.id AND r.second_factor)
            THEN 'MANDATORY' ELSE m.second_factor END, m.entry,
       (SELECT coalesce(jsonb_agg(jsonb_build_array(r.everything, r.permissions, a.site_id)), '[]')
          FROM {RoleAssignment._meta.db_table} a
          JOIN {Role._meta.db_table} r ON r.tenant_id = a.tenant_id AND r.id = a.role_id
         WHERE a.tenant_id = m.tenant_id AND a.membership_id = m.id),
       (SELECT coalesce(jsonb_agg(DISTINCT e.module), '[]') FROM {Entitlement._meta.db_table} e
         WHERE e.tenant_id = m.tenant_id AND e.from_on <= (%(now)s AT TIME ZONE t.zone)::date
           AND (e.until_on IS NULL OR e.until_on > (%(now)s AT TIME ZONE t.zone)::date)),
       {", ".join(f"t.{name}" for name in _WHOSE)},
       p.second_factor, p.idle_minutes, p.absolute_hours, p.sso_only, p.revision,
       (SELECT l.id FROM {Lock._meta.db_table} l
         WHERE l.tenant_id = m.tenant_id AND (l.membership_id IS NULL OR l.membership_id = m.id)
           AND l.lifted_at IS NULL AND l.effective_at <= %(now)s
         ORDER BY l.membership_id NULLS FIRST, l.effective_at LIMIT 1),
       (SELECT max(g.until) FROM {SupportGrant._meta.db_table} g
         WHERE g.tenant_id = m.tenant_id AND g.granted_at IS NOT NULL AND g.ended_at IS NULL AND g.until > %(now)s)
  FROM {Membership._meta.db_table} m JOIN {Tenant._meta.db_table} t ON t.id = m.tenant_id
  LEFT JOIN {AccessPolicy._meta.db_table} p ON p.tenant_id = m.tenant_id
 WHERE m.tenant_id = %(tenant)s AND m.user_id = %(user)s AND (m.until IS NULL OR m.until > %(now)s)
"""  # noqa: S608  table names are Django's, values are parameters


@dataclass(frozen=True, slots=True)
class Entry:
    """
    On what conditions somebody may be here.

    second_factor   "OFF", "OPTIONAL" or "MANDATORY" for this person
    idle_minutes    after so long without a request the session is over; None for no such limit
    absolute_hours  so long after signing in it is over in any case; None for no such limit
    lock            key of the lock that shuts this person's access now, the whole tenant's first
    support         until when the house may look at pages of this tenant; None while it may not
    stamp           changes with whatever makes people pass the gates again
    """

    kind: str = Membership.Kind.EMPLOYEE
    second_factor: str = AccessPolicy.SecondFactor.OPTIONAL
    sso_only: bool = False
    idle_minutes: int | None = None
    absolute_hours: int | None = None
    lock: uuid.UUID | None = None
    support: datetime | None = None
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """
    membership   its id
    permissions  what holds everywhere in the tenant
    at_sites     site id -> what holds there in addition
    modules      keys of the modules the tenant is entitled to on this day of its own zone
    entry        on what conditions the person may be here
    """

    tenant: Tenant
    membership: uuid.UUID
    everything: bool
    permissions: frozenset[str]
    at_sites: dict[uuid.UUID, frozenset[str]] = field(default_factory=dict)
    modules: frozenset[str] = frozenset()
    entry: Entry = field(default_factory=Entry)

    def may(self, permission: str, *, site: uuid.UUID | None = None) -> bool:
        """Tell whether the person's roles allow this here."""
        if self.everything or permission in self.permissions:
            return True
        return site is not None and permission in self.at_sites.get(site, frozenset())

    @property
    def rights(self) -> str:
        """What the roles allow, as a hash: a session keeps it to notice that it changed."""
        everywhere = ["*"] if self.everything else sorted(self.permissions)
        here = [f"{site} {' '.join(sorted(keys))}" for site, keys in sorted(self.at_sites.items())]
        return hashlib.sha256("\n".join([str(self.membership), *everywhere, *here]).encode()).hexdigest()[:16]

    def limited_to(self, permission: str) -> frozenset[uuid.UUID] | None:
        """Return the sites at which alone the person may do this, none where nowhere; None where everywhere."""
        if self.may(permission):
            return None
        return frozenset(site for site, keys in self.at_sites.items() if permission in keys)

    def entitled(self, module_key: str) -> bool:
        """Tell whether the tenant's contract gives it this module today; the house's own apps need none."""
        module = registry.module(module_key)
        if not module.entitled or module_key in self.modules:
            return True
        return bool(module.opened_by) and (self.tenant.is_house or not module.opened_by.isdisjoint(self.modules))

    def unlocked(self, permission: str) -> bool:
        """Tell whether the tenant's contract lets anybody here use what this permission is for."""
        return not registry.permission(permission).entitled or self.entitled(permission.split(".", 1)[0])


def standing_of(user_id: uuid.UUID, *, tenant_id: uuid.UUID, now: datetime) -> Standing | None:
    """Return what this person may do in the current tenant, None where they are no member (any more)."""
    found = answers(_SQL, {"tenant": tenant_id, "user": user_id, "now": now})
    if not found:
        return None
    membership, kind, own_factor, passed, roles, modules, *rest, lock, support = found[0]
    whose, policy = rest[: len(_WHOSE)], rest[len(_WHOSE) :]
    everywhere: set[str] = set()
    at_sites: dict[uuid.UUID, set[str]] = {}
    everything = False
    for all_of_it, permissions, site in _parsed(roles):
        if site is None:
            everything = everything or all_of_it
            everywhere.update(permissions)
        else:
            at_sites.setdefault(uuid.UUID(site), set()).update(permissions)
    tenant = Tenant(id=tenant_id, **dict(zip(_WHOSE, whose, strict=True)))
    tenant._state.adding = False
    return Standing(
        tenant,
        membership,
        everything,
        frozenset(everywhere),
        {site: frozenset(keys) for site, keys in at_sites.items()},
        frozenset(_parsed(modules)),
        _entry(kind, own_factor, passed, policy, (lock, support)),
    )


def _entry(
    kind: str, own_factor: str, passed: int, policy: Sequence[Any], now: tuple[uuid.UUID | None, datetime | None]
) -> Entry:
    """Join what the tenant demands of everybody with what it demands of this person and of their roles."""
    factor, idle, absolute, sso_only, revision = policy
    return Entry(
        kind=kind,
        second_factor=own_factor or factor or AccessPolicy.SecondFactor.OPTIONAL,
        sso_only=bool(sso_only),
        idle_minutes=idle,
        absolute_hours=absolute,
        lock=now[0],
        support=now[1],
        stamp=f"{revision or 0}.{passed}",
    )


def _parsed(value: Any) -> Any:
    """Return a JSON column as Python; the driver may hand it over as text."""
    import json  # psycopg gives text where Django has switched its own JSON loading off

    return json.loads(value) if isinstance(value, str) else value
