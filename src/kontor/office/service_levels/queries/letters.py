"""What customers are told by mail about work on the service."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from kontor.kernel.links import absolute
from kontor.office.service_levels.models import AvailabilityStatement, CreditClaim, Maintenance, Outage, RawControl
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import day, moment, month_named, said


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail's subject and text."""

    subject: str
    text: str


def announced_mail(row: Maintenance, *, language: str, zone: str) -> Letter:
    """Return the announcement of work, in the contract's language and by its clocks."""
    start, end = (moment(each.astimezone(ZoneInfo(zone))) for each in (row.starts_at, row.ends_at))
    title = Text(row.title_de, row.title_en)
    subject = said("Wartung: {title}", "Maintenance: {title}", title=title)
    effect = (
        Text("Der Dienst ist in dieser Zeit nicht nutzbar.", "The service cannot be used in this time.")
        if row.stops
        else Text("Der Dienst bleibt nutzbar.", "The service stays usable.")
    )
    text = said(
        "Guten Tag,\n\nwir arbeiten am Dienst: {title}.\n\nVon {start}\nbis {end}\n\n{effect}\n",
        "Hello,\n\nwe work on the service: {title}.\n\nFrom {start}\nto {end}\n\n{effect}\n",
        title=title,
        start=start,
        end=end,
        effect=effect,
    )
    return Letter(subject.spoken(language), text.spoken(language))


def report_mail(row: AvailabilityStatement, language: str) -> Letter:
    """Return the mail that carries a month's report."""
    month = month_named(row.month)
    subject = said(
        "Verfügbarkeitsbericht {month}, Vertrag {number}",
        "Availability report {month}, contract {number}",
        month=month,
        number=row.contract_number,
    )
    text = said(
        "Guten Tag,\n\nanbei der Bericht über die Verfügbarkeit im {month} zum Vertrag {number}.\n",
        "Hello,\n\nattached is the report on availability in {month} under contract {number}.\n",
        month=month,
        number=row.contract_number,
    )
    return Letter(subject.spoken(language), text.spoken(language))


def control_mail(row: RawControl, language: str) -> Letter:
    """Return the alert that results and intervals of a time differ."""
    text = said(
        "Die Ergebnisse der Messungen und die daraus gebildeten Zeiten stimmen nicht überein: {n} Messorte.\n"
        "Ein Monat, der davon abhängt, wird nicht abgerechnet, bis das geklärt ist.\n\n{link}\n",
        "The results of the probes and the intervals made of them do not agree: {n} places.\n"
        "A month that rests on them is not settled until that is cleared up.\n\n{link}\n",
        n=len(row.differences),
        link=absolute("service_levels:overview"),
    )
    subject = Text("Messungen stimmen nicht überein", "Probes do not agree")
    return Letter(subject.spoken(language), text.spoken(language))


def claim_mail(row: CreditClaim, language: str) -> Letter:
    """Return the reminder that a claim has to be decided soon."""
    assert row.decide_by is not None  # only such are reminded of
    subject = said(
        "Gutschrift {number}: zu entscheiden bis {by}",
        "Credit {number}: to be decided by {by}",
        number=row.contract_number,
        by=day(row.decide_by),
    )
    text = said(
        "{customer} verlangt eine Gutschrift für einen Ausfall.\n\n{link}\n",
        "{customer} claims a credit for an outage.\n\n{link}\n",
        customer=row.customer_name,
        link=absolute("service_levels:claim", row.pk),
    )
    return Letter(subject.spoken(language), text.spoken(language))


def recovery_mail(row: Outage, due: datetime, language: str) -> Letter:
    """Return the warning that three quarters of a recovery's time are gone."""
    subject = said(
        "Ausfall „{title}“: zu beheben bis {due}",
        "Outage “{title}”: to be mended by {due}",
        title=row.title,
        due=moment(due),
    )
    text = said(
        "Drei Viertel der zugesagten Zeit sind vorbei, und der Ausfall dauert an.\n\n{link}\n",
        "Three quarters of the promised time are gone, and the outage goes on.\n\n{link}\n",
        link=absolute("service_levels:outage", row.pk),
    )
    return Letter(subject.spoken(language), text.spoken(language))
