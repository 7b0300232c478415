"""What needs a hand today beyond contracts themselves: overload, users of other companies, wishes out of scope."""

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kontor.kernel.requests import TenantRequest
from kontor.kernel.wording import spoken
from kontor.office.contracts.queries.competitors import held_registrations
from kontor.office.contracts.queries.out_of_scope import foreign_users, wishes_waiting
from kontor.office.contracts.queries.overload import open_overload_cases
from kontor.office.contracts.queries.probing import open_suspicions
from kontor.office.identity.public import case_words, open_cases
from kontor.rulebook.ruling import Clause


def beyond(request: TenantRequest, hand: Callable[..., Any]) -> Iterator[Any]:
    """Yield cases of overload by their deadline, users to be looked at, and wishes that wait for an offer or work."""
    for waiting in open_cases() if request.standing.may("identity.lock") else ():
        url = reverse("identity:case", args=(waiting.pk,))
        yield hand(spoken(case_words(waiting.kind)), waiting.tenant_name, _("Look"), url, since=waiting.at)
    if request.standing.may("contracts.limits"):
        for case in open_overload_cases():
            url = reverse("contracts:overload-case", args=(case.pk,))
            about = f"{case.contract.customer_name} · {case.contract.number}"
            clause = _clause(case.contract.pack, case.clause, case.contract.version)
            yield hand(_("Deliberate overload?"), about, _("Decide"), url, due=case.decide_by, clause=clause)
        for suspicion in open_suspicions():
            url = reverse("contracts:benchmark-suspicion", args=(suspicion.pk,))
            about = f"{suspicion.contract.customer_name} · {suspicion.contract.number}"
            clause = _clause(suspicion.contract.pack, suspicion.clause, suspicion.contract.version)
            yield hand(_("Benchmark suspicion"), about, _("Decide"), url, due=suspicion.decide_by, clause=clause)
        for user in foreign_users():
            url = reverse("contracts:foreign-user", args=(user.pk,))
            about = f"{user.contract.customer_name} · {user.email} · {user.other}"
            clause = _clause(user.contract.pack, user.clause, user.contract.version)
            yield hand(_("User of another company?"), about, _("Decide"), url, since=user.at, clause=clause)
    if request.standing.may("contracts.offer"):
        for held in held_registrations():
            url = reverse("contracts:held-registration", args=(held.pk,))
            yield hand(_("Registration of a competitor is held"), held.told["company"], _("Decide"), url,
                       since=held.registered_at)  # fmt: skip
        for wish in wishes_waiting():
            row, contract = wish.row, wish.row.contract
            url = reverse("contracts:wish", args=(row.pk,))
            title = (
                _("Additional offer accepted, the work waits")
                if wish.state == "accepted"
                else _("Out of scope: an additional offer is asked for")
            )
            clause = _clause(contract.pack, row.clause, contract.version)
            yield hand(title, f"{contract.customer_name} · {contract.number}", _("Look"), url, since=row.at,
                       clause=clause)  # fmt: skip


def _clause(pack: str, number: str, version: str) -> Clause | None:
    return Clause(pack, number, version) if number else None
