"""What an app gives others through its public.py: functions, frozen values and the errors they raise; never a model."""

import dataclasses
import enum
import importlib
import inspect
from pathlib import Path
from typing import Any

import pytest

from tests.architecture import source

WITH_DOOR = [app for app in source.apps() if (app / "public.py").exists() or (app / "public").is_dir()]


def _exported(app: Path) -> dict[str, Any]:
    module = importlib.import_module(f"kontor.{app.parent.name}.{app.name}.public")
    names = getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]
    return {
        name: thing
        for name, thing in vars(module).items()
        if name in names and not inspect.ismodule(thing) and _ours(thing, app)
    }


def _ours(thing: Any, app: Path) -> bool:
    return getattr(thing, "__module__", "").startswith(f"kontor.{app.parent.name}.{app.name}")


def _may_cross(thing: Any) -> bool:
    if inspect.isfunction(thing):
        return True
    if not inspect.isclass(thing):
        return False
    if issubclass(thing, Exception | enum.Enum):
        return True
    return dataclasses.is_dataclass(thing) and thing.__dataclass_params__.frozen  # type: ignore[attr-defined]


@pytest.mark.parametrize("app", WITH_DOOR, ids=lambda app: app.name)
def test_only_functions_and_frozen_values_cross(app: Path):
    exported = _exported(app)

    assert exported != {}
    assert [name for name, thing in exported.items() if not _may_cross(thing)] == []


@pytest.mark.parametrize("app", WITH_DOOR, ids=lambda app: app.name)
def test_no_function_gives_out_a_model(app: Path):
    from django.apps import apps  # after Django's setup

    models = {model.__name__ for model in apps.get_models() if model.__module__.startswith(f"kontor.{app.parent.name}")}
    spoken = {
        name: [part for part in _words(thing) if part in models]
        for name, thing in _exported(app).items()
        if inspect.isfunction(thing)
    }

    assert {name: found for name, found in spoken.items() if found} == {}


def _words(function: Any) -> list[str]:
    """Return the names in a function's return annotation."""
    returned = function.__annotations__.get("return", "")
    text = returned if isinstance(returned, str) else getattr(returned, "__name__", "") + str(returned)
    return [word for part in text.replace("[", " ").replace("]", " ").split() for word in part.split(".")[-1:]]
