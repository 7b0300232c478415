"""Signing on a page: drawn or typed, and what a browser sends that is neither."""

import base64

import pytest
from django import forms

from kontor.kernel.forms import DrawingField, Drawn

PNG = b"\x89PNG\r\n\x1a\nrest"
URL = "data:image/png;base64," + base64.b64encode(PNG).decode()


class Sign(forms.Form):
    name = DrawingField()


@pytest.mark.parametrize(
    ("drawn", "typed", "given"),
    [(URL, "", Drawn(PNG, "")), ("", " Nele  Brandt ", Drawn(b"", "Nele Brandt")), (URL, "Nele", Drawn(PNG, ""))],
)
def test_a_drawing_goes_before_a_name(drawn, typed, given):
    form = Sign({"name_drawn": drawn, "name_typed": typed})
    assert form.is_valid()
    assert form.cleaned_data["name"] == given


@pytest.mark.parametrize(
    ("drawn", "sentence"),
    [
        ("", "Please sign here, or type your name."),
        ("data:image/svg+xml;base64,AAAA", "The drawing did not arrive whole. Please sign once more."),
        ("data:image/png;base64,????", "The drawing did not arrive whole. Please sign once more."),
        ("data:image/png;base64,AAAA", "The drawing did not arrive whole. Please sign once more."),
        (URL + "A" * 700_000, "The drawing did not arrive whole. Please sign once more."),
    ],
)
def test_what_is_no_drawing_is_said(drawn, sentence):
    form = Sign({"name_drawn": drawn, "name_typed": " "})
    assert form.errors == {"name": [sentence]}


def test_the_label_leads_to_the_line_and_nothing_is_shown_of_an_earlier_one():
    form = Sign(initial={"name": Drawn(PNG, "")})
    assert form["name"].id_for_label == "id_name_1"
    assert URL not in str(form["name"])
    assert 'value="Nele"' in str(Sign(initial={"name": Drawn(b"", "Nele")})["name"])
