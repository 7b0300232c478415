"""Lists on a phone: each column of a card has a place of its own."""

import ast

from tests.architecture import source


def _columns_of(tree: ast.AST) -> list[list[str]]:
    """Return, for each list of columns, the places that its columns name."""
    found = []
    for node in ast.walk(tree):
        for told in node.keywords if isinstance(node, ast.Call) else ():
            if told.arg == "columns" and isinstance(told.value, ast.Tuple | ast.List):
                calls = [each for each in told.value.elts if isinstance(each, ast.Call)]
                places = [word.value for each in calls for word in each.keywords if word.arg == "slot"]
                found.append([str(each.value) for each in places if isinstance(each, ast.Constant) and each.value])
    return found


def test_no_two_columns_of_a_list_share_a_place_on_a_phone():
    files = list(source.modules(source.SOURCE))
    lists = [(source.name(file), places) for file in files for places in _columns_of(source.tree(file))]
    assert [(file, places) for file, places in lists if len(set(places)) < len(places)] == []
    assert len(lists) > 20
