"""What the report of a month says on paper."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from kontor.kernel.queries.rulings import Reasons
from kontor.office.service_levels.models import AvailabilityStatement
from kontor.office.service_levels.queries.figures import short, told_minutes
from kontor.rulebook import terms
from kontor.rulebook.availability_promise import Cause
from kontor.rulebook.calc.promises import promise_of
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import month_named, said

TITLE: Final = Text("Verfügbarkeitsbericht", "Availability report")
_DOWN, _EXCUSED, _UNKNOWN = 2, 3, 4
_LEAST: Final = Decimal(60)  # a day's bar is never drawn against less than an hour


def report_paper(
    statement: AvailabilityStatement, why: Reasons, *, head: Mapping[str, Any], language: str
) -> dict[str, Any]:
    """Return what `service_levels/typst/availability.typ` prints; `head` is the letter's, `why` the month's ruling."""
    highest = max([_LEAST, *(_whole(each) for each in statement.days)])
    month = month_named(statement.month).spoken(language)
    return {
        **head,
        "title": f"{TITLE.spoken(language)} {month}",
        "contract": statement.contract_number,
        "month": month,
        "version": str(statement.version),
        "zone": statement.zone,
        "result": _result(statement).spoken(language),
        "reason": _corrected(statement).spoken(language) if statement.version > 1 else "",
        "sums": _sums(statement, language),
        "percent": statement.percent,
        "promised": short(statement.promised),
        "clause": why.clauses[0].number,
        "days": [_day(each, highest) for each in statement.days],
        "highest": short(highest),
        "outages": [_outage(each, statement.zone) for each in statement.items],
        "gaps": [
            {"from": _local(start, statement.zone), "to": _local(end, statement.zone), "minutes": str(minutes)}
            for start, end, minutes in statement.gaps
        ],
        "working": [each.spoken(language) for each in why.working],
    }


def causes_of(statement: AvailabilityStatement) -> Mapping[str, Cause]:
    """Return the causes that the statement's terms know."""
    promise = promise_of(terms.load(statement.pack, statement.pack_version))
    return {} if promise is None else promise.causes


def _result(statement: AvailabilityStatement) -> Text:
    return said(
        "Der Dienst war im {month} zu {percent} % verfügbar; zugesagt sind {promised} %. Die Zusage ist {kept}.",
        "The service was available for {percent} % of {month}; promised are {promised} %. The promise was {kept}.",
        month=month_named(statement.month),
        percent=Text(f"{statement.percent}".replace(".", ","), f"{statement.percent}"),
        promised=Text(f"{short(statement.promised):f}".replace(".", ","), f"{short(statement.promised):f}"),
        kept=Text("eingehalten", "kept") if statement.kept else Text("verfehlt", "missed"),
    )


def _corrected(statement: AvailabilityStatement) -> Text:
    return said(
        "Fassung {version}, berichtigt: {reason}.",
        "Version {version}, corrected: {reason}.",
        version=statement.version,
        reason=statement.reason.rstrip("."),
    )


def _sums(statement: AvailabilityStatement, language: str) -> list[dict[str, str]]:
    def line(label: Text, micros: int, clause: str = "") -> dict[str, str]:
        return {"label": label.spoken(language), "minutes": f"{told_minutes(micros):f}", "clause": clause}

    found = [line(Text("Ganzer Monat", "Whole month"), statement.total_minutes * 60_000_000)]
    causes = causes_of(statement)
    for key, held in statement.excused:
        cause = causes.get(key)
        label = Text(key, key) if cause is None else cause.label
        text = said("Entschuldigt: {cause}", "Excused: {cause}", cause=label)
        found.append(line(text, held, "" if cause is None else cause.clause.number))
    if statement.unknown_micros:
        found.append(line(Text("Nicht gemessen", "Not measured"), statement.unknown_micros))
    if statement.not_ordered_micros:
        found.append(line(Text("Nicht bestellt", "Not ordered"), statement.not_ordered_micros))
    return [*found, line(Text("Ausfall, der zählt", "Outage that counts"), statement.down_micros)]


def _whole(told: list[Any]) -> Decimal:
    return sum((Decimal(str(told[place])) for place in (_DOWN, _EXCUSED, _UNKNOWN)), Decimal(0))


def _day(told: list[Any], highest: Decimal) -> dict[str, Any]:
    parts = {"down": _DOWN, "excused": _EXCUSED, "unknown": _UNKNOWN}
    shares = {name: float(Decimal(str(told[place])) / highest) for name, place in parts.items()}
    return {"day": str(date.fromisoformat(told[0]).day), **shares}


def _outage(told: Mapping[str, Any], zone: str) -> dict[str, str]:
    ended = _local(told["to"], zone) if told["to"] else ""
    return {"title": told["title"], "why": told["cause"], "from": _local(told["from"], zone), "to": ended}


def _local(moment: str, zone: str) -> str:
    return datetime.fromisoformat(moment).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
