from django.urls import path

from kontor.office.contracts.views import answer

app_name = "contracts"

# /contracts/
urlpatterns = [
    path("answer/<str:secret>/", answer.answer, name="answer"),
    path("answer/<str:secret>/file/", answer.file, name="answer-file"),
]
