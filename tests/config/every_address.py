"""Every address there is, with the keys of rows that somebody must not see."""

import re
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, UUIDConverter

from kontor.kernel.models import Tenant
from kontor.kernel.rows import TenantOwned, TenantQuerySet
from kontor.kernel.tenancy import as_tenant

# where the name in an address is not the table's
CALLED = {
    "account_id": ("BankAccount",),
    "badge_id": ("BadgeTemplate",),
    "group_id": ("VisitGroup",),
    "sheet_id": ("AnswerSheet",),
    "system_id": ("AccessSystem",),
    "type_id": ("VisitType",),
    "job_id": ("PrintJob",),
    "kind_id": ("ProofKind",),
    "proof_id": ("Proof",),
    "file_id": ("InvoiceFile", "ReleaseFile"),
    "held_id": ("HeldRegistration",),
    "document_id": ("Document", "Evidence", "Version"),
    "record": ("Ticket",),
    "other_party_id": ("Party",),
    "row": ("Party",),
    "row_id": ("UserPlan", "HardwareDelivery", "HardwareOrder", "Competitor", "BenchmarkSuspicion"),
}
# where it is `key` or `pk`, and what stands before it says whose; the first that is found counts
BEFORE = (
    ("/breaches/notices/<", "BreachNotice"),
    ("/breaches/<", "Breach"),
    ("/requests/marks/<", "SubjectMark"),
    ("/requests/forwarded/<", "SubjectForward"),
    ("/requests/<", "SubjectRequest"),
    ("/mine/<", "SubjectRequest"),
    ("/trail/<", "RecordEntry"),
    ("/audits/visits/<", "AuditVisit"),
    ("/audits/<", "AuditRequest"),
    ("/exports/<", "Export"),
)
# blanks that mean a company itself, or what another system calls its people: their own tests ask them
NO_ROWS = frozenset({"tenant", "tenant_id", "thing"})
WORDS = {
    "secret": "nobody-knows-this", "sha256": "0" * 64, "pack": "visitor", "version": "2026-01",
    "label": "parties.Party", "column": "name", "module_key": "visitors",
}  # fmt: skip


@dataclass(frozen=True)
class Address:
    """An address with blanks: its path, the blanks' names and how each is read, the right it asks for."""

    path: str
    blanks: tuple[tuple[str, Any], ...]
    right: str

    def filled(self, keys: dict[str, Any]) -> str:
        """Return the path with the blanks filled, and anything for those that name no row."""
        path = self.path
        for name, converter in self.blanks:
            path = path.replace(f"<{name}>", converter.to_url(keys.get(name, ordinary(name, converter))))
        return path

    @property
    def public(self) -> bool:
        """Whether it is meant for everybody."""
        return self.right.startswith("public: ")

    @property
    def rows(self) -> list[str]:
        """The blanks that name a row."""
        return [name for name, converter in self.blanks if isinstance(converter, UUIDConverter)]


def ordinary(name: str, converter: Any) -> Any:
    """Return something that a blank admits."""
    if isinstance(converter, UUIDConverter):
        return uuid.UUID(int=1)
    return 1 if isinstance(converter, IntConverter) else WORDS.get(name, "x")


def addresses() -> Iterator[Address]:
    """Return every address of the product."""
    yield from _below(get_resolver(), "/", ())


def _below(resolver: URLResolver, path: str, blanks: tuple[tuple[str, Any], ...]) -> Iterator[Address]:
    for each in resolver.url_patterns:
        route, found = _read(each.pattern)
        for name in found:
            start = route.find(":" + name + ">")
            if start < 0:
                continue  # a blank that admits any text and says so by no word
            begun = route.rindex("<", 0, start)
            route = f"{route[:begun]}<{name}>{route[start + len(name) + 2 :]}"
        inner = (*blanks, *found.items())
        if isinstance(each, URLPattern):
            yield Address(path + route, inner, str(getattr(each.callback, "permission", "")))
        else:
            yield from _below(each, path + route, inner)


@dataclass(frozen=True)
class Words:
    """Reads the words that a regular expression admits: `(?P<step>done|end)`."""

    first: str

    def to_url(self, _value: Any) -> str:
        return self.first


def _read(pattern: Any) -> tuple[str, dict[str, Any]]:
    """Return a pattern's route with its blanks, and how each is read; those written as regular expressions too."""
    if hasattr(pattern, "_route"):
        return pattern._route, dict(pattern.converters)
    route, found = pattern._regex.removeprefix("^").removesuffix("$"), {}
    for name, admits in re.findall(r"\(\?P<(\w+)>([^()]*)\)", route):
        word = admits.partition("|")[0]
        found[name] = UUIDConverter() if admits == "[0-9a-f-]{36}" else Words(word if word.isalpha() else "x")
        route = route.replace(f"(?P<{name}>{admits})", f"<str:{name}>")
    return route, found


def tables(name: str, path: str) -> list[type[Model]]:
    """Return the tables whose rows a blank of this name may mean in an address."""
    before = next((model for start, model in BEFORE if name in {"key", "pk"} and start in path), None)
    wanted = (before,) if before else CALLED.get(name, (name.removesuffix("_id").replace("_", ""),))
    return [
        model
        for model in apps.get_models()
        if issubclass(model, TenantOwned) and any(model.__name__.lower().endswith(each.lower()) for each in wanted)
    ]


def seen() -> dict[Any, dict[type[Model], set[Any]]]:
    """Return which rows of which table each tenant sees."""
    found: dict[Any, dict[type[Model], set[Any]]] = {}
    models = [model for model in apps.get_models() if issubclass(model, TenantOwned)]
    for tenant in Tenant.objects.all():
        with as_tenant(tenant.pk):
            found[tenant.pk] = {model: set(TenantQuerySet(model).values_list("id", flat=True)) for model in models}
    return found


def hidden_from(tenant: Tenant) -> dict[type[Model], list[Any]]:
    """Return the keys of all rows that a tenant does not see, by table."""
    everywhere: dict[type[Model], set[Any]] = defaultdict(set)
    by_tenant = seen()
    for tables_of in by_tenant.values():
        for model, keys in tables_of.items():
            everywhere[model] |= keys
    return {model: sorted(keys - by_tenant[tenant.pk][model]) for model, keys in everywhere.items()}
