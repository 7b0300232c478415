"""Writing an offer: what is kept, what a sent one refuses, and that nobody else's is touched."""

from datetime import date
from decimal import Decimal

import pytest

from kontor.kernel.queries.record import history_of
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions import drafts
from kontor.office.contracts.models import OfferDraft, OfferDraftLine
from tests.factories import AT, House, make_draft, make_house, make_party, send
from tests.people import make_tenant, verbs

pytestmark = pytest.mark.django_db


def positions(house: House, **counts: str) -> list[drafts.Position]:
    items = {item.key: item.pk for item in house.price_list.items.all()}
    return [drafts.Position(items[key], Decimal(count)) for key, count in counts.items()]


def test_a_draft_has_exactly_the_positions_last_given_and_none_of_nought():
    house = make_house()
    draft = make_draft(house, make_party(house))
    with as_tenant(house.tenant.pk):
        chosen = positions(house, terminal="3", seats="0", visitors="1")
        drafts.set_positions(draft.pk, chosen, at=AT, actor=house.actor)

        lines = OfferDraftLine.objects.order_by("order").values_list("order", "item__key", "quantity")
        assert list(lines) == [(1, "terminal", 3), (3, "visitors", 1)]
        assert history_of(draft.pk)[0].after == {"positions": 3}


def test_a_draft_keeps_what_was_agreed_and_which_reading_was_chosen():
    house = make_house()
    draft = make_draft(house, make_party(house))
    with as_tenant(house.tenant.pk):
        drafts.set_terms(
            draft.pk,
            agreed={"term.initial": "24 months"},
            settings={"formation.access_from": "confirmation_issued"},
            valid_until=date(2026, 12, 24),
            at=AT,
            actor=house.actor,
        )
        kept = OfferDraft.objects.get()
    assert (kept.agreed, kept.settings, kept.valid_until) == (
        {"term.initial": "24 months"},
        {"formation.access_from": "confirmation_issued"},
        date(2026, 12, 24),
    )
    assert verbs(house.tenant, draft) == [
        "contracts.draft_written",
        "contracts.draft_changed",
        "contracts.draft_changed",
        "contracts.draft_changed",
    ]


def test_a_draft_is_thrown_away_with_its_lines():
    house = make_house()
    draft = make_draft(house, make_party(house))
    with as_tenant(house.tenant.pk):
        drafts.discard_draft(draft.pk, at=AT, actor=house.actor)
        assert (OfferDraft.objects.count(), OfferDraftLine.objects.count()) == (0, 0)
    assert verbs(house.tenant, draft)[-1] == "contracts.draft_discarded"


def test_what_was_sent_is_not_written_on():
    house = make_house()
    draft = make_draft(house, make_party(house))
    send(house, draft)
    told = {"at": AT, "actor": house.actor}
    with as_tenant(house.tenant.pk):
        with pytest.raises(drafts.SentDraftError) as refused:
            drafts.set_positions(draft.pk, [], **told)
        with pytest.raises(drafts.SentDraftError):
            drafts.set_terms(draft.pk, agreed={}, settings={}, **told)
        with pytest.raises(drafts.SentDraftError):
            drafts.discard_draft(draft.pk, **told)
        assert OfferDraftLine.objects.count() == 3
    assert refused.value.text.en == "This offer has been sent already."


def test_another_tenant_finds_no_draft():
    house = make_house()
    draft = make_draft(house, make_party(house))
    told = {"at": AT, "actor": house.actor}
    with as_tenant(make_tenant().pk):
        with pytest.raises(OfferDraft.DoesNotExist):
            drafts.set_positions(draft.pk, [], **told)
        with pytest.raises(OfferDraft.DoesNotExist):
            drafts.set_terms(draft.pk, agreed={}, settings={}, **told)
        with pytest.raises(OfferDraft.DoesNotExist):
            drafts.discard_draft(draft.pk, **told)
