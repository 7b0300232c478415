"""Two packs side by side: every value once, in order, with its clause and whether the answers differ."""

import pytest

from kontor.rulebook.ruling import Text
from kontor.rulebook.terms import TermsPack, keys, law, load, parse_terms, path
from kontor.rulebook.terms.compare import Row, compare

CRM, VISITOR = load("crm", version="2026-01"), load("visitor", version="2026-01")


def rows(left: TermsPack, right: TermsPack) -> dict[str, Row]:
    return {row.key: row for row in compare(left, right)}


def changed(old: str, new: str, *, version: str = "2026-02") -> TermsPack:
    """Return a later version of the CRM pack in which one passage reads differently."""
    text = path("crm", "2026-01").read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    text = text.replace(old, new).replace('version = "2026-01"', f'version = "{version}"')
    return parse_terms(text, file=f"crm-{version}.toml")


@pytest.mark.parametrize("right", keys())
def test_every_value_of_either_pack_stands_in_one_row(right: str):
    other = load(right)
    found = [row.key for row in compare(CRM, other)]
    assert sorted(found) == sorted({key for pack in (CRM, other) for key, _ in pack.values()})


@pytest.mark.parametrize("right", keys())
def test_sections_stay_together_in_the_order_of_the_shape(right: str):
    sections = list(dict.fromkeys(row.section for row in compare(CRM, load(right))))
    fields = [field for field in TermsPack.model_fields if field in sections]
    assert sections == fields


def test_both_sides_with_their_clauses():
    row = rows(CRM, VISITOR)["notice.period"]
    assert (row.section, row.section_label, row.label) == (
        "notice",
        Text("Kündigung", "Notice"),
        Text("Kündigungsfrist", "Notice period"),
    )
    assert (row.left.kind, row.left.shown, row.left.clause.number) == ("stated", Text("30 Tage", "30 days"), "§13")
    assert (row.right.kind, row.right.shown, row.right.clause.number) == (
        "stated",
        Text("3 Monate", "3 months"),
        "4.6.1",
    )
    assert (row.differs, row.moved) == (True, False)


def test_the_same_answer_in_another_clause_does_not_differ():
    row = rows(CRM, VISITOR)["notice.form"]
    assert (row.left.clause.number, row.right.clause.number) == ("§13", "4.6.1")
    assert (row.differs, row.moved) == (False, True)


def test_silence_differs_from_an_answer():
    row = rows(CRM, VISITOR)["force_majeure.lasts"]
    assert (row.left, row.right.shown, row.differs, row.moved) == (None, Text("30 Tage", "30 days"), True, False)
    mirrored = rows(VISITOR, CRM)["force_majeure.lasts"]
    assert (mirrored.left.shown, mirrored.right, mirrored.differs) == (Text("30 Tage", "30 days"), None, True)


def test_a_setting_shows_its_default_and_a_blank_says_so():
    found = rows(CRM, VISITOR)
    zone, due = found["support.zone"].left, found["invoicing.due"].left
    assert (zone.kind, zone.shown) == ("setting", Text("Europe/Vilnius", "Europe/Vilnius"))
    assert (due.kind, due.shown) == ("agreed", Text("im Angebot zu vereinbaren", "to be agreed in the offer"))


def test_a_default_is_another_answer_than_a_stated_value():
    # both count the sending or receipt of a notice; one text says it, the other leaves it open
    stated = changed(
        'setting = "sent"\nchoices = ["sent", "received"]\nclause = "§13"\nalso = ["§12"]\nrows = ["SO-062"]\nreason',
        'value = "sent"\nclause = "§13"\nalso = ["§12"]\nrows = ["SO-062"]\nnote',
    )
    row = rows(CRM, stated)["notice.counts"]
    assert (row.left.kind, row.right.kind, row.left.shown == row.right.shown) == ("setting", "stated", True)
    assert row.differs


def test_a_pack_does_not_differ_from_itself():
    assert [row.key for row in compare(CRM, CRM) if row.differs or row.moved] == []


def test_two_versions_differ_in_what_was_changed():
    later = changed('period = { value = "30 days", clause = "§13"', 'period = { value = "60 days", clause = "§13"')
    assert [row.key for row in compare(CRM, later) if row.differs] == ["notice.period"]


def test_two_versions_show_a_clause_that_moved():
    later = changed('to = { value = "term_end", clause = "§13", rows', 'to = { value = "term_end", clause = "§2", rows')
    found = [(row.key, row.differs) for row in compare(CRM, later) if row.differs or row.moved]
    assert found == [("notice.to", False)]


def test_a_list_in_other_words_is_the_same_list():
    later = changed('de = "Webshop", en = "Web shop"', 'de = "Onlineshop", en = "Online shop"')
    assert not rows(CRM, later)["seats.added_channels"].differs


def test_a_key_new_to_a_version_stands_where_it_belongs():
    later = changed('limited_to_order = { value = true, clause = "§3", rows = ["SO-010"] }\n', "")
    assert [row.key for row in compare(later, CRM)] == [key for key, _ in CRM.values()]


def test_an_entry_is_named_as_its_pack_names_it():
    found = rows(CRM, VISITOR)
    assert found["retention.kinds.customer_data.keep"].about == CRM.retention.kinds["customer_data"].label
    assert found["incidents.classes.class_1.reaction"].about == VISITOR.incidents.classes["class_1"].label
    assert found["notice.period"].about is None


def test_law_packs_are_compared_too():
    found = {row.key: row for row in compare(law("de"), law("fr"))}
    points = found["arrears.interest_points"]
    assert (points.left.shown, points.right.shown) == (Text("9 %", "9 %"), Text("10 %", "10 %"))


def test_keys_that_two_versions_order_differently_stand_once_in_the_order_of_the_left():
    denmark = 'dk = { value = "denmark", clause = "§20", rows = ["SO-074"] }\n'
    luxembourg = 'lu = { value = "netherlands", clause = "§20", rows = ["SO-074"] }\n'
    text = path("crm", "2026-01").read_text(encoding="utf-8")
    text = text.replace(denmark, "").replace(luxembourg, luxembourg + denmark)
    later = parse_terms(text.replace('version = "2026-01"', 'version = "2026-02"'), file="crm-2026-02.toml")
    assert [row.key for row in compare(CRM, later)] == [key for key, _ in CRM.values()]
    assert [row.key for row in compare(later, CRM)] == [key for key, _ in later.values()]
