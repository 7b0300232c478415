"""Outages typed in rows, as the list in JSON that the rulebook reads."""

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from kontor.kernel.wording import spoken
from kontor.rulebook.calc.outages import entries
from kontor.rulebook.calc.question import Choice

_FIELDS = ("from", "to", "noticed", "excuse")


class OutagesInput(forms.Widget):
    """Any number of outages with what excuses them: as many rows as are given, and one more."""

    template_name = "contracts/outages_input.html"

    def __init__(self, causes: Sequence[Choice]) -> None:
        super().__init__()
        self.causes = [(cause.key, spoken(cause.label)) for cause in causes]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:  # noqa: ARG002  Django's signature
        """Return the rows as JSON, "" where none is filled; a list given as it stands goes before them."""
        if data.get(name):
            return str(data.get(name))
        many = data.getlist if isinstance(data, QueryDict) else lambda key: data.get(key, [])
        rows = zip(*(many(f"{name}-{field}") for field in _FIELDS), strict=False)
        told = [
            {"from": start, "to": end, "noticed": noticed or None, "excuse": excuse or None}
            for start, end, noticed, excuse in rows
            if start or end or noticed
        ]
        return json.dumps(told) if told or f"{name}-from" in data else ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Return the rows with their fields."""
        context = super().get_context(name, value, attrs)
        told = [{field: row.get(field) or "" for field in _FIELDS} for row in entries(value or "[]") or ()]
        context["rows"] = [*told, dict.fromkeys(_FIELDS, "")]
        context["causes"] = self.causes
        return context


class MonthInput(forms.TextInput):
    """A month, chosen in the browser's own field."""

    input_type = "month"
