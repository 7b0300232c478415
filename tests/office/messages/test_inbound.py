"""Every shape of mail is read right: words, files, sender, what it answers, when it came, whether a person did."""

from kontor.office.messages.formats.encoded import header_text
from kontor.office.messages.formats.inbound import read_mail
from kontor.office.messages.formats.tnef import unpacked
from tests.office.messages.mail_shapes import MX, SHAPES, mail, winmail
from tests.office.messages.mail_shapes_more import MORE


def test_a_mail_of_each_shape_is_read_right() -> None:
    for shape in (*SHAPES, *MORE):
        found = read_mail(shape.raw, mx_host=MX)
        assert (found.sender, found.subject, found.text) == (shape.sender, shape.subject, shape.text), shape.name
        assert tuple(file.name for file in found.files) == shape.files, shape.name
        told = (found.machine, found.answers, found.received)
        assert told == (shape.machine, shape.answers, shape.received), shape.name


def test_there_are_more_than_a_hundred_shapes_and_each_is_another_mail() -> None:
    shapes = (*SHAPES, *MORE)
    assert len(shapes) >= 200
    assert len({shape.name for shape in shapes}) == len({shape.raw for shape in shapes}) == len(shapes)


def test_the_same_mail_is_told_by_its_id_or_by_all_of_it() -> None:
    assert read_mail(mail(b"a", number="7")).key == read_mail(mail(b"b", number="7")).key
    nameless = "Message-ID: -"
    assert read_mail(mail(b"a", nameless)).key != read_mail(mail(b"b", nameless)).key


def test_others_are_named_once_and_the_sender_is_not_among_them() -> None:
    raw = mail(b"x", "Cc: A <a@b.example>, jonas@alder.example, a@b.example, nonsense")
    assert read_mail(raw).others == ("desk@kontor.example", "a@b.example")


def test_without_our_name_the_topmost_line_is_believed() -> None:
    found = read_mail(mail(lines=("Received: by a; Mon, 7 Dec 2026 11:00:00 +0000",))).received
    assert found is not None
    assert found.hour == 11


def test_files_of_a_packet_may_be_nameless_and_a_head_may_be_missing() -> None:
    two = winmail(("", b"A"), ("", b"B"))
    assert unpacked(two) == [("file-1", b"A"), ("file-2", b"B")]
    assert header_text(None) == ""
