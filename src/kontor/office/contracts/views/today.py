"""The house's day: what needs a hand, in the order in which it breaks."""

from collections.abc import Iterator
from datetime import date, datetime

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_GET

from kontor.kernel.components import Part
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import away, day, day_long, language, money, month, spoken
from kontor.office.books import public as books
from kontor.office.contracts.queries import closing, hands, late_payment
from kontor.office.contracts.queries.announced import objections
from kontor.office.contracts.queries.outlook import ahead
from kontor.office.contracts.views.day import day_context
from kontor.office.contracts.views.hand import Hand
from kontor.office.contracts.views.hands_beyond import beyond
from kontor.office.contracts.views.today_waits import waits
from kontor.rulebook.ruling import Text
from kontor.rulebook.usage import month_of

_SHOWN = 5
_COMING = 8
_SMALL = (
    *(Text("Nichts", "Nothing"), Text("Eine", "One"), Text("Zwei", "Two"), Text("Drei", "Three"), Text("Vier", "Four")),
    *(Text("Fünf", "Five"), Text("Sechs", "Six"), Text("Sieben", "Seven"), Text("Acht", "Eight"), Text("Neun", "Nine")),
    *(Text("Zehn", "Ten"), Text("Elf", "Eleven"), Text("Zwölf", "Twelve")),
)


@requires("contracts.see")
@require_GET
def today(request: TenantRequest) -> HttpResponseBase:
    """Say in words whether something needs a hand, and show it."""
    on = timezone.localdate(request.at)
    found = list(_hands(request, on))
    sees_money = request.standing.may("books.see")
    owed = books.outstanding(on) if sees_money else []
    coming = ahead(on, at=request.at, shown=_COMING, renewals=_SHOWN)
    steps = coming.steps if coming else []
    context = day_context(request, steps, on, count_today=coming.count_today if coming else 0) | {
        "coming": [(contract, step, step.left(on)) for contract, step in steps],
        "coming_more": coming.count - len(steps) if coming else 0,
        "coming_at": coming.at if coming and coming.at != request.at else None,
        "heading": _heading(len(found)),
        "over": f"{_weekday(on)}, {day_long(on)}",
        "meta": _meta(found, on),
        "hands": found,
        "on": on,
        "owed": [(each, _parts(each)) for each in owed],
        "sees_money": sees_money,
        "renewals": coming.renewals if coming else [],
        "may_bill": request.standing.may("contracts.bill"),
        "may_offer": request.standing.may("contracts.offer"),
    }
    return render(request, "contracts/today.html", context)


def _hands(request: TenantRequest, on: date) -> Iterator[Hand]:
    """Yield what needs a hand, the most pressing first."""
    for each in hands.offers_to_confirm():
        offer = each.state.offer
        about = f"{offer.customer_name} · {offer.number}"
        title, url = (
            _("Offer accepted, the order confirmation is missing"),
            reverse("contracts:offer", args=(offer.pk,)),
        )
        yield Hand(title, about, _("Confirm"), url, since=each.since, clause=each.clause)
    for problem in hands.problems_of_last_run():
        contract = problem.contract
        sentence = problem.sentence_de if language() == "de" else problem.sentence_en
        title = _("%(number)s could not be billed") % {"number": contract.number}
        url = reverse("contracts:contract", args=(contract.pk,))
        yield Hand(title, f"{contract.customer_name} · {sentence}", _("Look"), url, since=problem.at)
    if request.standing.may("contracts.close"):
        yield from _closing(request.at)
    if request.standing.may("contracts.claims"):
        yield from _late(on)
    yield from waits(request, on)
    for objected in objections() if request.standing.may("contracts.change_terms") else ():
        contract = objected.notice.contract
        url = reverse("contracts:terms-decide", args=(objected.notice_id,))
        about = f"{contract.customer_name} · {contract.number} · {objected.notice.title}"
        yield Hand(_("Objection to a change of terms"), about, _("Decide"), url, since=objected.answered_on)
    yield from beyond(request, Hand)
    if request.standing.may("books.see"):
        yield from _money(on)
    for state in hands.offers_expiring(on):
        offer = state.offer
        title = _("Offer ends, opened but not answered") if state.opened_at else _("Offer ends, not opened yet")
        url = reverse("contracts:offer", args=(offer.pk,))
        yield Hand(title, f"{offer.customer_name} · {offer.number}", _("Look"), url, due=offer.valid_until)


def _closing(at: datetime) -> Iterator[Hand]:
    """Yield the close that stands still, else the month that is over and not closed."""
    running = closing.running_close()
    if running and closing.stands_still(running, at=at):
        title = _("The close of %(month)s stands still") % {"month": month(running.month)}
        about = _("It goes on by itself within minutes, or at once from its page")
        url = reverse("contracts:month-close", args=(running.pk,))
        yield Hand(title, about, _("Look"), url, since=running.moved_at)
    elif running is None and (open_month := closing.month_to_close(closing.today_here(at))):
        title = _("%(month)s is over and not closed") % {"month": month(open_month)}
        about = _("Invoices, debits, reminders and interest in one go")
        yield Hand(title, about, _("Look"), reverse("contracts:closes"), since=month_of(open_month).end)


def _late(on: date) -> Iterator[Hand]:
    found = late_payment.waiting(on)
    if found.due:
        title = ngettext("%(count)s reminder is due", "%(count)s reminders are due", found.due) % {"count": found.due}
        about = _("The steps of the house say so")
        yield Hand(title, about, _("Look"), reverse("contracts:reminders"), since=found.due_since)
    if found.decide:
        title = ngettext(
            "%(count)s claim waits for a decision", "%(count)s claims wait for a decision", found.decide
        ) % {"count": found.decide}
        about = _("No further reminder is planned")
        yield Hand(title, about, _("Decide"), reverse("contracts:claims"), since=found.decide_since)
    if found.suspended:
        title = ngettext(
            "Services of %(count)s contract are suspended",
            "Services of %(count)s contracts are suspended",
            found.suspended,
        ) % {"count": found.suspended}
        about = _("They go on as soon as what is due has been paid")
        yield Hand(title, about, _("Look"), reverse("contracts:claims"), since=on)


def _money(on: date) -> Iterator[Hand]:
    for invoice in books.overdue_invoices(on, limit=_SHOWN):
        title = _("%(open)s overdue") % {"open": money(invoice.open)}
        about = f"{invoice.customer_name} · {invoice.number}"
        yield Hand(title, about, _("Look"), reverse("books:invoice", args=(invoice.id,)), due=invoice.due_on)
    waiting = books.unmatched()
    if waiting.count:
        title = ngettext(
            "%(count)s payment belongs to no invoice", "%(count)s payments belong to no invoice", waiting.count
        ) % {"count": waiting.count}
        about = _("together %(sums)s") % {"sums": ", ".join(money(each) for each in waiting.sums)}
        yield Hand(title, about, _("Match"), reverse("books:waiting"), since=waiting.since)


def _heading(count: int) -> str:
    if not count:
        return _("Nothing needs a hand")
    words = spoken(_SMALL[count]) if count < len(_SMALL) else str(count)
    return ngettext("%(count)s thing needs a hand", "%(count)s things need a hand", count) % {"count": words}


def _meta(found: list[Hand], on: date) -> str:
    over = sum(1 for hand in found if hand.due and hand.due < on)
    if over:
        return ngettext("%(count)s is overdue.", "%(count)s are overdue.", over) % {"count": spoken(_SMALL[over])}
    soonest = min((hand.due for hand in found if hand.due), default=None)
    return (
        _("The next one breaks %(when)s, on %(day)s.") % {"when": away(soonest, on), "day": day(soonest)}
        if soonest
        else ""
    )


def _parts(owed: books.Outstanding) -> list[Part]:
    return [Part(age.label, age.open.minor, money(age.open), age.count) for age in owed.ages]


def _weekday(on: date) -> str:
    names: dict[str, tuple[str, ...]] = {
        "de": ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
        "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    }
    return names[language()][on.weekday()]
