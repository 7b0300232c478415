"""Proves at every start that what each module.py says is true."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.urls import NoReverseMatch, reverse

from kontor.kernel import registry
from kontor.kernel.flow_parts import EFFECT_KINDS
from kontor.kernel.personal_data import CATEGORIES, PERSONS, PersonalData, Processing, person_key
from kontor.kernel.rows import TenantOwned


@register
def modules_tell_the_truth(**_: Any) -> list[CheckMessage]:
    """Run every check over every module; an empty list is good news."""
    if settings.ROOT_URLCONF is None:
        return []
    return [
        *_keys(),
        *_flow_effects(),
        *_navigation(),
        *_personal_data(),
        *_processings(),
        *_words(),
        *_no_hidden_through_tables(),
    ]


def _error(sentence: str, number: int) -> CheckMessage:
    return Error(sentence, id=f"kontor.E{number:03}")


def _keys() -> Iterator[CheckMessage]:
    everything = list(registry.modules())
    for key in _twice(permission.key for one in everything for permission in one.permissions):
        yield _error(f"The permission {key} is declared twice.", 1)
    for one in everything:
        declared: list[Sequence[Any]] = [one.permissions, one.meters, one.events, one.customer_actions, one.search]
        declared += [one.flow_effects, one.flow_guards]
        for key in (thing.key for things in declared for thing in things):
            if not key.startswith(f"{one.key}."):
                yield _error(f"{one.key}/module.py declares {key}; its keys begin with {one.key}.", 2)


def _flow_effects() -> Iterator[CheckMessage]:
    for effect in registry.flow_effects().values():
        if effect.kind not in EFFECT_KINDS:
            yield _error(f"The effect {effect.key} is of the unknown kind {effect.kind}.", 15)


def _navigation() -> Iterator[CheckMessage]:
    known = registry.permissions()
    for one in registry.modules():
        for item in one.navigation:
            if item.permission not in known:
                yield _error(
                    f"{one.key}/module.py: the menu entry {item.label.en} names the unknown {item.permission}.", 3
                )
        for source in one.search:
            if source.permission not in known:
                yield _error(
                    f"{one.key}/module.py: the search for {source.label.en} names the unknown {source.permission}.", 10
                )
        urls = [item.url_name for item in one.navigation]
        urls += [gate.url_name for gate in one.gates] + [page.url_name for page in one.public_pages]
        for url_name in urls:
            try:
                reverse(url_name)
            except NoReverseMatch:
                yield _error(f"{one.key}/module.py: {url_name} is no page without arguments.", 4)


def _personal_data() -> Iterator[CheckMessage]:
    told = [data.model for one in registry.modules() for data in one.personal_data]
    told += [label for one in registry.modules() for label in one.without_personal_data]
    for label in _twice(told):
        yield _error(f"The table {label} is declared twice about personal data.", 5)
    models = {model._meta.label: model for model in apps.get_models() if issubclass(model, TenantOwned)}
    for label in sorted(set(models) - set(told)):
        yield _error(f"No module.py says whether {label} holds personal data.", 6)
    for label in sorted(set(told) - {model._meta.label for model in apps.get_models()}):
        yield _error(f"A module.py speaks of the table {label}, which does not exist.", 7)


def _processings() -> Iterator[CheckMessage]:
    told = [processing for one in registry.modules() for processing in one.processings]
    for key in _twice(processing.key for processing in told):
        yield _error(f"The processing {key} is declared twice.", 11)
    for processing in told:
        strange = {*processing.persons} - PERSONS.keys() | {*processing.categories} - CATEGORIES.keys()
        if strange or not processing.persons or not processing.categories:
            yield _error(f"The processing {processing.key} names persons or data nobody knows: {sorted(strange)}.", 12)


def _words() -> Iterator[CheckMessage]:
    known = registry.processings()
    models = {model._meta.label: model for model in apps.get_models()}
    for data in registry.personal_data().values():
        if data.processing not in known:
            yield _error(f"{data.model} belongs to the unknown processing {data.processing}.", 13)
        if data.model in models:
            for sentence in _of_table(data, models[data.model], known.get(data.processing)):
                yield _error(f"{data.model} {sentence}", 14)


def _of_table(data: PersonalData, model: type[Model], processing: Processing | None) -> Iterator[str]:
    if not data.kept or (data.on_erasure == "keep") != bool(data.ground):
        yield "must say how long it is kept, and on what ground where erasure leaves it."
    columns = {name for column in model._meta.concrete_fields for name in (column.name, column.attname)}
    if not data.personal or set(data.personal) - columns:
        yield f"must name the columns that hold something personal, not {sorted(set(data.personal) - columns)}."
    for lookup in data.people:
        try:
            person_key(model, lookup)
        except FieldDoesNotExist:
            yield f"cannot find people by {lookup}."
    for column in data.personal:
        try:
            category = data.category(column)
        except KeyError:
            yield f"must say of what category its column {column} is."
        else:
            if processing is not None and category not in processing.categories:
                yield f"holds {category} in {column}, which the processing {processing.key} does not name."


def _no_hidden_through_tables() -> Iterator[CheckMessage]:
    for model in apps.get_models():
        if not issubclass(model, TenantOwned):
            continue
        for field in model._meta.local_many_to_many:
            if field.remote_field.through._meta.auto_created:  # type: ignore[union-attr]
                yield _error(
                    f"{model._meta.label}.{field.name} needs a through model of its own, which has a tenant.", 8
                )


def _twice(keys: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return sorted({key for key in keys if key in seen or seen.add(key)})  # type: ignore[func-returns-value]
