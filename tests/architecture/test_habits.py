"""Habits no linter has a name for: who reads the clock, who writes, what nobody does."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture import source

CLOCKS = {
    "timezone.now", "timezone.localdate", "timezone.localtime", "now", "localdate", "datetime.now", "datetime.today",
    "datetime.utcnow", "date.today", "time.time", "time.time_ns",
}  # fmt: skip
CONVERTERS = {
    "timezone.localdate",
    "timezone.localtime",
    "localdate",
    "localtime",
}  # they read it without arguments only
READERS = {"views", "views.py", "jobs", "jobs.py", "management", "api", "api.py"}
# Not views, jobs or commands by name, but they are what runs a view, a job or a command.
OTHER_READERS = {
    "config/asgi.py": "when a call came, which the access log keeps",
    "config/cli/backup.py": "a command: when a backup is made",
    "config/cli/licence.py": "a command: whether a key holds today",
    "config/cli/probe.py": "a command: when it tried what it reports",
    "config/demo_data.py": "the command that fills the demo",
    "config/embedded/server.py": "names a half-made folder; nothing is decided by it",
    "kernel/background.py": "runs jobs and hands them their moment",
    "kernel/live.py": "answers /live/ as a view does",
    "kernel/live_parts.py": "answers /live/ as a view does",
    "kernel/middleware.py": "hands the request its moment",
    "kernel/sessions.py": "Django asks a session whether it is still good, and hands it no moment",
    "kernel/rows/owned.py": "a UUIDv7 holds the millisecond it was made in (RFC 9562)",
}

WRITES = {
    "create", "bulk_create", "update", "bulk_update", "delete", "save", "get_or_create", "update_or_create", "acreate",
    "asave", "adelete", "aupdate",
}  # fmt: skip
ROOM_OF_WRITES = {"actions", "actions.py"}
# Django's own way to make a row, or no row at all: sets, dictionaries, digests and files have the same verbs.
OTHER_WRITERS = {
    "kernel/pdf.py document.save": "a file",
    "kernel/queries/chain.py link.update": "a digest",
    "kernel/sessions.py super().delete": "Django's own way to end a session",
    "kernel/standing.py at_sites.setdefault(uuid.UUID(site), set()).update": "a set",
    "kernel/standing.py everywhere.update": "a set",
    "kernel/templatetags/kontor.py register.filters.update": "a dictionary",
    "kernel/templatetags/kontor.py register.tags.update": "a dictionary",
    "office/books/views/matching.py proposed.update": "a dictionary",
    "office/contracts/management/commands/close_month.py bar.update": "the bar on the screen",
    "products/visitors/formats/symbols.py segno.make(text, error='m', micro=False).save": "a picture",
    "office/documents/formats/reading.py small.convert('RGB').save": "a picture",
    "office/desk/queries/letterbox.py self._box.folder.create": "a folder on a mail server",
    "office/documents/formats/signed.py whole.save": "a file",
    "office/identity/formats/saml_encryption.py opener.update": "a cipher",
    "office/questionnaires/formats/pictures.py on_white(picture).convert('L').save": "a picture",
    "office/questionnaires/formats/pictures.py on_white(picture).save": "a picture",
    "office/terminals/formats/label_picture.py seen.save": "a picture",
    "office/questionnaires/formats/pictures.py smooth.save": "a picture",
    "office/questionnaires/formats/pictures.py sheet.save": "a picture",
    "office/privacy/formats/archive.py digest.update": "a digest",
    "office/privacy/formats/manifest.py digest.update": "a digest",
    "office/identity/formats/saml_question.py xmlsec.template.create": "the frame of a signature",
    "office/identity/models/people.py user.save": "the manager by which Django and its libraries make users",
    "office/identity/views/reviews.py self.__dict__.update": "a dictionary",
}
NAMED_MODELS = {
    "kernel/actions/answering.py": "the label stands in a module.py, whose truth is checked at every start",
    "office/parties/actions/merging.py": "the label stands in a module.py, a test looks up each",
    "office/privacy/queries/subject_data.py": "the label stands in a module.py, whose truth is checked at every start",
    "kernel/management/commands/migrate.py": "a migration's own state holds no class that could be imported",
}
STATEMENTS = re.compile(
    r"\b(INSERT\s+INTO|DELETE\s+FROM|UPDATE\s+(ONLY\s+)?\S+(\s+(AS\s+)?\w+)?\s+SET|TRUNCATE|MERGE\s+INTO|COPY\s.+\sFROM)\b"
)
OTHER_STATEMENTS = {
    "kernel/background.py": "notes in a job's own transaction that it was done",
    "kernel/keyring.py": "makes a tenant's key the first time one is asked for",
    "kernel/rows/policies.py": "refuses it: what a migration takes from the application's role",
    "office/privacy/queries/people.py": "writes it into a file: the dump of a tenant",
    "office/privacy/queries/tables.py": "reads: COPY (SELECT …) TO STDOUT",
}


def _apart_from(rooms: set[str]) -> list[Path]:
    return [file for file in source.modules(source.SOURCE) if rooms.isdisjoint(file.parts)]


def test_only_views_jobs_and_commands_read_the_clock():
    readers = {
        source.name(file)
        for file in _apart_from(READERS)
        for called, arguments in source.calls(file)
        if called in CLOCKS and (not arguments or called not in CONVERTERS)
    }

    assert readers == set(OTHER_READERS)


@pytest.mark.trap(62)
def test_trap_62_only_actions_write_rows():
    """`QuerySet.update` leaves no trace in an audit by signals, so nothing of ours hangs on signals: actions record."""
    places = [source.SOURCE / group for group in ("kernel", "office", "products")]
    writers = {
        f"{source.name(file)} {called}"
        for file in source.modules(*places)
        if ROOM_OF_WRITES.isdisjoint(file.parts)
        for called, _ in source.calls(file)
        if "." in called and called.rpartition(".")[2] in WRITES
    }

    assert writers == set(OTHER_WRITERS)


@pytest.mark.trap(62)
def test_trap_62_only_actions_state_what_is_written():
    places = [source.SOURCE / group for group in ("kernel", "office", "products")]
    found = {
        source.name(file)
        for file in source.modules(*places)
        if ROOM_OF_WRITES.isdisjoint(file.parts)
        for text in _texts(source.tree(file))
        if STATEMENTS.search(text)
    }

    assert found == set(OTHER_STATEMENTS)


def _texts(tree: ast.Module) -> Iterator[str]:
    """Yield every string, a formatted one with a word in each of its gaps."""
    parts = set()
    for node in ast.walk(tree):  # from the outside in
        if isinstance(node, ast.JoinedStr):
            parts |= {id(part) for part in node.values}
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "gap" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            yield node.value


def test_nobody_sends_signals_or_asks_for_a_model_by_name():
    forbidden = {"django.dispatch", "django.db.models.signals", "django.core.signals"}
    imported = {
        source.name(file)
        for file in source.modules(source.SOURCE)
        for node in ast.walk(source.tree(file))
        if isinstance(node, ast.ImportFrom) and node.module in forbidden
    }
    asked = {
        source.name(file)
        for file in source.modules(source.SOURCE)
        for called, _ in source.calls(file)
        if called.endswith("get_model")
    }

    assert (imported, asked) == (set(), set(NAMED_MODELS))


def test_references_across_apps_lead_nowhere_back():
    from django.apps import apps  # after Django's setup

    leading_back = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith(("kontor.office", "kontor.products"))
        for field in model._meta.local_fields
        if field.remote_field
        and field.remote_field.model._meta.app_label != model._meta.app_label
        and field.remote_field.related_name != "+"
    ]

    assert leading_back == []


def test_nothing_is_left_undone_and_no_machine_is_named():
    """A stub would be marked by these words; a path of somebody's machine works nowhere else."""
    words = re.compile(r"\b(TODO|FIXME|XXX)\b|(?<![\w.])/(work|root|home/\w+|Users/\w+)/")
    listed = subprocess.run(
        ["git", "ls-files"], cwd=source.CHECKOUT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    found = [
        f"{file}:{number}"
        for file in listed
        if Path(file).suffix not in {".png", ".pdf", ".woff2", ".webm", ".lock"} and (source.CHECKOUT / file).is_file()
        for number, line in enumerate((source.CHECKOUT / file).read_text(encoding="utf-8").splitlines(), 1)
        if words.search(line) and "re.compile" not in line
    ]

    assert found == []


def test_only_one_module_says_from_where_a_request_comes():
    """Behind a proxy of ours REMOTE_ADDR is the proxy; whoever reads it writes a wrong proof down."""
    files = source.modules(source.SOURCE)
    readers = [source.name(file) for file in files if "REMOTE_ADDR" in file.read_text(encoding="utf-8")]
    assert readers == ["kernel/client.py"]
