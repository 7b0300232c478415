"""Import rule: an app's only door is its public.py."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class FrontDoorContract(Contract):
    """
    Modules of one app may import from another app nothing but `<app>.public`.

    groups  packages whose children are apps, such as kontor.office
    """

    type_name = "front_door"
    groups = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002  the library's signature
        """Keep the contract unless something outside an app imports past its public.py."""
        apps = {app for group in self.groups for app in graph.find_children(group)}  # type: ignore[attr-defined]
        broken = []
        for app in sorted(apps):
            inside = {app} | graph.find_descendants(app)
            for module in inside - {f"{app}.public"}:
                importers = graph.find_modules_that_directly_import(module) - inside
                broken += [f"{importer} -> {module}" for importer in importers]
        return ContractCheck(kept=not broken, metadata={"broken": sorted(broken)})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Print one line for each import past a front door."""
        for line in check.metadata["broken"]:
            output.print_error(f"{line}   (use that app's public.py)")
