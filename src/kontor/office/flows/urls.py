from django.urls import path

from kontor.office.flows.views import cases, editor, flows, migration, parts, trying

app_name = "flows"

# /flows/
urlpatterns = [
    path("", flows.flows, name="flows"),
    path("new/", flows.new, name="new"),
    path("tasks/", cases.tasks, name="tasks"),
    path("cases/", cases.cases, name="cases"),
    path("cases/<uuid:case_id>/", cases.case, name="case"),
    path("cases/<uuid:case_id>/go/", cases.go, name="go"),
    path("cases/<uuid:case_id>/values/", cases.values, name="values"),
    path("cases/<uuid:case_id>/answer/", cases.answer, name="answer"),
    path("cases/<uuid:case_id>/stop/", cases.stop, name="stop"),
    path("cases/<uuid:case_id>/effects/<uuid:effect_id>/", cases.again, name="again"),
    path("<uuid:flow_id>/", editor.editor, name="editor"),
    path("<uuid:flow_id>/title/", flows.title, name="title"),
    path("<uuid:flow_id>/document/", flows.document, name="document"),
    path("<uuid:flow_id>/publish/", editor.publish, name="publish"),
    path("<uuid:flow_id>/archive/", editor.archive, name="archive"),
    path("<uuid:flow_id>/begin/", cases.begin, name="begin"),
    path("<uuid:flow_id>/try/", trying.trying, name="try"),
    path("<uuid:flow_id>/migrate/", migration.migration, name="migrate"),
    path("<uuid:flow_id>/values/add/", parts.value, name="add-value"),
    path("<uuid:flow_id>/values/<slug:key>/", parts.value, name="value"),
    path("<uuid:flow_id>/states/<slug:kind>/add/", parts.add_state, name="add-state"),
    path("<uuid:flow_id>/states/<slug:key>/", parts.state, name="state"),
    path("<uuid:flow_id>/states/<slug:key>/answers/", parts.answers, name="answers"),
    path("<uuid:flow_id>/ways/add/<slug:source>/", parts.add_way, name="add-way"),
    path("<uuid:flow_id>/ways/<slug:key>/", parts.way, name="way"),
    path("<uuid:flow_id>/ways/<slug:key>/conditions/add/", parts.add_condition, name="add-condition"),
    path("<uuid:flow_id>/ways/<slug:key>/guards/<str:guard>/", parts.add_guard, name="add-guard"),
    path("<uuid:flow_id>/<slug:part>/<slug:key>/effects/<str:effect>/", parts.add_effect, name="add-effect"),
    path("<uuid:flow_id>/<slug:part>/<slug:key>/drop/", editor.drop, name="drop"),
    path("<uuid:flow_id>/<slug:part>/<slug:key>/up/", editor.up, name="up"),
    path("<uuid:flow_id>/<slug:part>/<slug:key>/<slug:list>/<int:place>/drop/", editor.drop_from, name="drop-from"),
]
