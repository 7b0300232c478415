"""The demo's visits: a month at two sites of a company that ordered visitor management, and today as it goes on."""

from datetime import datetime, timedelta
from typing import Final

from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Site, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.products.visitors.actions import arriving, inviting, qualifying, settling
from kontor.products.visitors.actions.arriving import Arrival, WalkIn
from kontor.products.visitors.actions.happening import Attempt
from kontor.products.visitors.actions.inviting import Appointment, Guest, Host
from kontor.products.visitors.models import VisitType

DESK: Final = Actor("PERSON", None, "Jonas Alder")
HOSTS: Final = (
    Host(name="Jonas Alder", email="jonas@alder.example"),
    Host(name="Mira Alder", email="mira@alder.example"),
    Host(name="Yasemin Başar", email="yasemin@alder.example"),
)
GUESTS: Final = (
    ("Nele Brandt", "Brandt Elektro"), ("Omar Haddad", "Haddad Logistik"), ("Lea Vogt", ""),
    ("Tomas Krüger", "Krüger Bau"), ("Emma Okafor", "Larkfield Instruments"), ("Ada Ferreira", "Larkfield Instruments"),
    ("Harm Lorenzen", "Prüfdienst Nord"), ("Maja Sundqvist", "Sundqvist Design"), ("Kerem Yıldız", ""),
    ("Britta Grotjahn", "Kück Gebäudedienst"), ("Piotr Nowak", "Ostkai Spedition"), ("Gesa Siemers", "Siemers Druck"),
)  # fmt: skip
DAYS: Final = 30
PLACES: Final = {"Hamburg", "Lübeck"}
HOUR: Final = timedelta(hours=1)


def make_demo(at: datetime) -> None:
    """Let the customer who has terminals at two sites receive visits for a month."""
    for tenant in Tenant.objects.filter(is_house=False, sandbox_of=None).order_by("created_at", "pk"):
        with as_tenant(tenant.pk):
            sites = list(Site.objects.order_by("name"))
            if {site.name for site in sites} >= PLACES:
                _month(sites, at)


def _month(sites: list[Site], at: datetime) -> None:
    settling.begin_types(at=at - timedelta(days=DAYS + 1), actor=MACHINE)
    kinds = list(VisitType.objects.exclude(qualified=True).order_by("place"))
    for site in sites:
        settling.settle_site(
            site, at=at, actor=MACHINE, keep_days=30, assembly_de="Parkplatz Nord", assembly_en="North car park"
        )
    for days in range(DAYS, 0, -1):
        day = at - timedelta(days=days)
        if day.weekday() < 5:  # noqa: PLR2004  Monday to Friday
            _past(sites[days % len(sites)], kinds[days % len(kinds)], day, days)
    _today(sites, kinds, at)
    _companies(at)
    _work(sites[0], at)


def _companies(at: datetime) -> None:
    """Admit two service companies, one of whose insurance ran out yesterday."""
    then, day = at - timedelta(days=DAYS), at.date()
    insurance = qualifying.add_kind(
        title_de="Haftpflichtversicherung", title_en="Liability insurance", of="COMPANY", types=["A", "B"],
        valid_months=12, at=then, actor=DESK,
    )  # fmt: skip
    height = qualifying.add_kind(
        title_de="Arbeiten in der Höhe", title_en="Work at height", of="PERSON", types=["A"], at=then, actor=DESK
    )
    for name, grade, sent, last in (
        ("Brandt Elektro", "A", "Nele Brandt", day + timedelta(days=200)),
        ("Kück Gebäudedienst", "B", "Britta Grotjahn", day - timedelta(days=1)),
    ):
        firm = qualifying.add_contractor(name=name, grade=grade, at=then, actor=DESK)
        person = qualifying.add_person(firm, name=sent, at=then, actor=DESK)
        first = last - timedelta(days=365)
        qualifying.show_proof(insurance, firm, None, first_day=first, last_day=last, at=then, actor=DESK)
        if grade == "A":
            qualifying.show_proof(height, firm, person, first_day=first, last_day=None, at=then, actor=DESK)


def _work(site: Site, at: datetime) -> None:
    """Have a service company work on some days, and forget to check out on one of them."""
    kind = VisitType.objects.filter(qualified=True).order_by("place")[0]
    for number in range(1, 15, 2):
        begins = at - timedelta(days=number, hours=9)
        to = Appointment(site=site, type=kind, begins_at=begins, ends_at=begins + 8 * HOUR, host=HOSTS[0])
        guest = Guest(name="Nele Brandt", company="Brandt Elektro")
        (visit,) = inviting.invite([guest], to, _by("reception", begins - 20 * HOUR))
        arriving.check_in(visit.pk, Arrival(site=site), _by("kiosk", begins + timedelta(minutes=number, seconds=7)))
        if number != 5:  # noqa: PLR2004  one day of several
            arriving.check_out(visit.pk, _by("kiosk", begins + 7 * HOUR + timedelta(minutes=3 * number)))
        else:
            arriving.assume_out(site, _by("time", begins + 9 * HOUR))


def _past(site: Site, kind: VisitType, day: datetime, number: int) -> None:
    """Receive two or three people on a day that is over, one of whom nobody saw leave now and then."""
    begins = day - 4 * HOUR
    guests = [_guest(number + place) for place in range(2 + number % 2)]
    to = Appointment(
        site=site, type=kind, begins_at=begins, ends_at=begins + 2 * HOUR, host=HOSTS[number % len(HOSTS)],
        title="Ortstermin",
    )  # fmt: skip
    for place, visit in enumerate(inviting.invite(guests, to, _by("reception", begins - 20 * HOUR))):
        came = begins + timedelta(minutes=7 * place - 5)
        arriving.check_in(visit.pk, Arrival(site=site), _by("kiosk" if place else "reception", came))
        if number % 7 or place:
            arriving.check_out(visit.pk, _by("kiosk", begins + timedelta(minutes=55 + 13 * place)))
    arriving.assume_out(site, _by("time", day))


def _today(sites: list[Site], kinds: list[VisitType], at: datetime) -> None:
    first, second = sites[:2]
    for place, site in enumerate((first, first, first, second, second)):
        to = _to(site, kinds[place % 2], at - timedelta(minutes=50 - 7 * place), place)
        (visit,) = inviting.invite([_guest(place)], to, _by("reception", at - 20 * HOUR))
        arriving.check_in(visit.pk, Arrival(site=site), _by("kiosk", at - timedelta(minutes=48 - 7 * place)))
    gone = WalkIn(type=next(kind for kind in kinds if kind.walk_in), guest=_guest(7), host=HOSTS[1], until=at + HOUR)
    left = arriving.walk_in(gone, Arrival(site=first), _by("kiosk", at - timedelta(minutes=40)))
    arriving.check_out(left.pk, _by("kiosk", at - timedelta(minutes=9)))
    late = _to(first, kinds[0], at - timedelta(minutes=12), 0)
    inviting.invite([_guest(6)], late, _by("reception", at - 20 * HOUR))
    for place, minutes in enumerate((18, 33, 64, 95)):
        to = _to(sites[place % 2], kinds[place % len(kinds)], at + timedelta(minutes=minutes), place)
        inviting.invite([_guest(place + 8)], to, _by("reception", at - 20 * HOUR))
    meeting = Appointment(
        site=first, type=kinds[0], begins_at=at + 26 * HOUR, ends_at=at + 28 * HOUR, host=HOSTS[0],
        title="Abnahme der neuen Halle", open_places=4,
    )  # fmt: skip
    guests = [Guest(name="Emma Okafor", company="Larkfield Instruments", email="emma@larkfield.example", language="en")]
    inviting.invite(guests, meeting, _by("reception", at - HOUR))


def _to(site: Site, kind: VisitType, begins: datetime, number: int) -> Appointment:
    host = HOSTS[number % len(HOSTS)]
    return Appointment(site=site, type=kind, begins_at=begins, ends_at=begins + 2 * HOUR, host=host)


def _guest(number: int) -> Guest:
    name, company = GUESTS[number % len(GUESTS)]
    return Guest(name=name, company=company)


def _by(way: str, at: datetime) -> Attempt:
    return Attempt(way=way, at=at, actor=DESK if way == "reception" else MACHINE)
