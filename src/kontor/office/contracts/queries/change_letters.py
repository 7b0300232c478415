"""The mails about a change order: that it waits for the signatory, is confirmed with its cost, noted, or declined."""

from decimal import Decimal

from kontor.office.contracts.models import ChangeOrder, ChangeOrderState
from kontor.office.contracts.queries.changing import Plan
from kontor.office.contracts.queries.letters import Letter
from kontor.office.contracts.queries.paper import day
from kontor.rulebook.currency import price_text

_MORE = {
    "de": (
        "Bestellbestätigung zu Vertrag {number}",
        "Guten Tag,\n\nwir bestätigen Ihre Bestellung {order} zum Vertrag {number}:\n\n{lines}\n\n"
        "Sie gilt ab {on}{until}.\nZusätzliche Kosten: für den laufenden Abrechnungszeitraum {now} netto; danach je "
        "Abrechnungszeitraum {more} netto mehr, zusammen {fee} netto.\nGrundlage: {clauses}\n",
    ),
    "en": (
        "Order confirmation for contract {number}",
        "Hello,\n\nwe confirm your order {order} under contract {number}:\n\n{lines}\n\n"
        "It holds from {on}{until}.\nAdditional cost: {now} net for the running billing interval; then {more} net more "
        "per billing interval, {fee} net in all.\nIt rests on: {clauses}\n",
    ),
}
_UNTIL = {"de": " und endet vor dem {until}", "en": " and ends before {until}"}
_NOTED = {
    "de": (
        "Änderung zum Vertrag {number}",
        "Guten Tag,\n\nIhre Änderung {order} zum Vertrag {number} gilt ab {on}.\nGrundlage: {clauses}\n",
    ),
    "en": (
        "Change of contract {number}",
        "Hello,\n\nyour change {order} of contract {number} holds from {on}.\nIt rests on: {clauses}\n",
    ),
}
_DECLINED = {
    "de": (
        "Bestellung zu Vertrag {number}",
        "Guten Tag,\n\nIhre Bestellung {order} zum Vertrag {number} führen wir nicht aus: {reason}\n",
    ),
    "en": (
        "Order under contract {number}",
        "Hello,\n\nwe do not carry out your order {order} under contract {number}: {reason}\n",
    ),
}
_WAITS = {
    "de": (
        "Bestellung zu Vertrag {number} wartet auf Sie",
        "Guten Tag,\n\n{by} hat die Bestellung {order} zum Vertrag {number} abgegeben:\n\n{lines}\n\n"
        "Sie gilt erst, wenn Sie sie unterschreiben: angemeldet, auf der Seite des Vertrags unter „Änderungen“. Bis "
        "dahin ändert sich nichts, und Sie können sie dort zurücknehmen.\n",
    ),
    "en": (
        "An order under contract {number} waits for you",
        "Hello,\n\n{by} placed order {order} under contract {number}:\n\n{lines}\n\n"
        "It binds only once you sign it: signed in, on the contract's page under “Changes”. Until then nothing "
        "changes, and you can take it back there.\n",
    ),
}
_INTERVALS = {
    "de": {"month": "Abrechnung jeden Monat", "quarter": "Abrechnung jedes Quartal", "year": "Abrechnung jedes Jahr"},
    "en": {"month": "billing every month", "quarter": "billing every quarter", "year": "billing every year"},
}
_FEWER = {"de": "{count} × {name} weniger", "en": "{count} × {name} fewer"}


def waiting_mail(order: ChangeOrder) -> Letter:
    """Return the mail that asks the signatory to sign an order that somebody else, or a key, has placed."""
    contract = order.contract
    language = contract.terms["language"]
    subject, text = _WAITS[language]
    named = {"number": contract.number, "order": order.number, "by": order.ordered_by}
    return Letter(subject.format(**named), text.format(**named, lines=_ordered(order, language)))


def _ordered(order: ChangeOrder, language: str) -> str:
    """Return what an order asks for, one line for each."""
    terms = order.contract.terms
    if order.interval:
        return _INTERVALS[language][order.interval]
    if order.kind == ChangeOrder.Kind.MORE:
        return "\n".join(_line(line, terms["currency"], language) for line in order.lines)
    names = terms["names"]
    return "\n".join(
        _FEWER[language].format(count=line["quantity"], name=names.get(line["key"], line["key"]))
        for line in order.lines
    )


def change_mail(order: ChangeOrder, state: ChangeOrderState, plan: Plan | None) -> Letter:
    """Return the mail in the contract's language; `plan` what was decided, None for a declined order."""
    language = order.contract.terms["language"]
    named = {"number": order.contract.number, "order": order.number, "reason": state.reason}
    if plan is None:
        subject, text = _DECLINED[language]
        return Letter(subject.format(**named), text.format(**named))
    named["on"] = day(plan.dated[0][0], language)
    named["clauses"] = ", ".join(dict.fromkeys(str(clause) for clause in plan.ruling.clauses))
    if plan.cost is None:
        subject, text = _NOTED[language]
        return Letter(subject.format(**named), text.format(**named))
    subject, text = _MORE[language]
    until = _UNTIL[language].format(until=day(plan.dated[1][0], language)) if len(plan.dated) > 1 else ""
    named |= {
        "until": until,
        "lines": "\n".join(_line(line, order.contract.terms["currency"], language) for line in order.lines),
        "now": plan.cost.now.spoken(language),
        "more": plan.cost.more_per_interval.spoken(language),
        "fee": plan.cost.per_interval.spoken(language),
    }
    return Letter(subject.format(**named), text.format(**named))


def _line(line: dict[str, str], currency: str, language: str) -> str:
    price = price_text(Decimal(line["price"]), currency).spoken(language)
    return f"{line['quantity']} × {line['name']}, {price}"
