"""All that the rest of the product knows about flows."""

from kontor.kernel.flow_parts import CASE
from kontor.kernel.records import RecordKind, Reference
from kontor.kernel.registry import Module, NavItem, Permission, register
from kontor.office.flows.actions.demo import make_demo
from kontor.office.flows.module.data import PERSONAL_DATA, PROCESSINGS, WITHOUT_PERSONAL_DATA
from kontor.office.flows.module.effects import EVENTS, FLOW_EFFECTS
from kontor.office.flows.module.letters import LETTERS
from kontor.office.flows.queries import named_cases
from kontor.rulebook.ruling import Text

register(
    Module(
        key="flows",
        title=Text("Abläufe", "Flows"),
        entitled=False,
        urls="kontor.office.flows.urls",
        navigation=(
            NavItem(
                label=Text("Aufgaben", "Tasks"),
                url_name="flows:tasks",
                permission="flows.work",
                icon="clipboard-check",
                group="work",
                order=60,
                also=("flows:cases",),
            ),
            NavItem(
                label=Text("Abläufe", "Flows"),
                url_name="flows:flows",
                permission="flows.see",
                icon="sitemap",
                group="settings",
                order=13,
            ),
        ),
        permissions=(
            Permission("flows.see", Text("Abläufe sehen und durchspielen", "See flows and play them through")),
            Permission("flows.write", Text("Abläufe schreiben und veröffentlichen", "Write and publish flows")),
            Permission("flows.work", Text("Aufgaben in Fällen erledigen", "Do tasks in cases")),
            Permission(
                "flows.steer",
                Text("Alle Fälle sehen, anhalten und umstellen", "See, stop and migrate all cases"),
            ),
        ),
        events=EVENTS,
        flow_effects=FLOW_EFFECTS,
        records=(RecordKind(key=CASE, label=Text("Fall", "Case"), permission="flows.work", named=named_cases),),
        merge_sources=(LETTERS,),
        demo=make_demo,
        references=(
            Reference(model="flows.Case", column="about", to="parties.Party", where={"about_kind": "parties.Party"}),
        ),
        processings=PROCESSINGS,
        personal_data=PERSONAL_DATA,
        without_personal_data=WITHOUT_PERSONAL_DATA,
    )
)
