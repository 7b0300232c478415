"""Writes pseudonymised copies of tenants, to be imported where somebody tests."""

import contextlib
import json
import os
import secrets
import shutil
import uuid
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from kontor.kernel import cipher
from kontor.kernel.age import AgeError, Recipient, encrypted
from kontor.kernel.models import Tenant
from kontor.office.privacy.formats import manifest
from kontor.office.privacy.formats.pseudonymised import learned, written
from kontor.office.privacy.formats.pseudonyms import Pseudonyms
from kontor.office.privacy.queries.pseudonymised import columns_by_table

WORKSHOP = ".unfinished"
MAPPING = "mapping.age"


class Command(BaseCommand):
    help = (
        "Write a pseudonymised copy of one tenant, or of all, into a folder; the key to the other words is destroyed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the folder, which tenants, and for whom the mapping is kept."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--tenant", type=uuid.UUID, action="append", default=[])
        parser.add_argument("--mapping-for", default="", help="an age public key; without it no mapping is kept")

    def handle(self, *, folder: Path, tenant: list[uuid.UUID], mapping_for: str, **_options: Any) -> None:
        """One key for all of them, so that who stands in two is the same in both."""
        chosen = list(Tenant.objects.filter(pk__in=tenant) if tenant else Tenant.objects.exclude(name="—"))
        if len(chosen) < len(set(tenant)):
            raise CommandError("There is no such tenant.")
        try:
            lock = [Recipient.read(mapping_for)] if mapping_for else []
        except AgeError as error:
            raise CommandError(str(error)) from error
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        workshop = folder / WORKSHOP
        shutil.rmtree(workshop, ignore_errors=True)  # with people's real names, where an earlier one was killed
        workshop.mkdir(mode=0o700)
        try:
            self._write(sorted(chosen, key=lambda one: not one.is_house), folder, workshop, lock)
        finally:
            shutil.rmtree(workshop)

    def _write(self, chosen: list[Tenant], folder: Path, workshop: Path, lock: list[Recipient]) -> None:
        words, tables, at = Pseudonyms(secrets.token_bytes(32)), columns_by_table(), timezone.now()
        with contextlib.ExitStack() as stack:
            archives = {}
            for each in chosen:
                words.learn(each.name, "name", "name")
                call_command("export_tenant", str(each.pk), str(workshop / f"{each.pk}.real"), stdout=self.stdout)
                archives[each.pk] = stack.enter_context(zipfile.ZipFile(workshop / f"{each.pk}.real"))
                learned(archives[each.pk], tables, words)
            for tenant_id, archive in archives.items():
                told, half = manifest.proved(archive), workshop / f"{tenant_id}.zip"
                with _private(half) as out:
                    key = cipher.purposed(manifest.PURPOSE)
                    rows = written(archive, told, out, tables=tables, words=words, key=key, at=at)
                half.replace(folder / half.name)
                self.stdout.write(f"{folder / half.name}: {rows} rows, pseudonymised")
        if lock:
            _keep_mapping(folder / MAPPING, words, lock)


def _keep_mapping(file: Path, words: Pseudonyms, lock: list[Recipient]) -> None:
    pairs: Iterable[tuple[str, str]] = {**words.known, **words.told}.items()
    lines = (json.dumps(pair, ensure_ascii=False).encode() + b"\n" for pair in sorted(pairs))
    with _private(file) as out:
        out.writelines(encrypted(lines, lock))


def _private(file: Path) -> Any:
    return open(file, "wb", opener=lambda path, flags: os.open(path, flags, 0o600))
