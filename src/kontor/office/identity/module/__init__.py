"""All that the rest of the product knows about people, roles and signing in."""

from kontor.kernel.registry import Module, PublicPage, register
from kontor.kernel.search_sources import SearchSource
from kontor.office.identity.module.data import PERSONAL_DATA, WITHOUT_PERSONAL_DATA
from kontor.office.identity.module.events import EVENTS
from kontor.office.identity.module.gates import GATES
from kontor.office.identity.module.navigation import NAVIGATION
from kontor.office.identity.module.permissions import PERMISSIONS
from kontor.office.identity.module.processings import PROCESSINGS
from kontor.office.identity.queries import find_people
from kontor.rulebook.ruling import Text

register(
    Module(
        key="identity",
        title=Text("Personen und Rechte", "People and rights"),
        entitled=False,
        urls="kontor.office.identity.urls",
        public_pages=(PublicPage(Text("Unterstützte Browser", "Supported browsers"), "identity:supported"),),
        navigation=NAVIGATION,
        gates=GATES,
        permissions=PERMISSIONS,
        on_refused_address="identity.address_refused",
        on_strangers="identity.strangers_tried",
        search=(
            SearchSource(
                key="identity.people",
                label=Text("Personen", "People"),
                permission="identity.see",
                find=find_people,
                at_sites=True,
                order=50,
            ),
        ),
        processings=PROCESSINGS,
        personal_data=PERSONAL_DATA,
        without_personal_data=WITHOUT_PERSONAL_DATA,
        events=EVENTS,
    )
)
