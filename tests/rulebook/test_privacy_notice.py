"""A privacy notice in two parts: every item of GDPR Art. 13, one section for each activity, and what changed."""

from dataclasses import replace

import pytest

from kontor.rulebook import terms
from kontor.rulebook.notice_changes import changes, sections
from kontor.rulebook.privacy_notice import (
    Activity,
    Receiver,
    Responsible,
    duty_of,
    general,
    lacking,
    lacking_of,
    objection_of,
    service,
    storage_of,
)
from kontor.rulebook.retention import kind_of
from kontor.rulebook.ruling import Text
from kontor.rulebook.terms.protection import Kept

WHO = Responsible(name="Lindwurm GmbH", address="Hafen 1", email="ds@lindwurm.example", authority="BayLDA")
LOGS = Activity(
    title=Text("Protokoll", "Log"), scope=Text("Gerät", "Device"), purpose=Text("Betrieb", "Operation"),
    basis="GDPR Art. 6 (1) (b) and (c)", storage=(Text("7 Tage", "7 days"), Text("danach nichts", "then nothing")),
    source=Text("Browser", "browser"), recipients=Text("niemand", "nobody"),
)  # fmt: skip
NOTHING = Text("", "")


def test_the_platforms_part_tells_each_activity_with_all_its_parts_and_links_the_general_one():
    text = service([LOGS], general_at="https://k.example/legal/privacy")
    assert sections(text.en) == [
        ("1.–7. General part", (
            "Your rights, the controller and the data-protection officer stand in the general part: "
            "https://k.example/legal/privacy",
        )),
        ("8. Log", (
            "Description and scope\tDevice", "Purpose\tOperation", "Legal basis\tGDPR Art. 6 (1) (b) and (c)",
            "Period of storage\t7 days; then nothing",
            f"Objection and removal\t{objection_of('(b)').en} {objection_of('(c)').en}",
            "With whom it is shared\tnobody", "Where the data comes from\tbrowser",
        )),
    ]  # fmt: skip
    assert "Rechtsgrundlage\tArt. 6 (1) (b) und (c) DSGVO" in text.de.split("\n")


def test_the_general_part_has_seven_sections_with_every_item_of_article_13():
    told = replace(WHO, officer="Mara Lind", automated=Text("Bonität", "Credit"))
    receivers = [Receiver("Rechenhaus", Text("Betrieb", "Hosting"), "DE"),
                 Receiver("Fernblick", Text("Messen", "Metering"), "US", Text("Klauseln", "Clauses"))]  # fmt: skip
    found = dict(sections(general(told, [LOGS], receivers, service_at="https://k.example/p").en))
    assert list(found) == [
        "1. Controller", "2. Data-protection officer", "3. Recipients and third countries", "4. Your rights",
        "5. Complaint", "6. Whether data must be given", "7. Automated decisions",
    ]  # fmt: skip
    assert found["1. Controller"][:2] == ("Lindwurm GmbH, Hafen 1", "E-mail\tds@lindwurm.example")
    assert found["2. Data-protection officer"] == ("Mara Lind",)
    assert found["3. Recipients and third countries"] == (
        "Rechenhaus\tHosting, DE", "Fernblick\tMetering, US, Clauses",
    )  # fmt: skip
    assert [line.split("\t")[0] for line in found["4. Your rights"][:-1]] == [
        "Access", "Rectification", "Erasure", "Restriction", "Portability", "Objection", "Withdrawal of a consent",
    ]  # fmt: skip
    assert "BayLDA" in found["5. Complaint"][0]
    assert found["6. Whether data must be given"] == (f"Log\t{duty_of('(b) (c)').en}",)
    assert found["7. Automated decisions"] == ("Credit",)

    bare = dict(sections(general(WHO, [replace(LOGS, basis="whim")], [], service_at="x").de))
    assert bare["2. Datenschutzbeauftragter"] == ("Es ist keiner benannt.",)
    assert bare["3. Empfänger und Drittländer"] == ("In unserem Auftrag verarbeitet niemand sonst.",)
    assert (bare["6. Pflicht zur Angabe"], "Art. 22" in bare["7. Automatisierte Entscheidungen"][0]) == ((), True)


@pytest.mark.parametrize(
    ("without", "missing"),
    [
        ({}, []),
        ({"scope": NOTHING}, ["Description and scope"]),
        ({"purpose": Text("x", " ")}, ["Purpose"]),
        ({"basis": ""}, ["Legal basis", "Objection and removal"]),
        ({"basis": "whim"}, ["Objection and removal"]),
        ({"storage": ()}, ["Period of storage"]),
    ],
)
def test_an_entry_lacks_each_of_its_five_parts(without, missing):
    assert [each.en for each in lacking(replace(LOGS, **without))] == missing


def test_somebody_must_answer_for_the_processing():
    assert lacking_of(WHO) == []
    nobody = Responsible(name=" ", address="", email="", authority="")
    assert [each.en for each in lacking_of(nobody)] == [
        "the controller's name", "the controller's address", "the controller's e-mail", "supervisory authority",
    ]  # fmt: skip
    assert duty_of("whim") is None


@pytest.mark.parametrize(
    ("pack", "kind", "english"),
    [
        ("bookkeeping", "access_log", "Access log: 7 days"),
        ("bookkeeping", "session_address", "IP address of the session: until the session ends"),
        ("bookkeeping", "invoice", "Invoices and vouchers: 8 years from the end of the calendar year"),
    ],
)
def test_periods_are_the_packs(pack, kind, english):
    _, rule = kind_of(terms.load(pack), kind)
    assert storage_of(rule.label, rule).en == english


def test_a_period_of_nobody_is_said_to_be_agreed():
    assert storage_of(Text("L", "L"), Kept(label=Text("L", "L"))).de == "L: wie vereinbart"


def test_a_section_that_only_moved_did_not_change():
    before = "1. A\nx\ny\n\n2. B\nz\n\nplain"
    after = "1. C\nnew\n\n2. A\nx\nw\n\n3. B\nz"
    assert [(each.heading, each.state, each.went, each.came) for each in changes(before, after)] == [
        ("C", "new", (), ("new",)),
        ("A", "changed", ("y",), ("w",)),
        ("plain", "gone", (), ()),
    ]
    assert changes(before, before) == []
