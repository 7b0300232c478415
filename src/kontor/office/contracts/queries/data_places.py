"""What an offer's pack demands of where the customer's data lies, held against the places that are declared here."""

from collections.abc import Iterator, Mapping
from typing import Final

from django.conf import settings

from kontor.kernel.data_places import BACKUPS, DATABASE, FILES, misplaced
from kontor.kernel.models import Tenant
from kontor.kernel.queries.data_places import countries
from kontor.office.contracts.models import OfferDraft
from kontor.office.parties import public as parties
from kontor.rulebook.data_places import countries_demanded
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.wording import said

_KINDS: Final[Mapping[str, Text]] = {
    FILES: Text("Dateien", "files"),
    DATABASE: Text("die Datenbank", "the database"),
    BACKUPS: Text("Sicherungen", "backups"),
}


def place_lacks(draft: OfferDraft, pack: TermsPack) -> Iterator[tuple[Text, Clause | None]]:
    """Yield why a customer cannot be served under this pack here: what would lie in a country that is not admitted."""
    party = parties.card(draft.party_id)
    demanded = countries_demanded(pack, customer_in=party.country, on=draft.start_on or draft.valid_until)
    kept_under = Tenant.objects.get(pk=party.own_tenant).kept_under if party.own_tenant else []
    others = countries(row for row in kept_under if row["pack"] != pack.key)
    if (text := wrong_place(demanded, others)) is not None:
        yield text, next(iter(demanded.clauses), None)


def wrong_place(demanded: Ruling[tuple[str, ...]], others: list[tuple[str, ...]]) -> Text | None:
    """Return why data that must lie in these countries (and in those of other contracts) cannot lie here, or None."""
    if not demanded.value:
        return None
    wrong = misplaced(settings.KONTOR_PLACES, [demanded.value, *others])
    if not wrong:
        return None
    kinds = [_KINDS[kind] for kind in wrong]
    return said(
        "{demand} Dafür ist hier kein Ort angegeben ({kinds}): Der Betreiber gibt ihn in KONTOR_PLACES an.",
        "{demand} No place for that is declared here ({kinds}): whoever runs this declares one in KONTOR_PLACES.",
        demand=demanded.working[-1],
        kinds=Text(", ".join(kind.de for kind in kinds), ", ".join(kind.en for kind in kinds)),
    )
