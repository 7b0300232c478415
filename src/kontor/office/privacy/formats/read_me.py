"""What an archive says of itself to whoever opens it, and the head and the tail of its dump."""

from collections.abc import Mapping
from datetime import datetime
from textwrap import fill
from typing import Final

from kontor.rulebook.ruling import Text

README: Final = """\
{name}

DEUTSCH
Dieses Archiv enthält alles, was am {moment} (UTC) in Kontor zu diesem Mandanten gespeichert war.

documents/      alle Dateien unter ihren Namen
tables/         jede Tabelle mit Zeilen, als JSON Lines (.jsonl, genau) und als CSV (.csv, für Tabellenprogramme)
trail/          wer wann was getan hat, mit Vorher und Nachher, soweit nicht gelöscht
schema.json     die Spalten jeder Tabelle
people.jsonl    die Personen, auf die sich Zeilen beziehen; Kennwörter sind nicht dabei
database.sql    dieselben Zeilen als Sicherung der Datenbank: Klartext-SQL von PostgreSQL, wie pg_dump es schreibt
manifest.json   jede Datei mit Größe und SHA-256; manifest.sig ist die Unterschrift darüber

Der Vertrag kann von einer „.bak“-Datei sprechen. So heißt die Sicherung eines anderen Datenbankprodukts, das hier nicht
läuft; database.sql ist, was es hier stattdessen gibt, und heißt deshalb nicht so.
In .csv-Dateien steht vor Texten, die mit = + - @ beginnen, ein Apostroph, damit kein Programm sie als Formel ausführt.
In database.sql bleibt verschlüsselt, was es in der Datenbank ist; in tables/ steht es im Klartext.
Nicht dabei, weil es nur in dieser Installation gilt:
{stays_de}
Einlesen in ein Kontor: kontor import DATEI.zip

ENGLISH
This archive holds everything that Kontor kept about this tenant on {moment} (UTC).

documents/      all files under their names
tables/         each table that has rows, as JSON Lines (.jsonl, exact) and as CSV (.csv, for spreadsheets)
trail/          who did what and when, with before and after where these were not erased
schema.json     each table's columns
people.jsonl    the people whom rows refer to, without passwords
database.sql    the same rows as a backup of the database: plain SQL of PostgreSQL, as pg_dump writes it
manifest.json   each file with size and SHA-256; manifest.sig is the signature over it

The contract may speak of a ".bak" file. That is the backup of another database product, which does not run here;
database.sql is what there is instead, and so it is not called that.
In .csv files an apostrophe stands before texts that begin with = + - @, so that no program runs them as formulas.
In database.sql what is encrypted in the database stays so; in tables/ it is in clear.
Not in it, since it holds in this installation only:
{stays_en}
Reading it into a Kontor: kontor import FILE.zip
"""

DUMP_HEAD: Final = """\
-- PostgreSQL database dump of one tenant: {name}
-- Restore it as a superuser into an empty database that `kontor db migrate` has brought to the same version:
--   psql -v ON_ERROR_STOP=1 -1 -f database.sql NAME
-- What is encrypted here opens only with the master key of the installation it comes from.

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET session_replication_role = replica;
"""
DUMP_TAIL: Final = "\n-- PostgreSQL database dump complete\n"


def read_me(name: str, at: datetime, *, behind: Mapping[str, Text]) -> str:
    """
    Return README.txt.

    name    the tenant's; at  the moment its tables were read, in UTC
    behind  tables that stay, with what they are and why
    """
    stays = {language: _listed(behind, language) for language in ("de", "en")}
    moment = at.strftime("%Y-%m-%d %H:%M")
    return README.format(name=name, moment=moment, stays_de=stays["de"], stays_en=stays["en"])


def _listed(behind: Mapping[str, Text], language: str) -> str:
    lines = (f"{table}: {why.spoken(language)}" for table, why in sorted(behind.items()))
    return "\n".join(
        fill(each, 118, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False) for each in lines
    )
