"""A list is brought, shown row by row, and taken in by one job: nothing is lost, nobody is written down twice."""

import io
from datetime import timedelta

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kontor.kernel.models import Due
from kontor.kernel.queries.record import history_of
from kontor.kernel.table_files import read_table
from kontor.kernel.tenancy import as_tenant
from kontor.office.parties.actions import taking_in
from kontor.office.parties.models import BroughtList, Identifier, Party, PartyRole
from kontor.office.parties.queries.known_rows import planned
from kontor.office.parties.queries.listed_rows import table_of
from tests.factories import AT, House, make_house, make_party, make_user
from tests.people import browser, join, make_tenant

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(minutes=1)
HEADS = "Name;Vorname;Nachname;Firma;PLZ;Ort;Land;E-Mail;Telefon;Sprache;Rolle;Kundennummer;Geburtstag\n"
LIST = HEADS + (
    ";Eva;Birke;Zeder AG;;;;eva@zeder.example;'+49 40 1;Englisch;Besucher, Gastgeber;;1.1.\n"  # 2
    ";;;Zeder AG;24103;Kiel;Österreich;;;;Lieferant;K-7;\n"  # 3
    "ALDER SOEHNE;;;;20457;Hamburg;;;;;;;\n"  # 4: known
    ";;;;;;;wer@x.example;;;;;\n"  # 5: no name
    "Ohm Süd;;;;1067;;;kein@;;fr;Chef;--;\n"  # 6: five problems
    ";Eva;Birke;Zeder AG;;;;EVA@zeder.example;;;;;\n"  # 7: 2 again
)


@pytest.fixture
def house() -> House:
    made = make_house()
    make_party(made)
    return made


def bring(house: House, text: str = LIST, kind: str = "ORGANISATION") -> BroughtList:
    return taking_in.bring("kunden.csv", text.encode(), kind=kind, at=AT, actor=house.actor)


def said(text: str, kind: str = "PERSON") -> list[tuple[str, str, str]]:
    """Return kind, name and company of each row of a list without problems."""
    plan = planned(read_table(text.encode()), kind=kind)
    assert plan.wrong == []
    return [(row.given["kind"], row.given["name"], row.company) for row in plan.rows]


def test_a_list_is_taken_in_by_one_job_and_what_stays_outside_is_kept(house):
    with as_tenant(house.tenant.pk):
        made = bring(house)
        plan = planned(table_of(made), kind=made.kind)
        assert [[row.number for row in rows] for rows in (plan.sound, plan.doubtful, plan.wrong)] == [
            [2, 3],
            [4, 7],
            [5, 6],
        ]
        assert plan.unread == ("Geburtstag",)
        taking_in.confirm(made.pk, [7, 99], at=AT, actor=house.actor)
        with pytest.raises(taking_in.ListRefusedError, match="already"):
            taking_in.confirm(made.pk, [], at=AT, actor=house.actor)
        for _ in range(2):  # a job that comes twice
            taking_in.take_in(made.pk, at=LATER)
        eva, again = Party.objects.filter(name="Eva Birke").order_by("pk")
        zeder = Party.objects.get(name="Zeder AG")
        assert (eva.kind, eva.employer, eva.language, eva.phone) == ("PERSON", zeder, "en", "+49 40 1")
        assert (again.email, zeder.kind, zeder.country, zeder.postcode) == (
            "EVA@zeder.example",
            "ORGANISATION",
            "AT",
            "24103",
        )
        roles = set(PartyRole.objects.values_list("party__name", "role"))
        assert roles == {("Eva Birke", "HOST"), ("Eva Birke", "VISITOR"), ("Zeder AG", "SUPPLIER")}
        assert Identifier.objects.get(party=zeder).value == "K-7"
        assert history_of(eva.pk)[0].actor == house.staff.pk
        made.refresh_from_db()
        assert (made.state, made.taken, [row.number for row in table_of(made).rows]) == ("TAKEN", 3, [4, 5, 6])
        assert Due.objects.get(job=taking_in.FORGET).at == AT + timedelta(days=30)
        for _ in range(2):
            taking_in.throw_away(made.pk, at=LATER, actor=house.actor)
        taking_in.take_in(made.pk, at=LATER)
        assert (BroughtList.objects.exists(), Party.objects.count()) == (False, 4)


def test_each_problem_names_its_row_its_column_and_how_it_is_mended(house):
    with as_tenant(house.tenant.pk):
        plan = planned(table_of(bring(house)), kind="ORGANISATION")
        told = [(row.number, each.column.de, each.value) for row in plan.wrong for each in row.problems]
        assert told == [
            (5, "Name", ""), (6, "E-Mail", "kein@"), (6, "Sprache", "fr"), (6, "Rolle", "Chef"),
            (6, "Kundennummer", "--"), (6, "PLZ", "1067"),
        ]  # fmt: skip
        assert "01067" in plan.wrong[1].problems[-1].mend.de
        assert "post@firma.de" in plan.wrong[1].problems[0].mend.de
        more = HEADS.replace("Geburtstag", "Art") + (
            "=HYPERLINK(1);;;;;;;;;;;;\nX;;;;;;Atlantis;;;;;;\nX;;;;;;;;;;;;Hund\n"
            + "X" * 201 + ";;;;;;;;;;;;\nX;;;Y;;;;;;;;;Firma\n#REF!;;;;;;;;;;;;\n"
        )  # fmt: skip
        plan = planned(read_table(more.encode()), kind="PERSON")
        wrong = [[each.column.en for each in row.problems] for row in plan.wrong]
        assert wrong == [["Name"], ["Country"], ["Kind"], ["Name"], ["Company"], ["Name"]]


def test_what_a_row_is_about_follows_from_what_it_says(house):
    with as_tenant(house.tenant.pk):
        text = "Name,Company,Kind\nOhm,,\nEva,Ohm,\n,Ohm,\nOhm,Ohm,company\nUwe,,Person\n"
        assert said(text) == [
            ("PERSON", "Ohm", ""), ("PERSON", "Eva", "Ohm"), ("ORGANISATION", "Ohm", ""), ("ORGANISATION", "Ohm", ""),
            ("PERSON", "Uwe", ""),
        ]  # fmt: skip
        assert said("Name\nOhm GmbH\nEva Ek\n") == [("ORGANISATION", "Ohm GmbH", ""), ("PERSON", "Eva Ek", "")]
        assert said("Name\nOhm\n", "ORGANISATION") == [("ORGANISATION", "Ohm", "")]
        plan = planned(
            read_table(b"Name,E-mail,VAT number\nEva,,\nEva,,\nEva,x@y.example,\nUwe,x@y.example,DE1\n"),
            kind="PERSON",
        )
        assert [row.twin for row in plan.rows] == [None, 2, None, None]  # a shared address, or one unknown, says little


def test_nothing_is_taken_in_from_what_is_no_list_or_holds_nobody_new(house):
    with as_tenant(house.tenant.pk):
        with pytest.raises(taking_in.ListRefusedError, match="No column is called"):
            bring(house, "Tier;Ort\nHund;Kiel\n")
        made = bring(house, "Name;Ort\nALDER SÖHNE;Hamburg\n")
        with pytest.raises(taking_in.ListRefusedError, match="nobody to take in"):
            taking_in.confirm(made.pk, [], at=AT, actor=house.actor)
        taking_in.confirm(made.pk, [2], at=AT, actor=house.actor)
    with as_tenant(make_tenant("Birke").pk), pytest.raises(BroughtList.DoesNotExist):
        taking_in.confirm(made.pk, [2], at=AT, actor=house.actor)


def test_a_list_is_looked_through_and_taken_in_on_pages(house):
    client = browser(house.staff, house.tenant)

    def sent(data: bytes, name: str):
        return client.post(reverse("parties:lists"), {"file": SimpleUploadedFile(name, data), "kind": "ORGANISATION"})

    refused = sent(b"PK\x03\x04kaputt", "x.xlsx")
    assert (refused.status_code, "cannot be read" in refused.content.decode()) == (422, True)
    address = sent(LIST.encode("cp1252"), "kunden.csv").url
    page = client.get(address).content.decode()
    for words in ("2 rows to mend", "Geburtstag", "01067", "2 rows are taken in", "Stands in row 2 already"):
        assert words in page, words
    file = client.get(f"{address}outside/").content.decode()
    assert [row.number for row in read_table(file.encode()).rows] == [2, 3, 4, 5]  # 4, 5, 6 and 7 of what was brought
    assert "Its leading nought seems lost" in file
    assert "Same name and same town" in file
    assert client.get(f"{address}outside/?format=xlsx").content[:2] == b"PK"
    assert client.post(address, {"row": ["4", "x"]}).url == address
    assert "being taken in" in client.get(address).content.decode()
    client.post(address)  # once more changes nothing
    with as_tenant(house.tenant.pk):
        row = BroughtList.objects.get()
        assert (row.state, row.chosen) == ("WAITING", [4])
        taking_in.take_in(row.pk, at=LATER)
    page = client.get(address).content.decode()
    assert "3 entries were taken in." in page
    assert "3 rows stayed outside." in page
    assert "3 taken in" in client.get(reverse("parties:lists")).content.decode()
    sample = read_table(client.get(reverse("parties:list-sample")).content)
    with as_tenant(house.tenant.pk):
        assert planned(sample, kind="PERSON").unread == ()
        assert len(planned(sample, kind="PERSON").wrong) == 0
    other, stranger = make_tenant("Dorn"), make_user("dora@dorn.example", "Dora")
    join(other, stranger)
    theirs = browser(stranger, other)
    assert [theirs.get(f"{address}{more}").status_code for more in ("", "outside/")] == [404, 404]
    assert [theirs.post(f"{address}{more}").status_code for more in ("", "remove/")] == [404, 404]
    assert client.post(f"{address}remove/").url == reverse("parties:lists")
    assert client.get(address).status_code == 404


def test_a_workbook_is_brought(house):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Firma", "Kundennummer"])
        sheet.write_row(1, 0, ["Ohm GmbH", 1007])
    with as_tenant(house.tenant.pk):
        made = taking_in.bring("x" * 300, file.getvalue(), kind="PERSON", at=AT, actor=house.actor)
        (row,) = planned(table_of(made), kind=made.kind).sound
        assert (row.given["name"], row.numbers, len(made.name)) == ("Ohm GmbH", [("CUSTOMER_NUMBER", "1007")], 200)


def test_whom_somebody_works_for_is_found_where_one_company_is_called_so(house):
    with as_tenant(house.tenant.pk):
        for _ in range(2):
            make_party(house, name="Zwei AG", vat_id="", email="")
        rows = "Eva;zwei ag;\nUwe;ALDER & SÖHNE GMBH;\nIda;Niemand;\nEsche KG;;DE111111125\n"
        made = bring(house, "Name;Firma;USt-IdNr.\n" + rows)
        doubtful = planned(table_of(made), kind="PERSON").doubtful
        assert [(row.number, row.same[0].name, row.same[1].strength) for row in doubtful] == [
            (5, "Alder & Söhne GmbH", 3)
        ]
        taking_in.confirm(made.pk, [], at=AT, actor=house.actor)
        taking_in.take_in(made.pk, at=LATER)
        people = Party.objects.filter(kind="PERSON").order_by("pk")
        works = [(row.name, row.employer and row.employer.name, row.employer_name) for row in people]
        assert works == [("Eva", None, "zwei ag"), ("Uwe", "Alder & Söhne GmbH", ""), ("Ida", None, "Niemand")]
