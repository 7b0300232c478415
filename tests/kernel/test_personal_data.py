"""A table about people says why, how long and what becomes of it, or the start is refused."""

import re
from dataclasses import replace

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

from kontor.kernel import checks, registry
from kontor.kernel.personal_data import WITH_PERSON, WITH_TENANT, PersonalData, Processing, person_key
from kontor.kernel.registry import Module
from kontor.kernel.rows import TenantOwned
from kontor.rulebook import terms
from kontor.rulebook.ruling import Text

WORDS = Text("", "")
SOUNDS_PERSONAL = re.compile(
    r"(^|_)(email|phone|iban|holder|signer|given_name|family_name|display_name)$"
    r"|(made|told|signed|asked|answered|filed|decided|approved|lifted|closed|named|begun|given)_by(_name)?$"
)


def table(label: str) -> type[Model]:
    """Return a model by its label."""
    return next(model for model in apps.get_models() if model._meta.label == label)


def declared(monkeypatch: pytest.MonkeyPatch, **different: object) -> list[str]:
    """Return what the checks say when kernel.Session is declared in another way, by another module alone."""
    data = replace(registry.personal_data()["kernel.Session"], **different)  # type: ignore[arg-type]
    module = Module(
        key="probe",
        title=WORDS,
        processings=tuple(registry.processings().values()),
        personal_data=(data,),
    )
    monkeypatch.setattr(registry, "_modules", {"probe": module})
    return [message.msg for message in checks._words()]


def test_the_declarations_are_in_order():
    assert [*checks._processings(), *checks._words()] == []


@pytest.mark.parametrize(
    ("different", "sentence"),
    [
        ({"kept": ""}, "kernel.Session must say how long it is kept, and on what ground where erasure leaves it."),
        (
            {"on_erasure": "keep"},
            "kernel.Session must say how long it is kept, and on what ground where erasure leaves it.",
        ),
        (
            {"ground": "invoice"},
            "kernel.Session must say how long it is kept, and on what ground where erasure leaves it.",
        ),
        ({"personal": ()}, "kernel.Session must name the columns that hold something personal, not []."),
        ({"people": ("nobody",)}, "kernel.Session cannot find people by nobody."),
        ({"personal": ("expire_date",)}, "kernel.Session must say of what category its column expire_date is."),
        (
            {"categories": {"agent": "photo"}, "personal": ("agent",)},
            "kernel.Session holds photo in agent, which the processing security does not name.",
        ),
        ({"processing": "nothing"}, "kernel.Session belongs to the unknown processing nothing."),
    ],
)
def test_a_table_without_its_words_is_refused(monkeypatch, different, sentence):
    assert declared(monkeypatch, **different) == [sentence]


def test_a_column_that_does_not_exist_is_named(monkeypatch):
    assert declared(monkeypatch, personal=("nowhere",), categories={"nowhere": "name"}) == [
        "kernel.Session must name the columns that hold something personal, not ['nowhere']."
    ]


def test_an_activity_names_persons_and_data_of_the_register(monkeypatch):
    known = registry.processings()["mail"]
    wrong = (replace(known, persons=("martians",)), replace(known, categories=()))
    monkeypatch.setattr(registry, "_modules", {"probe": Module(key="probe", title=WORDS, processings=wrong)})

    assert [message.msg for message in checks._processings()] == [
        "The processing mail is declared twice.",
        "The processing mail names persons or data nobody knows: ['martians'].",
        "The processing mail names persons or data nobody knows: [].",
    ]


@pytest.mark.parametrize(
    ("model", "lookup", "key"),
    [
        ("identity.User", "id", "user"),
        ("kernel.Membership", "user_id", "user"),
        ("kernel.Lock", "membership__user_id", "user"),
        ("parties.Contact", "email", "email"),
        ("books.Quote", "party__email", "email"),
        ("kernel.OutgoingMail", "to", "email"),
        ("desk.TicketNote", "author", "name"),
    ],
)
def test_a_lookup_says_with_what_a_person_is_compared(model, lookup, key):
    assert person_key(table(model), lookup) == key


def test_a_lookup_that_leads_nowhere_is_an_error():
    with pytest.raises(FieldDoesNotExist):
        person_key(table("parties.Contact"), "party__nothing")


def test_every_rule_of_retention_that_a_table_names_stands_in_a_pack():
    packs = [*map(terms.load, terms.keys()), *map(terms.law, terms.laws())]
    kinds = {WITH_TENANT, WITH_PERSON}.union(*(pack.retention.kinds for pack in packs if pack.retention))
    grounds = terms.law("de").retention.kinds.keys()
    data = registry.personal_data().values()

    assert {one.kept for one in data} - kinds == set()
    assert {one.ground for one in data if one.ground} - grounds == set()


def test_every_column_that_sounds_like_a_person_is_in_the_register():
    known = registry.personal_data()
    found = {
        f"{model._meta.label}.{field.attname}"
        for model in apps.get_models()
        if issubclass(model, TenantOwned)
        for field in model._meta.concrete_fields
        if SOUNDS_PERSONAL.search(field.attname)
        and field.attname not in getattr(known.get(model._meta.label), "personal", ())
    }

    # the account of a company that sells is nobody's own
    assert found == {"books.Seller.iban"}


def test_the_record_of_processing_knows_every_role():
    roles = {processing.role for processing in registry.processings().values()}

    assert roles == {"controller", "processor"}
    assert isinstance(registry.processings()["mail"], Processing)
    assert isinstance(registry.personal_data()["identity.User"], PersonalData)
