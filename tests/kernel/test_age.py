"""Files in the format age: what rage wrote is read, what is written is read back, what was changed is refused."""

import base64
import secrets

import pytest

from kontor.kernel import age, bech32

IDENTITY = "AGE-SECRET-KEY-1RZ87P63Z52XNH4A5P22YMUP8M95AGALQ87QTJJHZ9DH0ZF2P8JEQ0UC63S"
BY_RAGE = (
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSArQjBxaXBlWCthZXhjaThENW1pUnBTcHZiQ2FoUk1uTitWbi82NHdKQzNj"
    "CkRhQmY2bUIweC84ODBtcFAydUVBaFdaTFZEWnM1dVBVL1pUYTBrZDRDUWsKLT4gRFt2ZTlMbl0tZ3JlYXNlICQ6WiAyWD1YYCAh"
    "NiI1IihXVSA8OQpUNEFjQkQ0OUNzQ1VpQlNZZHJYbmkrYjZUNkJiZVZnNmxnNHFGZwotLS0gaml3RUI0Z3hrcUpqSExOQmFmaEpD"
    "a3Y1UHZmRzkyY3ZxbVNTeDRWcHlXUQq+1snHETfo2chiF+97RTOv5zWbePJ28N5mj7+V/QKg5WIF6zydaOsXV2Fdcb41A1c="
)
GREETING = "Grüße von rage".encode()


def opened(file: bytes, key: age.Identity | str) -> bytes:
    return b"".join(age.decrypted([file], key))


def test_what_another_program_wrote_is_read() -> None:
    """It was written by rage (pyrage 1.4)."""
    assert opened(base64.b64decode(BY_RAGE), age.Identity.read(f"# created today\n{IDENTITY}\n")) == GREETING


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 3 * 65_536])
def test_every_length_comes_back_in_whatever_pieces_it_comes(size: int) -> None:
    data, identity = secrets.token_bytes(size), age.Identity.new()
    file = b"".join(
        age.encrypted([data[: size // 3], data[size // 3 :]], [age.Identity.new().recipient, identity.recipient])
    )
    assert opened(file, identity) == data
    assert b"".join(age.decrypted((file[at : at + 999] for at in range(0, len(file), 999)), identity)) == data


def test_a_passphrase_opens_what_it_closed_and_asks_for_no_more_work_than_is_bearable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(age, "WORK", 4)
    file = b"".join(age.encrypted([GREETING], "korrekt pferd"))
    assert opened(file, "korrekt pferd") == GREETING
    with pytest.raises(age.AgeError, match="does not open"):
        opened(file, "falsches pferd")
    monkeypatch.setattr(age, "MOST_WORK", 3)
    with pytest.raises(age.AgeError, match="more work"):
        opened(file, "korrekt pferd")


def test_what_is_wrong_is_refused() -> None:
    identity = age.Identity.new()
    file = b"".join(age.encrypted([b"x" * 200_000], [identity.recipient]))
    changed = bytearray(file)
    changed[-1] ^= 1
    head = file.replace(b"-> X25519 ", b"-> X25518 ", 1)
    strange = file.replace(b"\n-> ", b"\n-> grease what\nA\n-> ", 1)  # of no length that Base64 knows
    for wrong, key, why in (
        (bytes(changed), identity, "This file was changed or cut off."),
        (file[:-70_000], identity, "This file was changed or cut off."),
        (file, age.Identity.new(), "This key or passphrase does not open the file."),
        (file, "a passphrase", "This key or passphrase does not open the file."),
        (strange, identity, "The head of this file was changed."),
        (head, identity, "This key or passphrase does not open the file."),
        (b"PK\x03\x04", identity, "This is no age file."),
        (b"age-encryption.org/v1\n", identity, "This is no age file."),
    ):
        with pytest.raises(age.AgeError) as refused:
            opened(wrong, key)
        assert str(refused.value) == why
    with pytest.raises(ValueError, match="somebody who can open it"):
        list(age.encrypted([b""], []))


@pytest.mark.parametrize("text", ["", "age1", "age1QQQQlpnwam", "age1qqqqlpnwaq", IDENTITY, "age1qqqqlpnwam"])
def test_a_slip_of_the_pen_in_a_key_is_noticed(text: str) -> None:
    with pytest.raises(age.AgeError):
        age.Recipient.read(text)
    assert bech32.decode("age1qqqqlpnwam") == ("age", b"\0\0")
