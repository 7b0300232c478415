"""The reference pages say what the code says."""

import pytest

from tools import generate_reference


@pytest.mark.parametrize("name", generate_reference.PAGES)
def test_a_reference_page_is_current(name):
    """Where this fails: `just reference`, and commit the page with the change."""
    page = generate_reference.FOLDER / name

    assert page.read_text(encoding="utf-8") == generate_reference.PAGES[name]()


def test_every_page_of_the_folder_is_written_from_the_code():
    assert {page.name for page in generate_reference.FOLDER.iterdir()} == set(generate_reference.PAGES)
