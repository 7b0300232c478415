"""What on the house's day only waits until somebody enters, erases or pays something."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _, ngettext

from kontor.kernel.requests import TenantRequest
from kontor.kernel.wording import day, money, spoken
from kontor.office.books import public as books
from kontor.office.contracts.queries.missing_rates import missing_rates
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.queries.trials import to_erase
from kontor.office.contracts.views.hand import Hand


def waits(request: TenantRequest, on: date) -> Iterator[Hand]:
    """Yield missing rates, trials to be erased, refunds that failed, disputes, and mandates that have ended."""
    if request.standing.may("contracts.claims"):
        yield from _rates(on)
    if request.standing.may("contracts.end"):
        yield from _trials(on)
    if request.standing.may("books.payments"):
        yield from _refunds()
        yield from _refunded_outside()
        yield from _disputed()
        yield from _mandates(on)


def _rates(on: date) -> Iterator[Hand]:
    for rate in missing_rates(on):
        said = ngettext(
            "%(count)s claim waits: no interest without it, and no reminder",
            "%(count)s claims wait: no interest without it, and no reminder",
            rate.claims,
        )
        given = urlencode({"law": rate.law, "first": rate.since.isoformat()})
        url = f"{reverse('contracts:reminder-habits')}?{given}#rate"
        title = _("Legal rate from %(day)s is on no file: %(law)s") % {
            "day": day(rate.since),
            "law": spoken(rate.title),
        }
        yield Hand(title, said % {"count": rate.claims}, _("Enter"), url, since=rate.since, clause=rate.clause)


def _trials(on: date) -> Iterator[Hand]:
    for trial in to_erase(on):
        rule = pack_of_terms(trial.terms).trial
        told = rule.data_erased if rule else None
        clause = told.clause if told else None
        url = reverse("contracts:trial", args=(trial.pk,))
        about = _("Everything that %(company)s entered in its trial") % {"company": trial.company}
        yield Hand(_("To be erased"), about, _("Look"), url, due=trial.erase_on, clause=clause)


def _refunds() -> Iterator[Hand]:
    for failed in books.failed_refunds():
        title = _("Refund of %(amount)s failed") % {"amount": money(failed.amount)}
        url = reverse("books:pay-back", args=(failed.checkout,))
        yield Hand(title, failed.customer, _("Look"), url, since=failed.failed_on)


def _refunded_outside() -> Iterator[Hand]:
    for told in books.outside_refunds():
        said = (
            _("%(amount)s were charged back by the payment service")
            if told.charged_back
            else _("%(amount)s were refunded at the payment service")
        )
        title = said % {"amount": money(told.amount)}
        about = _("%(customer)s · %(number)s is open again with %(open)s: credit it, or claim it") % {
            "customer": told.customer,
            "number": told.number,
            "open": money(told.open),
        }
        yield Hand(title, about, _("Decide"), reverse("books:invoice", args=(told.invoice,)), since=told.told_on)


def _disputed() -> Iterator[Hand]:
    for told in books.open_disputes():
        title = _("A payment of %(amount)s is disputed") % {"amount": money(told.amount)}
        about = _("%(customer)s · %(number)s: answer it at the payment service") % {
            "customer": told.customer,
            "number": told.number,
        }
        yield Hand(title, about, _("Look"), reverse("books:invoice", args=(told.invoice,)), since=told.since)


def _mandates(on: date) -> Iterator[Hand]:
    for ended in books.ended_mandates(on):
        said = ngettext(
            "%(customer)s: %(count)s invoice, %(open)s, is to be transferred",
            "%(customer)s: %(count)s invoices, %(open)s, are to be transferred",
            ended.count,
        ) % {"customer": ended.customer, "count": ended.count, "open": money(ended.open)}
        title = (
            _("Mandate %(reference)s has expired")
            if ended.until < on
            else _("Mandate %(reference)s expires before the debit")
        ) % {"reference": ended.reference}
        url, over = reverse("books:mandate", args=(ended.id,)), ended.until < on
        yield Hand(title, said, _("Look"), url, due=None if over else ended.until, since=ended.until if over else None)
