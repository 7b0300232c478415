"""Every tenant's row: its key, its references and what the database lets anybody do with it."""

from kontor.kernel.rows.fields import (
    OtherTenantReference,
    SiteOrEverywhereReference,
    SiteReference,
    TenantForeignKey,
    TenantReference,
)
from kontor.kernel.rows.owned import FinalRow, NothingChangedError, TenantOwned, exactly, exactly_one, uuid7
from kontor.kernel.rows.policies import MemberRead, NeverChanged, ReadersWall, SiteWall, TenantRows
from kontor.kernel.rows.querysets import CurrentTenant, OurRows, ReceivedRows, TenantQuerySet
from kontor.kernel.rows.references import CompositeForeignKey, GlobalForeignKey
from kontor.kernel.rows.rules import CURRENT, PERSON, THIS_TRANSACTION, RowRules
from kontor.kernel.rows.tables import CreateTables

__all__ = [
    "CURRENT",
    "PERSON",
    "THIS_TRANSACTION",
    "CompositeForeignKey",
    "CreateTables",
    "CurrentTenant",
    "FinalRow",
    "GlobalForeignKey",
    "MemberRead",
    "NeverChanged",
    "NothingChangedError",
    "OtherTenantReference",
    "OurRows",
    "ReadersWall",
    "ReceivedRows",
    "RowRules",
    "SiteOrEverywhereReference",
    "SiteReference",
    "SiteWall",
    "TenantForeignKey",
    "TenantOwned",
    "TenantQuerySet",
    "TenantReference",
    "TenantRows",
    "exactly",
    "exactly_one",
    "uuid7",
]
