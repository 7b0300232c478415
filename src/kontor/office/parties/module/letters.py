"""What letters may say about a party."""

from typing import Final

from kontor.kernel.merge_fields import MergeField, MergeSource
from kontor.office.parties.public import listed
from kontor.office.parties.queries.parties import letter_values
from kontor.rulebook.ruling import Text

_PERSON: Final = {"name": "Jonas Alder", "function": "Einkauf", "email": "jonas@alder.example", "phone": "040 123"}
LETTERS: Final = MergeSource(
    kind="parties.Party",
    fields=(
        MergeField("contact.name", Text("Name", "Name"), "Alder & Söhne GmbH"),
        MergeField(
            "contact.address",
            Text("Anschrift in Zeilen", "Address in lines"),
            "Alder & Söhne GmbH\nKaiweg 4\n20457 Hamburg",
        ),
        MergeField("contact.street", Text("Straße", "Street"), "Kaiweg 4"),
        MergeField("contact.addition", Text("Adresszusatz", "Address addition"), "Hof 2"),
        MergeField("contact.postcode", Text("Postleitzahl", "Postcode"), "20457"),
        MergeField("contact.city", Text("Ort", "City"), "Hamburg"),
        MergeField("contact.country", Text("Land", "Country"), "DE"),
        MergeField("contact.email", Text("E-Mail", "E-mail"), "post@alder.example"),
        MergeField("contact.vat_id", Text("USt-IdNr.", "VAT number"), "DE123456789"),
        MergeField(
            "contact.people",
            Text(
                "Personen: Liste mit name, function, email, phone",
                "People: a list with name, function, email, phone",
            ),
            (_PERSON,),
        ),
    ),
    listed=listed,
    values=letter_values,
)
