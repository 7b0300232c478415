"""The mail that answers a change order: confirmed with its cost, noted with its day, or declined."""

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
