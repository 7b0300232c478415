"""The fields by which a row names its tenant and points to other rows."""

import hashlib
from dataclasses import fields
from typing import Any, ClassVar

from django.db import models
from django.db.models import BaseConstraint

from kontor.kernel.rows.policies import SiteOrEverywhereWall, SiteWall, TenantRows
from kontor.kernel.rows.references import CompositeForeignKey, GlobalForeignKey
from kontor.kernel.rows.rules import RowRules
from kontor.kernel.tenancy import current_tenant

IDENTIFIER_BYTES = 63


def _named(*parts: str) -> str:
    """Return a database name within 63 bytes; a cut one ends in a hash so that two never collide."""
    name = "_".join(parts)
    if len(name) <= IDENTIFIER_BYTES:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: IDENTIFIER_BYTES - 9]}_{digest}"


def _declare(model: type[models.Model], constraint: BaseConstraint) -> None:
    """Add to the model as if its Meta had said so; models rebuilt by migrations already carry it."""
    if not model._meta.abstract and model.__module__ != "__fake__":
        model._meta.constraints = [*model._meta.constraints, constraint]
        model._meta.original_attrs["constraints"] = model._meta.constraints


class TenantReference(models.ForeignKey):  # type: ignore[type-arg]
    """The tenant a row belongs to. Having this field is what gives a table its row security."""

    def __init__(self, **kwargs: Any) -> None:
        given: dict[str, Any] = {
            "to": "kernel.Tenant",
            "on_delete": models.PROTECT,
            "related_name": "+",
            "editable": False,
            "default": current_tenant,
            "db_index": False,
        }
        super().__init__(**given | kwargs | {"db_constraint": False})

    def deconstruct(self) -> Any:
        """Migrations run outside any tenant and must not ask for one."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"default": models.NOT_PROVIDED}

    def contribute_to_class(self, cls: type[models.Model], name: str, *given: Any, **named: Any) -> None:
        super().contribute_to_class(cls, name, *given, **named)
        rules = getattr(cls, "row_rules", RowRules())
        told = {field.name: getattr(rules, field.name) for field in fields(rules)}
        _declare(cls, TenantRows(name=_named(cls._meta.db_table, "rows"), **told))
        _declare(cls, GlobalForeignKey(name=_named(cls._meta.db_table, self.column, "fk"), field=name))


class OtherTenantReference(models.ForeignKey):  # type: ignore[type-arg]
    """The second tenant of a shared row, null where the other side works elsewhere."""

    def __init__(self, **kwargs: Any) -> None:
        given: dict[str, Any] = {"to": "kernel.Tenant", "on_delete": models.PROTECT, "related_name": "+"}
        given |= {"null": True, "blank": True}
        super().__init__(**given | kwargs | {"db_constraint": False})

    def contribute_to_class(self, cls: type[models.Model], name: str, *given: Any, **named: Any) -> None:
        super().contribute_to_class(cls, name, *given, **named)
        _declare(cls, GlobalForeignKey(name=_named(cls._meta.db_table, self.column, "fk"), field=name))


class TenantForeignKey(models.ForeignKey):  # type: ignore[type-arg]
    """A reference that cannot leave its tenant: the database compares both halves of the key."""

    def __init__(self, to: Any, on_delete: Any, **kwargs: Any) -> None:
        super().__init__(to, on_delete, **kwargs | {"db_constraint": False})

    def contribute_to_class(self, cls: type[models.Model], name: str, *given: Any, **named: Any) -> None:
        super().contribute_to_class(cls, name, *given, **named)
        _declare(cls, CompositeForeignKey(name=_named(cls._meta.db_table, self.column, "fk"), field=name))


class SiteReference(TenantForeignKey):
    """
    The site a row belongs to. Having this field is what keeps the row from people whose right ends at another site.

    A page that is to open for them says `requires(..., at_sites=True)`; the database then shows it the rows of their
    sites alone, and none that belongs to no site.
    """

    wall: ClassVar[type[SiteWall]] = SiteWall

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"to": "kernel.Site", "on_delete": models.PROTECT, "related_name": "+"} | kwargs)

    def contribute_to_class(self, cls: type[models.Model], name: str, *given: Any, **named: Any) -> None:
        super().contribute_to_class(cls, name, *given, **named)
        _declare(cls, self.wall(name=_named(cls._meta.db_table, "site_wall"), field=name))


class SiteOrEverywhereReference(SiteReference):
    """The site at which a row holds; without one it holds at each, is read there and written only from everywhere."""

    wall: ClassVar[type[SiteWall]] = SiteOrEverywhereWall

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"null": True, "blank": True} | kwargs)
