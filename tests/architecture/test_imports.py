"""The import rules hold, and the one written here notices what it is for."""

import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from tests.architecture import source
from tools.front_door import FrontDoorContract


def test_the_import_rules_hold():
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=source.CHECKOUT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("inside", ["models", "actions.visits", "public.names"])
def test_the_front_door_is_the_only_one(inside):
    graph = grimp.ImportGraph()
    for module in ("house", "house.desk", "house.desk.views", "house.visits", "house.visits.public"):
        graph.add_module(module)
    graph.add_import(importer="house.desk.views", imported="house.visits.public")
    contract = FrontDoorContract("doors", {}, {"groups": ["house"]})

    assert contract.check(graph, verbose=False).kept

    graph.add_import(importer="house.desk.views", imported=f"house.visits.{inside}")
    check = contract.check(graph, verbose=False)

    assert (check.kept, check.metadata["broken"]) == (False, [f"house.desk.views -> house.visits.{inside}"])
