"""Trials, as pages and other actions ask about them."""

import uuid
from collections.abc import Sequence
from datetime import date

from kontor.office.contracts.models import Contract, Trial, TrialOffering
from kontor.rulebook import terms as packs
from kontor.rulebook.ruling import Text

TERMS = "terms"
ERASURE = "erasure"


def declarations_of_trial(offering: TrialOffering) -> list[dict[str, str]]:
    """Return what somebody declares who registers: the same terms hold, and what is erased without an order."""
    pack = packs.load(offering.pack, offering.version)
    assert pack.trial is not None, "only packs with a trial are offered"
    found = []
    if pack.trial.terms_apply:
        said = Text("Diese Bedingungen gelten auch für den Test.", "These terms hold for the trial as well.")
        found.append(_declaration(TERMS, str(pack.trial.terms_apply.clause), said))
    if pack.trial.data_erased:
        said = Text(
            "Ohne Bestellung bis zum Ende des Tests wird alles unwiderruflich gelöscht, was ich eingebe.",
            "Unless I order before the trial ends, all that I enter is irrevocably erased.",
        )
        found.append(_declaration(ERASURE, str(pack.trial.data_erased.clause), said))
    return found


def open_offerings() -> list[TrialOffering]:
    """Return what can be tried, by pack; one query."""
    return list(TrialOffering.objects.filter(open=True).order_by("pack"))


def locked_trial() -> Trial | None:
    """Return the trial over which the current tenant's services are locked: ended, and nothing goes on from it."""
    ended = Trial.received.exclude(ended_by=Trial.End.RUNNING).exclude(erase_on=None)
    found: Trial | None = ended.order_by("-ended_at").first()
    return found


def own_trial() -> Trial | None:
    """Return the trial of the current tenant, None where it never tried anything."""
    found: Trial | None = Trial.received.order_by("-registered_at").first()
    return found


def latest_of_party(party: uuid.UUID) -> Trial | None:
    """Return a party's newest trial, locked until the transaction ends; None where it never tried anything."""
    rows = Trial.objects.select_for_update().filter(party_id=party)
    found: Trial | None = rows.order_by("-registered_at").first()
    return found


def to_erase(on: date) -> Sequence[Trial]:
    """Return the trials whose data are to be erased by a day and are not yet, the oldest first."""
    rows = Trial.objects.filter(erased_on=None, erase_on__lte=on).order_by("erase_on", "pk")
    return list(rows)


def contract_of(trial: Trial) -> Contract | None:
    """Return the contract whose conclusion ended a trial, as the reader may see it."""
    if trial.contract_id is None:
        return None
    found: Contract | None = Contract.received.filter(pk=trial.contract_id).first()
    return found


def _declaration(key: str, clause: str, said: Text) -> dict[str, str]:
    return {"key": key, "clause": clause, "de": said.de, "en": said.en}
