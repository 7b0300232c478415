"""
What happens in the demo beside the billing: a late payer, direct debit, use, an order, a defect, a notice, a case.

Each story is told by the actions that people use, at the moments at which they would have used them.
"""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from kontor.kernel.actions.meters import Use, meter_many
from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.books import public as books
from kontor.office.contracts.actions import (
    claim_cases,
    claiming,
    corrections,
    demo_figures as figures,
    ending_cases,
    noticing,
    ordering,
    paying,
    reminding,
    usage,
)
from kontor.office.contracts.models import Contract
from kontor.office.documents.public import Evidence
from kontor.rulebook.collecting import Scheme
from kontor.rulebook.ending.form import Means
from kontor.rulebook.ending.kinds import Kind
from kontor.rulebook.ending.notice import Given
from kontor.rulebook.ending.told import Side
from kontor.rulebook.fee_reduction import Asked
from kontor.rulebook.money import Money

SCHEME: Final = Scheme.B2B
DAY: Final = timedelta(days=1)
LETTER: Final = b"Sehr geehrte Damen und Herren, hiermit kuendigen wir den Vertrag zum Ende der Laufzeit.\n"


def tell_stories(contracts: Mapping[str, Contract], at: datetime) -> None:
    """Tell what befell the demo's running contracts; they are given by their customer's e-mail."""
    alder, birke = contracts["jonas@alder.example"], contracts["ayla@birke.example"]
    kart = contracts["mats@kart-nord.example"]
    _use(birke, at)
    _remind(at)
    _pay_by_debit(alder, at - 6 * DAY)
    _reduce(alder, at - 3 * DAY)
    _order_more(alder, at - timedelta(hours=3))
    _give_notice(kart, at - 9 * DAY)
    ending_cases.open_case(alder, Kind.GOOD_CAUSE, side=Side.CUSTOMER, at=at - 2 * DAY, actor=MACHINE)


def _remind(at: datetime) -> None:
    """Remind of what is late, by the house's own steps, on two days."""
    claim_cases.set_plan(
        "",
        ({"days_late": 7, "pay_within": "7 days"}, {"days_late": 21, "pay_within": "7 days"}),
        tolerance_minor=500,
        automatic=False,
        reason="Erst freundlich, dann deutlich",
        at=at - 60 * DAY,
        actor=MACHINE,
    )
    for moment in (at - 20 * DAY, at - 5 * DAY):
        run = reminding.start_reminders(at=moment, actor=MACHINE)
        assert run is not None
        reminding.remind(run.pk, [facts.row.pk for facts in reminding.due_reminders(at=moment)], at=moment)
    claiming.keep_claims(at=at)


def _pay_by_debit(contract: Contract, at: datetime) -> None:
    """Let a customer give a mandate, and send the debit of what is open to the bank the day after."""
    form = paying.open_mandate_form(contract, at=at, actor=MACHINE)
    assert form is not None
    signing = books.Signing(
        scheme=SCHEME,
        holder="Alder & Söhne GmbH",
        iban=figures.CUSTOMERS_IBAN,
        signer="Jonas Alder",
        email="jonas@alder.example",
        sha256=bytes.fromhex(form.schemes[SCHEME.value][2]),
        ticked=True,
        evidence=Evidence(address="127.0.0.1", client="Kontor demo"),
    )
    paying.give_mandate(contract, signing=signing, at=at, actor=MACHINE)
    known = books.invoices_about(contract.pk, today=at.date())
    owed = [each.id for each in known if each.open.minor > 0 and each.issued_on <= at.date()]
    books.collect_in_demo(contract.seller_id, owed, announced=at, sent=at + DAY)


def _use(contract: Contract, at: datetime) -> None:
    """Count a customer's mailings month by month, and state each month at its end."""
    assert contract.customer_tenant_id is not None
    month, place = contract.start_on, 0
    while month <= at.date():
        day = datetime(month.year, month.month, 1, 9, tzinfo=at.tzinfo) + DAY
        used = figures.MAILINGS[place % len(figures.MAILINGS)]
        usage.state_use([contract.pk], at=min(day, at), actor=MACHINE)
        with as_tenant(contract.customer_tenant_id):
            meter_many([
                Use(key="contracts.bulk_mailings", source=f"Rundschreiben {month}", at=min(day, at), quantity=used),
            ])  # fmt: skip
        month, place = date(month.year + month.month // 12, month.month % 12 + 1, 1), place + 1
    usage.state_use([contract.pk], at=at, actor=MACHINE)


def _order_more(contract: Contract, at: datetime) -> None:
    """Let the signatory order further users; the order waits for our confirmation."""
    ordering.order_more(
        contract,
        {"users": 3},
        channel="WEB_SHOP",
        ordered_by="Jonas Alder",
        email="jonas@alder.example",
        received_on=at.date(),
        at=at,
        actor=MACHINE,
    )


def _reduce(contract: Contract, at: datetime) -> None:
    """Reduce last month's fee of a part that stayed defective after two periods."""
    last = at.date().replace(day=1) - DAY
    asked = Asked(last.replace(day=1), Money.parse("59.00", "EUR"), second_period_until=at.date() - 5 * DAY)
    corrections.reduce_fee(
        contract.pk,
        "signage",
        asked,
        key=str(uuid.uuid5(contract.pk, "signage")),
        reason="Die Anzeige am Empfang blieb dunkel",
        on=at.date(),
        at=at,
        actor=MACHINE,
    )


def _give_notice(contract: Contract, at: datetime) -> None:
    """Take in a customer's registered letter; it ends the contract with its term."""
    on = at.date()
    noticing.give_notice(
        contract,
        noticing.NewNotice(
            given=Given(Means.REGISTERED_LETTER, sent=on - 2 * DAY, received=on),
            side=Side.CUSTOMER,
            given_by="Mats Petersen",
            proof=noticing.Upload(name="kuendigung.txt", media_type="text/plain", content=LETTER),
        ),
        at=at,
        actor=MACHINE,
    )
