"""People, groups and what is offered, as a directory reads and writes them."""

import uuid
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from kontor.kernel.links import absolute
from kontor.office.identity.actions import provisioned_groups, provisioning
from kontor.office.identity.formats import scim_schemas
from kontor.office.identity.formats.scim_filter import ScimRefusedError, parse_filter
from kontor.office.identity.formats.scim_resources import GROUP, USER, as_told, patched, read_group, read_user
from kontor.office.identity.formats.scim_schemas import MOST, leaves_out, list_of, search_of, shown
from kontor.office.identity.models import ProvisionedGroup, ProvisionedUser
from kontor.office.identity.queries.provisioning import Told, groups, people, told_groups, told_people
from kontor.office.identity.queries.scim_search import GROUPS, PEOPLE, as_query, in_order
from kontor.office.identity.views.scim import Call, Done, endpoint

_USUAL = 100  # resources of a page where the directory names no number


def _list_people(call: Call) -> Done:
    rows = people(call.provider)
    if asked := call.asks("filter"):
        rows = rows.filter(as_query(parse_filter(asked), PEOPLE))
    if by := call.asks("sortBy"):
        rows = in_order(rows, by, call.asks("sortOrder"), PEOPLE)
    start, found, total = _page(call, rows)
    return _listed(call, told_people(call.provider, found, at=call.at), start=start, total=total)


def _list_groups(call: Call) -> Done:
    rows = groups(call.provider)
    if asked := call.asks("filter"):
        rows = rows.filter(as_query(parse_filter(asked), GROUPS))
    if by := call.asks("sortBy"):
        rows = in_order(rows, by, call.asks("sortOrder"), GROUPS)
    start, found, total = _page(call, rows)
    told = told_groups(call.provider, found, members=not _without_members(call))
    return _listed(call, told, start=start, total=total)


def _search_people(call: Call) -> Done:
    return _list_people(replace(call, search=search_of(call.body())))


def _search_groups(call: Call) -> Done:
    return _list_groups(replace(call, search=search_of(call.body())))


def _read_person(call: Call, *, thing: uuid.UUID) -> Done:
    row = people(call.provider).filter(pk=thing).first()
    return _one(call, _person(call, row))


def _read_group(call: Call, *, thing: uuid.UUID) -> Done:
    row = groups(call.provider).filter(pk=thing).first()
    if row is None:
        raise ScimRefusedError(404, "unknown")
    return _one(call, _group(call, row, members=not _without_members(call)))


def _add_person(call: Call) -> Done:
    stated = read_user(as_told(call.body(), USER))
    made = provisioning.add_person(call.provider, stated, at=call.at, actor=call.actor)
    return _one(call, _person(call, made), status=201)


def _add_group(call: Call) -> Done:
    stated = read_group(as_told(call.body(), GROUP))
    made = provisioned_groups.add_group(call.provider, stated, at=call.at, actor=call.actor)
    return _one(call, _group(call, made), status=201)


def _put_person(call: Call, *, thing: uuid.UUID) -> Done:
    stated = read_user(as_told(call.body(), USER))
    row = provisioning.found_person(call.provider, thing)
    call.check_version(_person(call, row))
    provisioning.change_person(row, stated, at=call.at, actor=call.actor)
    return _one(call, _person(call, row))


def _patch_person(call: Call, *, thing: uuid.UUID) -> Done:
    row = provisioning.found_person(call.provider, thing)
    before = _person(call, row)
    call.check_version(before)
    stated = read_user(patched(before.resource, call.body(), USER))
    provisioning.change_person(row, stated, at=call.at, actor=call.actor)
    return _one(call, _person(call, row))


def _remove_person(call: Call, *, thing: uuid.UUID) -> Done:
    row = provisioning.found_person(call.provider, thing)
    call.check_version(_person(call, row))
    provisioning.remove_person(row, at=call.at, actor=call.actor)
    return Done(None, 204)


def _put_group(call: Call, *, thing: uuid.UUID) -> Done:
    stated = read_group(as_told(call.body(), GROUP))
    row = provisioned_groups.found_group(call.provider, thing)
    call.check_version(_group(call, row))
    provisioned_groups.change_group(row, stated, at=call.at, actor=call.actor)
    return _one(call, _group(call, row))


def _patch_group(call: Call, *, thing: uuid.UUID) -> Done:
    row = provisioned_groups.found_group(call.provider, thing)
    before = _group(call, row)
    call.check_version(before)
    stated = read_group(patched(before.resource, call.body(), GROUP))
    provisioned_groups.change_group(row, stated, at=call.at, actor=call.actor)
    return _one(call, _group(call, row, members=not _without_members(call)))


def _remove_group(call: Call, *, thing: uuid.UUID) -> Done:
    row = provisioned_groups.found_group(call.provider, thing)
    call.check_version(_group(call, row, members=False))
    provisioned_groups.remove_group(row, at=call.at, actor=call.actor)
    return Done(None, 204)


def _service_provider(call: Call) -> Done:
    return Done(scim_schemas.service_provider(_root(call)))


def _resource_types(call: Call, *, name: str = "") -> Done:
    return _described(scim_schemas.resource_types(_root(call)), name)


def _schemas(call: Call, *, name: str = "") -> Done:
    return _described(scim_schemas.schemas(_root(call)), name)


def _described(found: list[dict[str, Any]], name: str) -> Done:
    """Answer with all that is described, or with the one that was named."""
    if not name:
        return Done(list_of(found, total=len(found), start=1))
    for each in found:
        if each["id"] == name:
            return Done(each)
    raise ScimRefusedError(404, "unknown")


def _page(call: Call, rows: QuerySet[Any]) -> tuple[int, list[Any], int]:
    """Return the first number and the rows of the page that is asked for, and how many there are (3.4.2.4)."""
    start, count = max(1, _number(call, "startIndex", 1)), min(MOST, max(0, _number(call, "count", _USUAL)))
    return start, list(rows[start - 1 : start - 1 + count]), rows.count()


def _number(call: Call, name: str, otherwise: int) -> int:
    typed = call.asks(name)
    if not typed:
        return otherwise
    if not typed.lstrip("-").isdecimal() or len(typed) > len("-1000000"):
        raise ScimRefusedError(400, "value", "invalidValue", attribute=name)
    return int(typed)


def _listed(call: Call, told: list[Told], *, start: int, total: int) -> Done:
    return Done(list_of([_shown(call, each) for each in told], total=total, start=start))


def _one(call: Call, told: Told, *, status: int = 200) -> Done:
    return Done(_shown(call, told), status, told.tag, told.resource["meta"]["location"])


def _shown(call: Call, told: Told) -> dict[str, Any]:
    return shown(told.resource, wanted=call.asks("attributes"), unwanted=call.asks("excludedAttributes"))


def _without_members(call: Call) -> bool:
    return leaves_out("members", wanted=call.asks("attributes"), unwanted=call.asks("excludedAttributes"))


def _person(call: Call, row: ProvisionedUser | None) -> Told:
    if row is None:
        raise ScimRefusedError(404, "unknown")
    return told_people(call.provider, [row], at=call.at)[0]


def _group(call: Call, row: ProvisionedGroup, *, members: bool = True) -> Told:
    return told_groups(call.provider, [row], members=members)[0]


def _root(call: Call) -> str:
    return absolute("scim", call.provider.pk)


users = endpoint(get=_list_people, post=_add_person)
user = endpoint(get=_read_person, put=_put_person, patch=_patch_person, delete=_remove_person)
all_groups = endpoint(get=_list_groups, post=_add_group)
group = endpoint(get=_read_group, put=_put_group, patch=_patch_group, delete=_remove_group)
user_search = endpoint(post=_search_people)
group_search = endpoint(post=_search_groups)
service_provider = endpoint(get=_service_provider)
resource_types = endpoint(get=_resource_types)
schemas = endpoint(get=_schemas)
not_offered = endpoint()
unknown = endpoint(
    get=lambda _call, **_given: _missing(), put=lambda _call, **_given: _missing(),
    patch=lambda _call, **_given: _missing(), delete=lambda _call, **_given: _missing(),
)  # fmt: skip


def _missing() -> Done:
    raise ScimRefusedError(404, "unknown")
