"""Everything a pack can say has words in both languages."""

from collections.abc import Iterator
from typing import Literal, get_args, get_origin

import pytest

from kontor.rulebook.ruling import Text
from kontor.rulebook.terms import keys, law, load
from kontor.rulebook.terms.concepts import SECTIONS, _concepts, concept_label, section_label, word
from kontor.rulebook.terms.law import LawPack
from kontor.rulebook.terms.pack import TermsPack
from kontor.rulebook.terms.units import Measure
from kontor.rulebook.terms.value import Frozen, Stated

META = "__pydantic_generic_metadata__"


def inner_models(annotation: object) -> Iterator[type[Frozen]]:
    for part in get_args(annotation):
        yield from inner_models(part)
    if isinstance(annotation, type) and issubclass(annotation, Frozen):
        yield annotation


def concepts(model: type[Frozen], prefix: str) -> Iterator[tuple[str, type[Frozen]]]:
    """Yield (dotted key with stars, value's type) of every place a value can stand."""
    for name, field in model.model_fields.items():
        star = "*." if "Mapping" in str(field.annotation) else ""
        for part in inner_models(field.annotation):
            if getattr(part, META)["origin"] is Stated:
                yield f"{prefix}{name}.{star}".removesuffix("."), part
            elif getattr(part, META)["origin"] is None:
                yield from concepts(part, f"{prefix}{name}.{star}")


def words(annotation: object) -> Iterator[str]:
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    for part in (*get_args(annotation), *getattr(annotation, META, {"args": ()})["args"]):
        yield from words(part)


NOT_CONCEPTS = {"title", "roles", "clauses", "legal_rates", "vat", "key", "version"}
ALL = {
    key: kind
    for pack in (TermsPack, LawPack)
    for key, kind in concepts(pack, "")
    if key.partition(".")[0] not in NOT_CONCEPTS
}


def test_there_are_concepts_to_check():
    assert ("notice.period" in ALL, "changes.kinds.*.notice" in ALL, "metering.meters.*" in ALL) == (True, True, True)


@pytest.mark.parametrize("key", sorted(ALL))
def test_every_concept_has_a_label_in_both_languages(key: str):
    label = concept_label(key.replace("*", "any"))
    assert all(said.strip() for said in (*label, *section_label(key.partition(".")[0])))


def test_every_label_belongs_to_a_concept():
    sections = {key.partition(".")[0] for key in ALL}
    labels = {f"{section}.{key}" for section, key in _concepts() if section != SECTIONS}
    assert (labels - set(ALL), {key for section, key in _concepts() if section == SECTIONS} - sections) == (
        set(),
        set(),
    )


@pytest.mark.parametrize("key", sorted(key for key, kind in ALL.items() if any(words(kind))))
def test_every_word_of_a_choice_is_said_in_both_languages(key: str):
    concept = key.rpartition(".")[2]
    said = {option: word(option, concept=concept) for option in words(ALL[key])}
    assert [option for option, text in said.items() if text is None] == []


@pytest.mark.parametrize(("name", "concept"), [("unit", "unit"), ("per", "quota"), ("limit", "quota")])
def test_every_word_of_a_quota_is_said(name: str, concept: str):
    options = list(words(Measure.model_fields[name].annotation))
    assert [option for option in options if word(option, concept=concept) is None] == []


def test_an_unknown_concept_is_refused():
    with pytest.raises(KeyError):
        concept_label("notice.colour")
    with pytest.raises(KeyError):
        section_label("colours")


def test_a_word_means_what_its_concept_means():
    assert word("sent", concept="counts") == Text("Absendung", "sending")
    assert word("sent") == Text("ab Absendung", "from sending")
    assert word("unheard_of") is None


@pytest.mark.parametrize("pack", [*(load(key) for key in keys()), law("de"), law("fr")], ids=lambda pack: pack.key)
def test_every_value_of_every_pack_has_a_label(pack: TermsPack | LawPack):
    assert all(concept_label(key).de for key, _ in pack.values())
