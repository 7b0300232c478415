"""
What the demo's customers have of the software: licences on computers, delivered hardware, releases, plans, a trial.

Each story is told by the actions that people use, at the moments at which they would have used them.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from kontor.kernel.actions.api_keys import make_api_key
from kontor.kernel.actions.rights import make_role
from kontor.kernel.actions.webhooks import add_webhook, switch
from kontor.kernel.actor import MACHINE
from kontor.kernel.demo import PASSWORD
from kontor.kernel.models import Membership
from kontor.kernel.tenancy import as_tenant
from kontor.office.books import public as books
from kontor.office.contracts.actions import (
    competitors,
    demo_figures as figures,
    extra_functions,
    hardware,
    licensing,
    licensing_keys,
    out_of_scope,
    plans,
    price_changes,
    releases,
    trials,
)
from kontor.office.contracts.actions.noticing import Upload
from kontor.office.contracts.models import Contract
from kontor.office.documents.public import Evidence
from kontor.office.identity import public as identity
from kontor.office.terminals import public as terminals
from kontor.rulebook.ruling import Text

DAY: Final = timedelta(days=1)
COMPUTERS: Final = ("Kasse 1", "Kasse 2")
SERIALS: Final = ("KT-20417", "KT-20418")


def tell_products(contracts: Mapping[str, Contract], lists: Mapping[str, "figures.Offering"], at: datetime) -> None:
    """Tell what the running contracts, given by their customer's e-mail, have of the software of each pack's list."""
    alder, birke = contracts["jonas@alder.example"], contracts["ayla@birke.example"]
    _license(contracts["mats@kart-nord.example"], at - 60 * DAY)
    _deliver(alder, at - 40 * DAY)
    _release(at - 20 * DAY)
    _release_timing(at - 12 * DAY)
    _extend(alder, at - 8 * DAY)
    _plan_users(birke, at - 30 * DAY)
    _try(lists["crm"], at - 10 * DAY)
    _announce_prices(birke, lists["crm"], at)
    _connect(at - 15 * DAY)


def _license(contract: Contract, at: datetime) -> None:
    """Deliver the key of the tills' licence, and activate two of three tills."""
    licensing_keys.deliver_keys(contract.pk, at=at, actor=MACHINE)
    for place, label in enumerate(COMPUTERS):
        asking = licensing.Asking(product="gokarts", site="Kiel", fingerprint=f"demo {place}", label=label)
        licensing.activate(contract, asking, at=at + place * DAY, actor=MACHINE)


def _deliver(contract: Contract, at: datetime) -> None:
    """Deliver the ordered terminals with their manual, and note that they arrived."""
    arrives = at + 9 * DAY
    delivery = hardware.plan_delivery(contract.pk, planned_on=arrives.date(), at=at, actor=MACHINE)
    for serial in SERIALS:
        hardware.add_device(
            delivery.pk, position="terminal", serial=serial, software="KioskOS 12.4", at=at, actor=MACHINE
        )
    manual = _file("handbuch.txt", "Terminal aufstellen, Strom und Netz anschließen, anmelden.\n")
    hardware.enclose_manual(delivery.pk, manual, language="de", at=at, actor=MACHINE)
    sent = at + 7 * DAY
    slip = _file("frachtbrief.txt", "Zwei Pakete übernommen.\n")
    hardware.hand_to_carrier(
        delivery.pk, carrier="Spedition Ostkai", tracking="SO-88213", on=sent.date(), proof=slip, at=sent, actor=MACHINE
    )
    receipt = _file("empfang.txt", "Zwei Pakete unbeschädigt erhalten.\n")
    hardware.hand_to_customer(delivery.pk, on=arrives.date(), proof=receipt, at=arrives, actor=MACHINE)
    assert contract.customer_tenant_id is not None
    with as_tenant(contract.customer_tenant_id):
        terminals.pair_in_demo(SERIALS, at=arrives)


def _release(at: datetime) -> None:
    """Publish an update with its files and tests, and prepare the next one."""
    first, following = (
        releases.NewRelease(
            product="visitor",
            version="5.2",
            kind="UPDATE",
            notes_de="Anmeldung mit QR-Code, auch ohne Netz.\nBesucherausweise in zwei Größen.",
            notes_en="Check-in by QR code, also without a network.\nVisitor badges in two sizes.",
        ),
        releases.NewRelease(
            product="visitor",
            version="5.3",
            kind="UPDATE",
            notes_de="Gruppen melden sich gemeinsam an.",
            notes_en="Groups check in together.",
        ),
    )
    _publish(first, ("besucher-5.2.txt", "handbuch-5.2.txt"), ("check-in", "Anmeldung am Empfang"), at)
    releases.prepare_release(following, at=at + 12 * DAY, actor=MACHINE)


def _publish(told: releases.NewRelease, names: tuple[str, str], check: tuple[str, str], at: datetime) -> None:
    made = releases.prepare_release(told, at=at, actor=MACHINE)
    for role, name in zip(("SOFTWARE", "DOCUMENTATION", "REPORT"), (*names, "tests.txt"), strict=True):
        releases.attach(made.pk, role, _file(name, f"{name}: Platzhalter der Vorführung\n"), at=at, actor=MACHINE)
    releases.note_check(made.pk, key=check[0], title=check[1], passed=True, at=at, actor=MACHINE)
    releases.publish_release(made.pk, on=at.date(), at=at, actor=MACHINE)


def _release_timing(at: datetime) -> None:
    """Publish an update that its customer may postpone, and a version that it may not."""
    for version, kind in (("5.9", "UPDATE"), ("6.0", "VERSION")):
        told = releases.NewRelease(
            product="leisure", version=version, kind=kind, notes_de="Schnellere Auswertung.", notes_en="Faster results."
        )
        _publish(told, (f"zeitnahme-{version}.txt", f"handbuch-{version}.txt"), ("heat", "Ein Lauf mit zehn Karts"), at)


def _extend(contract: Contract, at: datetime) -> None:
    """Offer a function that nobody owes, and let the customer ask for what the contract does not include."""
    extra_functions.offer_function(
        extra_functions.NewFunction(
            product="visitor",
            key="lobby-picture",
            kind="VOLUNTARY",
            item="",
            name=Text("Bild am Empfang", "Picture at the reception"),
            about=Text("Das Terminal begrüßt mit einem eigenen Bild.", "The terminal greets with a picture of yours."),
            offered_from=at.date(),
        ),
        at=at,
        actor=MACHINE,
    )
    out_of_scope.ask_for_more(
        contract, "translation", "Die Anmeldung auf Polnisch", told_by="Jonas Alder", at=at, actor=MACHINE
    )


def _plan_users(contract: Contract, at: datetime) -> None:
    """Let two colleagues of a customer in, and give them plans."""
    assert contract.customer_tenant_id is not None
    with as_tenant(contract.customer_tenant_id):
        make_role(name="Kundenservice", permissions=("contracts.account", "contracts.use"), at=at, actor=MACHINE)
        for email, name, item in figures.COLLEAGUES:
            user = identity.enrol(
                email=email, name=name, password=PASSWORD, role="Kundenservice", language="de", at=at, actor=MACHINE
            )
            member = Membership.objects.get(user_id=user).pk
            plans.assign_plan(member, contract.pk, item, today=at.date(), at=at, actor=MACHINE)


def _try(offering: "figures.Offering", at: datetime) -> None:
    """Offer a trial of the CRM, and let somebody register for it."""
    offered = trials.offer_trial(
        trials.Offering(
            pack="crm",
            seller=offering.seller,
            length="30 days",
            warned_before=(7, 1),
            opens=[{"module": "crm", "unit": "SITE", "quantity": 5}],
        ),
        at=at - DAY,
        actor=MACHINE,
    )
    registration = trials.Registration(
        company="Linde Fahrräder GmbH",
        person="Lisa Linde",
        email="lisa@linde.example",
        language="de",
        ticked=("terms", "erasure"),
    )
    seen = Evidence(address="127.0.0.1", client="Kontor demo")
    trials.register_trial(offered.pk, registration, evidence=seen, at=at)
    competitors.note_competitor("rival.example", company="Rival Software AG", at=at - DAY, actor=MACHINE)
    rival = replace(registration, company="Rival Software AG", person="Rita Rival", email="rita@rival.example")
    trials.register_trial(offered.pk, rival, evidence=seen, at=at)  # held until a written consent is attached


def _announce_prices(contract: Contract, offering: "figures.Offering", at: datetime) -> None:
    """Let sales users cost more under a list to come, and release it: the worker tells the customer."""
    dearer = _first_of_month_after(at.date() + 120 * DAY)
    items = [
        {**item, "price": item["price"] + Decimal(2)} if item["key"] == "sales" else item
        for item in figures.ITEMS["crm"]
    ]
    books.replace_price_list(offering.price_list, valid_from=dearer, items=items, at=at - DAY, actor=MACHINE)
    price_changes.release("LIST", [contract.pk], until=dearer + 100 * DAY, at=at, actor=MACHINE)


def _connect(at: datetime) -> None:
    """Make a key for a program that reads contracts, and a webhook that waits to be switched on."""
    make_api_key(
        name="Auswertung", scopes=["contracts.see"], expires_at=at + 365 * DAY, at=at, actor=MACHINE
    )  # its secret is told to nobody: whoever wants to use it makes another
    hook = add_webhook(
        address="https://erp.kontor.example/kontor",
        kinds=["contracts.licence_moved"],
        mail_to="it@kontor.example",
        at=at,
        actor=MACHINE,
    )
    switch(hook.pk, on=False, at=at, actor=MACHINE)


def _file(name: str, text: str) -> Upload:
    return Upload(name=name, media_type="text/plain", content=text.encode())


def _first_of_month_after(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
