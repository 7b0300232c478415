"""All that the rest of the product knows about documents."""

from kontor.kernel.records import Reference
from kontor.kernel.registry import EventKind, Gate, Module, NavItem, Permission, PublicPage, register
from kontor.kernel.search_sources import SearchSource
from kontor.office.documents.actions.demo import make_demo
from kontor.office.documents.module.data import PERSONAL_DATA, PROCESSINGS, WITHOUT_PERSONAL_DATA
from kontor.office.documents.module.flows import FLOW_EFFECTS, FLOW_GUARDS
from kontor.office.documents.module.keeping import KEEPINGS
from kontor.office.documents.queries.store import find_documents
from kontor.office.documents.views.legal import stands_before
from kontor.rulebook.ruling import Text

register(
    Module(
        key="documents",
        title=Text("Dokumente", "Documents"),
        entitled=False,
        urls="kontor.office.documents.urls",
        api="kontor.office.documents.api",
        navigation=(
            NavItem(
                label=Text("Dokumente", "Documents"),
                url_name="documents:files",
                permission="documents.read",
                icon="file-text",
                group="work",
                order=40,
                also=(
                    "documents:bin",
                    "documents:folders",
                    "documents:file-new",
                    "documents:exchanges",
                    "documents:exchange-new",
                ),
            ),
            NavItem(
                label=Text("Ausweise und Führerscheine", "Identity documents"),
                url_name="documents:proofs",
                permission="documents.proofs",
                icon="license",
                group="work",
                audience="customer",
                order=41,
            ),
            NavItem(
                label=Text("Ausweis aufnehmen", "Capture a document"),
                url_name="documents:proof-new",
                permission="documents.capture",
                icon="camera",
                group="work",
                audience="customer",
                order=42,
            ),
            NavItem(
                label=Text("Rechtstexte", "Legal texts"),
                url_name="documents:documents",
                permission="documents.see",
                icon="file-text",
                group="settings",
                audience="customer",
                order=60,
            ),
            NavItem(
                label=Text("Rechtstexte", "Legal texts"),
                url_name="documents:documents",
                permission="documents.publish",
                icon="file-text",
                group="settings",
                audience="house",
                order=60,
            ),
            NavItem(
                label=Text("Briefvorlagen", "Letter templates"),
                url_name="documents:templates",
                permission="documents.read",
                icon="template",
                group="customers",
                audience="house",
                order=70,
            ),
        ),
        public_pages=(PublicPage(Text("Datenschutz", "Privacy"), "legal-privacy"),),
        gates=(Gate(key="documents.agree", url_name="documents:agree", stands_before=stands_before, order=10),),
        permissions=(
            Permission("documents.read", Text("Abgelegte Dokumente sehen", "See filed documents")),
            Permission("documents.file", Text("Dokumente ablegen und ändern", "File and change documents")),
            Permission(
                "documents.exchange", Text("Ordner mit Außenstehenden teilen", "Share folders with people outside")
            ),
            Permission(
                "documents.capture",
                Text("Ausweise und Führerscheine aufnehmen", "Take pictures of identity cards and licences"),
            ),
            Permission(
                "documents.proofs",
                Text("Aufgenommene Ausweise und Führerscheine ansehen", "Look at identity cards and licences taken"),
            ),
            Permission("documents.see", Text("Dokumente und Zustimmungen sehen", "See documents and agreements")),
            Permission(
                "documents.publish", Text("Rechtstexte veröffentlichen", "Publish legal texts"), audience="house"
            ),
        ),
        events=(
            EventKind(
                "documents.version_added", Text("Ein Dokument hat eine neue Fassung", "A document has a new version")
            ),
        ),
        search=(
            SearchSource(
                key="documents.documents",
                label=Text("Dokumente", "Documents"),
                permission="documents.read",
                find=find_documents,
                order=40,
            ),
        ),
        flow_effects=FLOW_EFFECTS,
        flow_guards=FLOW_GUARDS,
        keepings=KEEPINGS,
        demo=make_demo,
        references=(
            Reference(model="documents.Link", column="record", to="parties.Party", where={"kind": "parties.Party"}),
        ),
        processings=PROCESSINGS,
        personal_data=PERSONAL_DATA,
        without_personal_data=WITHOUT_PERSONAL_DATA,
    )
)
