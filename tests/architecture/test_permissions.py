"""Every page says who may see it, and every right is explained in both languages."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from kontor.kernel import registry
from kontor.kernel.registry import Module


def _pages(resolver: URLResolver, path: str = "") -> Iterator[tuple[str, Any]]:
    for entry in resolver.url_patterns:
        here = f"{path}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from _pages(entry, here)
        elif isinstance(entry, URLPattern):
            yield here, entry.callback


def test_every_page_says_who_may_see_it():
    pages = dict(_pages(get_resolver()))

    assert [path for path, view in pages.items() if not getattr(view, "permission", "")] == []
    assert len(pages) > 0


def test_every_page_asks_for_a_right_there_is():
    known = {*registry.permissions(), "signed in"}
    asked = {path: getattr(view, "permission", "") for path, view in _pages(get_resolver())}

    assert {path: right for path, right in asked.items() if right not in known and not _says_why(right)} == {}


def _says_why(right: str) -> bool:
    """Tell whether a page open to everybody has a reason of more than a word."""
    kind, _, reason = right.partition(": ")
    return kind == "public" and len(reason.split()) > 1


def test_every_right_is_asked_for_or_guards_an_action():
    """A right that nothing asks for is a promise of the roles page that nobody keeps."""
    from tests.architecture import source

    asked = {getattr(view, "permission", "") for _, view in _pages(get_resolver())}
    told = {item.permission for module in registry.modules() for item in module.navigation}
    texts = "\n".join(
        file.read_text(encoding="utf-8")
        for kind in ("*.py", "*.html")
        for file in source.SOURCE.rglob(kind)
        if "module" not in {file.stem, file.parent.name}
    )
    unused = [key for key in registry.permissions() if key not in asked | told and f'"{key}"' not in texts]

    assert unused == []


def test_everything_a_module_declares_is_said_in_both_languages():
    silent = [
        f"{module.key}: {text!r}"
        for module in registry.modules()
        for text in _texts(module)
        if not text.de.strip() or not text.en.strip()
    ]

    assert silent == []


def _texts(module: Module) -> Iterator[Any]:
    yield module.title
    yield from (item.label for item in module.navigation)
    yield from (permission.meaning for permission in module.permissions)
    yield from (meter.unit for meter in module.meters)
    yield from (data.about for data in module.personal_data)
    yield from (action.meaning for action in module.customer_actions)
    yield from (event.meaning for event in module.events)
    yield from module.orderable
