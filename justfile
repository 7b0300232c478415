# Every command by name: `just --list` is the menu, `just test tests/rulebook -k term` passes on what follows.

set positional-arguments := true

bin := justfile_directory() / ".venv/bin"

# the menu
_default:
    @just --list --unsorted

# everything here, with invented customers; then open the page it prints
demo *arguments:
    ./kontor demo "$@"

# all checks and tests; with arguments only pytest, which gets them
test *arguments:
    ./kontor test "$@"

# the tests that need neither a browser nor long, on both cores
quick:
    {{ bin }}/pytest -q -n 2 -m "not journey"

# the contract's own rules only: no database, a few seconds
rules:
    {{ bin }}/pytest -q tests/rulebook src/kontor/rulebook

# put imports in order, format, and say what else is wrong
tidy:
    {{ bin }}/ruff check --fix .
    {{ bin }}/ruff format .

# types
types:
    {{ bin }}/mypy

# who may import whom
imports:
    {{ bin }}/lint-imports

# rows without a test; with --packs, pack values without a row
trace *arguments:
    ./kontor trace "$@"

# ask a terms pack: just calc term --pack visitor --start 2026-01-01 --on 2026-10-01
calc *arguments:
    ./kontor calc "$@"

# new migrations for changed models
migrations *arguments:
    DJANGO_SETTINGS_MODULE=tests.settings PYTHONPATH=. {{ bin }}/python -m django makemigrations "$@"

# what is said in English and has no German yet
messages:
    {{ bin }}/python -m tools.messages

# scripts and styles of the pages, built anew where they changed (every start looks)
assets:
    @./kontor serve --help > /dev/null

# put a terms pack that comes into force under lock
lock-packs:
    {{ bin }}/python tools/lock_packs.py

# the list of packages of others that are shipped, with their licences
third-party:
    {{ bin }}/python -m tools.third_party

# the reference pages of the documentation, written anew from the code
reference:
    {{ bin }}/python -m tools.generate_reference

# the documentation's pictures, from a demo that runs with fresh data
pictures *address:
    {{ bin }}/python -m tools.take_pictures "$@"

# the documentation, served while it is written
docs: reference
    {{ bin }}/mkdocs serve

# what is present, what is not, what to do
doctor:
    ./kontor doctor
