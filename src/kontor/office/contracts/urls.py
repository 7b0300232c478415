from django.urls import path

from kontor.office.contracts.views import answer, calculator, comparison, terms

app_name = "contracts"

# /contracts/
urlpatterns = [
    path("answer/<str:secret>/", answer.answer, name="answer"),
    path("answer/<str:secret>/file/", answer.file, name="answer-file"),
    path("terms/", terms.packs, name="terms"),
    path("terms/compare/", comparison.compare, name="compare"),
    path("terms/<str:key>/<str:version>/", terms.pack, name="pack"),
    path("terms/<str:source>/<str:version>/clause/<path:number>/", terms.clause, name="clause"),
    path("calculator/", calculator.calculator, name="calculator"),
]
