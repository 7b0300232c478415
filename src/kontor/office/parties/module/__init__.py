"""All that the rest of the product knows about parties."""

from kontor.kernel.records import RecordKind
from kontor.kernel.registry import Module, NavItem, Permission, register
from kontor.kernel.search_sources import SearchSource
from kontor.office.parties.module.data import PERSONAL_DATA, PROCESSINGS, REFERENCES, WITHOUT_PERSONAL_DATA
from kontor.office.parties.module.letters import LETTERS
from kontor.office.parties.queries.parties import find_parties, named_parties
from kontor.rulebook.ruling import Text

register(
    Module(
        key="parties",
        api="kontor.office.parties.api",
        title=Text("Kunden und Partner", "Customers and partners"),
        entitled=False,
        urls="kontor.office.parties.urls",
        navigation=(
            NavItem(
                label=Text("Kunden", "Customers"),
                url_name="parties:parties",
                permission="parties.see",
                icon="users",
                group="customers",
                audience="house",
                order=10,
            ),
            NavItem(
                label=Text("Adressbuch", "Address book"),
                url_name="parties:parties",
                permission="parties.see",
                icon="address-book",
                group="work",
                audience="customer",
                order=40,
            ),
        ),
        permissions=(
            Permission("parties.see", Text("Kunden und Partner sehen", "See customers and partners"), entitled=False),
            Permission(
                "parties.change",
                Text("Kunden und Partner anlegen und ändern", "Add and change customers and partners"),
                entitled=False,
            ),
        ),
        search=(
            SearchSource(
                key="parties.parties",
                label=Text("Kunden und Partner", "Customers and partners"),
                permission="parties.see",
                find=find_parties,
                order=10,
            ),
        ),
        records=(
            RecordKind(
                key="parties.Party",
                label=Text("Kunde", "Customer"),
                permission="parties.see",
                named=named_parties,
            ),
        ),
        merge_sources=(LETTERS,),
        references=REFERENCES,
        processings=PROCESSINGS,
        personal_data=PERSONAL_DATA,
        without_personal_data=WITHOUT_PERSONAL_DATA,
    )
)
