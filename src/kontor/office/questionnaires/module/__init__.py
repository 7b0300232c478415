"""All that the rest of the product knows about questionnaires."""

from kontor.kernel.registry import EventKind, Module, NavItem, Permission, register
from kontor.office.questionnaires.actions.demo import make_demo
from kontor.office.questionnaires.module.data import PERSONAL_DATA, PROCESSINGS, WITHOUT_PERSONAL_DATA
from kontor.office.questionnaires.module.flows import FLOW_GUARDS
from kontor.rulebook.ruling import Text

register(
    Module(
        key="questionnaires",
        title=Text("Fragebögen", "Questionnaires"),
        entitled=False,
        urls="kontor.office.questionnaires.urls",
        api="kontor.office.questionnaires.api",
        navigation=(
            NavItem(
                label=Text("Fragebögen", "Questionnaires"),
                url_name="questionnaires:questionnaires",
                permission="questionnaires.see",
                icon="list-check",
                group="settings",
                order=12,
            ),
        ),
        permissions=(
            Permission("questionnaires.see", Text("Fragebögen sehen", "See questionnaires")),
            Permission("questionnaires.write", Text("Fragebögen schreiben", "Write questionnaires")),
            Permission(
                "questionnaires.approve",
                Text("Fragen nach besonderen Kategorien genehmigen", "Approve questions of special categories"),
            ),
            Permission("questionnaires.answers", Text("Antworten aufnehmen und lesen", "Take and read answers")),
        ),
        events=(
            EventKind(
                "questionnaires.answered", Text("Ein Fragebogen wurde beantwortet", "A questionnaire was answered")
            ),
        ),
        flow_guards=FLOW_GUARDS,
        demo=make_demo,
        processings=PROCESSINGS,
        personal_data=PERSONAL_DATA,
        without_personal_data=WITHOUT_PERSONAL_DATA,
    )
)
