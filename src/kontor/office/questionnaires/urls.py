from django.urls import path

from kontor.office.questionnaires.views import answers, editor, lawful, questionnaires

app_name = "questionnaires"

# /questionnaires/
urlpatterns = [
    path("", questionnaires.questionnaires, name="questionnaires"),
    path("new/", questionnaires.new, name="new"),
    path("import/", questionnaires.bring_in, name="import"),
    path("<uuid:questionnaire_id>/", editor.editor, name="editor"),
    path("<uuid:questionnaire_id>/title/", editor.title, name="title"),
    path("<uuid:questionnaire_id>/questions/<slug:kind>/add/", editor.add, name="add"),
    path("<uuid:questionnaire_id>/questions/<slug:key>/", editor.change, name="change"),
    path("<uuid:questionnaire_id>/questions/<slug:key>/move/", editor.move, name="move"),
    path("<uuid:questionnaire_id>/questions/<slug:key>/drop/", editor.drop, name="drop"),
    path("<uuid:questionnaire_id>/publish/", editor.publish, name="publish"),
    path("<uuid:questionnaire_id>/basis/", lawful.basis, name="basis"),
    path("<uuid:questionnaire_id>/safeguards/<slug:key>/", lawful.safeguard, name="safeguard"),
    path("safeguards/<uuid:safeguard_id>/approve/", lawful.approve, name="approve"),
    path("<uuid:questionnaire_id>/archive/", editor.archive, name="archive"),
    path("<uuid:questionnaire_id>/schema/", questionnaires.schema, name="schema"),
    path("<uuid:questionnaire_id>/answer/", answers.answer, name="answer"),
    path("<uuid:questionnaire_id>/answers/", answers.sheets, name="sheets"),
    path("answers/<uuid:sheet_id>/", answers.sheet, name="sheet"),
    path("answers/<uuid:sheet_id>/<slug:key>/", answers.picture, name="picture"),
]
