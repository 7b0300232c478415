"""Signing on a page: drawn or typed, and what a browser sends that is neither."""

import json

import pytest
from django import forms
from django.utils import translation

from kontor.kernel.forms import DrawingField, Drawn

HAND = [[(at * 10, 50 + at) for at in range(20)]]
TOLD = json.dumps(HAND)


class Sign(forms.Form):
    name = DrawingField()


@pytest.mark.parametrize(
    ("drawn", "typed", "given"),
    [(TOLD, "", Drawn(HAND, "")), ("", " Nele  Brandt ", Drawn([], "Nele Brandt")), (TOLD, "Nele", Drawn(HAND, ""))],
)
def test_a_drawing_goes_before_a_name(drawn, typed, given):
    form = Sign({"name_drawn": drawn, "name_typed": typed})
    assert form.is_valid()
    assert form.cleaned_data["name"] == given


@pytest.mark.parametrize(
    ("drawn", "sentence"),
    [
        ("", "Please sign here, or type your name."),
        ("data:image/png;base64,AAAA", "This signature cannot be read."),
        ("[[[1, 1]]]", "This signature cannot be read."),
        (json.dumps([[(at, 900) for at in range(20)]]), "This signature cannot be read."),
    ],
)
def test_what_is_no_drawing_is_said(drawn, sentence):
    form = Sign({"name_drawn": drawn, "name_typed": " "})
    with translation.override("en"):
        assert form.errors == {"name": [sentence]}


def test_the_label_leads_to_the_line_and_nothing_is_shown_of_an_earlier_one():
    form = Sign(initial={"name": Drawn(HAND, "")})
    assert form["name"].id_for_label == "id_name_1"
    assert TOLD not in str(form["name"])
    assert 'value="Nele"' in str(Sign(initial={"name": Drawn([], "Nele")})["name"])
