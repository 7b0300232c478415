"""
What a module tells the rest of the product, in one declaration that is checked at every start.

An app's `module.py` (or package `module`) holds one `register(Module(...))` and nothing else; it is found by its name.
"""

import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.http import HttpRequest

from kontor.kernel.api_conditions import ApiCondition
from kontor.kernel.content import Content
from kontor.kernel.customer_actions import CustomerAction
from kontor.kernel.devices import Device, TerminalPage
from kontor.kernel.flow_parts import FlowEffect, FlowGuard
from kontor.kernel.keeping import Account, Keeping
from kontor.kernel.merge_fields import MergeSource
from kontor.kernel.page_notes import PageNote
from kontor.kernel.personal_data import DataContract, PersonalData, Processing
from kontor.kernel.records import RecordKind, Reference
from kontor.kernel.search_sources import SearchSource
from kontor.kernel.synchronised import Synchronised
from kontor.rulebook.ruling import Ruling, Text


@dataclass(frozen=True, slots=True)
class Permission:
    """
    Something a role may allow: `visitors.check_in`, and what it means.
    entitled  it needs the module's entitlement; False for what everyone has, such as one's own contracts
    audience  as a menu entry's: whose roles it is offered to
    """

    key: str
    meaning: Text
    entitled: bool = True
    audience: str = "everyone"


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """
    An entry of the menu, shown to whoever has its permission.
    group      heading under which it stands: "work", "customers", "money", "account", "settings"
    audience   "everyone", "house" (tenants that sell), "customer" (tenants with a contract received)
    also       further pages under which this entry is marked; of several marked ones the closest address wins
    at_sites_only  shown only to people whose right ends at sites; others reach the page from another one
    """

    label: Text
    url_name: str
    permission: str
    icon: str
    group: str
    audience: str = "everyone"
    order: int = 50
    also: tuple[str, ...] = ()
    at_sites_only: bool = False


class Measure(StrEnum):
    """
    How a meter counts.

    SUM     quantities are added up over a month
    UNIQUE  each subject counts once a month, however often it comes
    LEVEL   a quantity is the level from its moment on; it does not begin anew with the month
    """

    SUM = "sum"
    UNIQUE = "unique"
    LEVEL = "level"


@dataclass(frozen=True, slots=True)
class Meter:
    """
    A use that contracts count: its key, its unit and the clauses under which it is counted.
    key   its second part is the name under which terms and price lists speak of it: "visitors.check_ins", "check_ins"
    unit  what its quantities are; with `in_bytes`, terms and price lists speak of GB
    """

    key: str
    unit: Text
    clause: str
    measure: Measure = Measure.SUM
    title: Text | None = None
    in_bytes: bool = False

    @property
    def name(self) -> str:
        """The name in terms and price lists."""
        return self.key.split(".", 1)[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """
    A page that must be passed before any other.
    stands_before  tells, for a request with its tenant set, whether the gate is shut for this person
    leaves_open    permissions whose pages stay open while it is shut
    lasting        once open, it is not asked again in this session until the day or `Entry.stamp` is another
    strict         it stands before one's own pages too, except those marked `kernel.requests.open_at_gates`
    """

    key: str
    url_name: str
    stands_before: Callable[[HttpRequest], bool]
    order: int = 50
    leaves_open: frozenset[str] = frozenset()
    lasting: bool = False
    strict: bool = False


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of event that the module tells others, `books.invoice_paid`."""

    key: str
    meaning: Text


@dataclass(frozen=True, slots=True)
class PublicPage:
    """A page that anybody may read, linked where nobody is signed in."""

    label: Text
    url_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """
    key        also the first part of its permissions, meters and events, and its folder under the address
    entitled   a customer sees it only with an entitlement for `key`; False for what everyone has
    opened_by  further modules whose entitlement opens this one too; the house needs none for what it sells by itself
    urls       dotted path of its urls.py, mounted at /<key>/; None where it has no pages
    api        dotted path of its api.py, whose `endpoints` are mounted under /api/v1/
    api_conditions  what must hold before a tenant's keys open the API, any module's endpoints
    erasure_wanted  whether data of a company, planned to go for a reason, are to go on a day still
    demo       makes the demo's data: demo(at) runs as the house
    on_overload  name of a job queued as a tenant that sends more than it may, once a minute: client, minute, limit
    on_refused_address  name of a job queued as a tenant whose mail to an address bounced for the first time: email
    on_probing  name of a job queued as a tenant whose key reads an address over and over: client, hour, address, limit
    on_strangers  name of a job queued as a tenant whose person asks again and again for strangers' rows: person
    on_agreement  name of a job queued as the processor once both have signed an agreement under Art. 28: contract
    processings, keepings  the activities with personal data for the record of processing; what goes by itself in time
    accounts   accounts(on) tells under which rules of a day the current tenant keeps what it has about each company
    data_contracts  the current tenant's contracts of a day under which it processes personal data for customers
    merge_sources  fields that letters about this module's records may name
    seat_conditions  seat_conditions(people, at=) says what stands in the way of so many people here, None for nothing
    content    what the current tenant has in this module, which a change order that takes the module away would lose
    terminal_pages  pages that a paired device may show
    devices    the devices with a serial number that the current tenant was delivered
    synchronised  the kinds of records that local installations exchange with this module
    records    the kinds of its records that documents are linked to
    references  its columns that follow when two records of a kind are made one
    flow_effects, flow_guards  what it carries out for flows that customers write, and what it answers them
    on_objection  on_objection(processing, emails, at=, actor=) ends what may end, and tells what goes on and why
    judges_work  judges_work(module, purpose, at) rules whether work in the background may be done, or None
    hides      hides(rows, may) tells whether any of these rows is kept from whoever may do what may(permission) says
    restricted  restricted() tells why data of people of the current tenant is only stored, by their addresses
    own_backups  own_backups(at=, before_work=) rules that the current tenant backs up itself, None where it need not
    may_write  may_write(email, purpose, at=) rules whether a mailing for a purpose may go to an address
    notice     notice(at) gives the address of the current tenant's privacy notice, None while it is not published
    copy_notice  copy_notice(asked, at=) rules from which day a copy of the tenant's data is there, None without a say
    """

    key: str
    title: Text
    entitled: bool = True
    opened_by: frozenset[str] = frozenset()
    urls: str | None = None
    api: str | None = None
    navigation: tuple[NavItem, ...] = ()
    permissions: tuple[Permission, ...] = ()
    meters: tuple[Meter, ...] = ()
    processings: tuple[Processing, ...] = ()
    personal_data: tuple[PersonalData, ...] = ()
    without_personal_data: tuple[str, ...] = ()
    keepings: tuple[Keeping, ...] = ()
    accounts: Callable[[date], Iterable[Account]] | None = None
    data_contracts: Callable[[date], Iterable[DataContract]] | None = None
    gates: tuple[Gate, ...] = ()
    api_conditions: tuple[ApiCondition, ...] = ()
    customer_actions: tuple[CustomerAction, ...] = ()
    events: tuple[EventKind, ...] = ()
    public_pages: tuple[PublicPage, ...] = ()
    page_notes: tuple[PageNote, ...] = ()
    search: tuple[SearchSource, ...] = ()
    records: tuple[RecordKind, ...] = ()
    references: tuple[Reference, ...] = ()
    merge_sources: tuple[MergeSource, ...] = ()
    flow_effects: tuple[FlowEffect, ...] = ()
    flow_guards: tuple[FlowGuard, ...] = ()
    orderable: tuple[Text, ...] = ()
    on_overload: str = ""
    on_probing: str = ""
    on_strangers: str = ""
    on_agreement: str = ""
    on_refused_address: str = ""
    seat_conditions: tuple[Callable[..., Text | None], ...] = ()
    content: Callable[[], Iterable[Content]] | None = None
    terminal_pages: tuple[TerminalPage, ...] = ()
    devices: Callable[[], Iterable[Device]] | None = None
    synchronised: tuple[Synchronised, ...] = ()
    notice: Callable[[datetime], str | None] | None = None
    copy_notice: Callable[..., Any] | None = None
    on_objection: Callable[..., Any] | None = None
    judges_work: Callable[..., Any] | None = None
    own_backups: Callable[..., Ruling[bool] | None] | None = None
    hides: Callable[[Collection[uuid.UUID], Callable[[str], bool]], bool] | None = None
    restricted: Callable[[], Mapping[str, Ruling[bool]]] | None = None
    may_write: Callable[..., Ruling[bool]] | None = None
    erasure_wanted: Callable[[uuid.UUID, str, date], bool] | None = None
    demo: Callable[[datetime], None] | None = None


class RegistrationError(Exception):
    """A module.py says something that cannot be."""


_modules: dict[str, Module] = {}


def register(module: Module) -> None:
    """Make a module known; RegistrationError where its key is taken by another."""
    if _modules.setdefault(module.key, module) != module:
        raise RegistrationError(f"Two modules call themselves {module.key!r}.")


def modules() -> Iterator[Module]:
    """Yield all modules, in the order of their keys."""
    for key in sorted(_modules):
        yield _modules[key]


def module(key: str) -> Module:
    """Return one module; KeyError names an unknown key."""
    return _modules[key]


def permissions() -> dict[str, Permission]:
    """Return every permission by its key."""
    return {permission.key: permission for one in modules() for permission in one.permissions}


def permission(key: str) -> Permission:
    """Return one permission by its key, which begins with its module's; KeyError names an unknown one."""
    return {known.key: known for known in _modules[key.partition(".")[0]].permissions}[key]


def gates() -> list[Gate]:
    """Return the gates in the order in which they must be passed."""
    return sorted((gate for one in modules() for gate in one.gates), key=lambda gate: (gate.order, gate.key))


def processings() -> dict[str, Processing]:
    """Return every activity with personal data by its key, in the order of its module."""
    return {processing.key: processing for one in modules() for processing in one.processings}


def personal_data() -> dict[str, PersonalData]:
    """Return what is said of every table that holds personal data, by the table's label."""
    return {data.model: data for one in modules() for data in one.personal_data}


def keepings() -> list[Keeping]:
    """Return everything that goes by itself, in the order of its module."""
    return [keeping for one in modules() for keeping in one.keepings]


def event_kinds() -> list[EventKind]:
    """Return every kind of event, in the order of its module."""
    return [kind for one in modules() for kind in one.events]


def flow_effects() -> dict[str, FlowEffect]:
    """Return every effect that flows can have here, by its key."""
    return {effect.key: effect for one in modules() for effect in one.flow_effects}


def flow_guards() -> dict[str, FlowGuard]:
    """Return every question that flows can ask here, by its key."""
    return {guard.key: guard for one in modules() for guard in one.flow_guards}


def search_sources() -> list[SearchSource]:
    """Return what the search field finds, in the order in which it is shown."""
    return sorted((source for one in modules() for source in one.search), key=lambda source: (source.order, source.key))


def notice(at: datetime) -> str | None:
    """Return where the current tenant's privacy notice stands; None while it is not published."""
    return next((found for one in modules() if one.notice and (found := one.notice(at))), None)


def meant_for(audience: str, *, is_house: bool) -> bool:
    """Tell whether a menu entry or a search source of an audience is for this tenant."""
    return audience == "everyone" or is_house == (audience == "house")


def customer_action(key: str) -> CustomerAction:
    """Return one customer action by its key; KeyError names an unknown one."""
    return {action.key: action for one in modules() for action in one.customer_actions}[key]
