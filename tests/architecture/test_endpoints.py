"""Every endpoint of the API names a right that there is, is described, and lives in its app's api.py."""

from django.utils.module_loading import import_string
from ninja import Router

from kontor.kernel import registry
from kontor.kernel.api import Endpoints
from tests.architecture import source


def _endpoints() -> dict[str, Endpoints]:
    return {one.key: import_string(f"{one.api}.endpoints") for one in registry.modules() if one.api}


def test_every_endpoint_names_a_right_of_its_module():
    known = registry.permissions()
    asked = {(key, right) for key, found in _endpoints().items() for right in found.permissions.values()}

    assert [pair for pair in sorted(asked) if pair[1] not in known or not pair[1].startswith(f"{pair[0]}.")] == []
    assert len(asked) > 0


def test_every_endpoint_is_declared_as_one():
    """What Ninja itself would mount, without a right, is mounted by nobody."""
    for found in _endpoints().values():
        assert isinstance(found, Endpoints)
        mounted = [operation for view in found.path_operations.values() for operation in view.operations]
        assert len(mounted) == len(found.permissions)
        assert all(operation.summary for operation in mounted)
    others = [file for file in source.modules(source.SOURCE) if "= Router(" in file.read_text(encoding="utf-8")]
    assert others == []
    assert issubclass(Endpoints, Router)


def test_every_api_py_is_mounted():
    rooms = {app.name for app in source.apps() if (app / "api.py").exists() or (app / "api").is_dir()}

    assert rooms - {"kernel"} == set(_endpoints())
