"""All that the rest of the product knows about people, roles and signing in."""

from kontor.kernel.registry import Module, Permission, register
from kontor.rulebook.ruling import Text

register(
    Module(
        key="identity",
        title=Text("Personen und Rechte", "People and rights"),
        entitled=False,
        urls="kontor.office.identity.urls",
        permissions=(
            Permission("identity.see", Text("Personen und Rollen sehen", "See people and roles")),
            Permission(
                "identity.change", Text("Personen einladen und Rollen ändern", "Invite people and change roles")
            ),
        ),
    )
)
