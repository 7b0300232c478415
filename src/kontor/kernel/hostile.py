"""
Whether a file from outside may hurt whoever opens it, told from its name and first bytes, never by running it.

An archive is asked for its list alone and never unpacked, so that one that claims to hold a terabyte costs nothing.
"""

import zipfile
from io import BytesIO
from typing import Final

PROGRAM: Final = "program"  # acts when it is opened: kept, handed to nobody
BOMB: Final = "bomb"  # an archive that would fill the disk: kept, handed to nobody
LOCKED: Final = "locked"  # an archive nobody can look into: handed out with a warning
MACRO: Final = "macro"  # an office document that carries a program: handed out with a warning
ARCHIVE: Final = "archive"  # an archive whose list we do not read: handed out with a warning
WITHHELD: Final = frozenset({PROGRAM, BOMB})

_PROGRAMS: Final = frozenset({
    "ade", "adp", "apk", "app", "appref-ms", "bat", "chm", "cmd", "com", "cpl", "diagcab", "dll", "dmg", "exe",
    "hta", "htm", "html", "img", "ins", "iso", "jar", "jnlp", "js", "jse", "lib", "lnk", "mde", "mht", "mhtml",
    "msc", "msi", "msp", "mst", "one", "pif", "ps1", "psm1", "py", "reg", "rgs", "scf", "scr", "sct",
    "settingcontent-ms", "sh", "shtml", "svg", "swf", "sys", "url", "vb", "vbe", "vbs", "vhd", "vhdx", "vxd",
    "ws", "wsc", "wsf", "wsh", "xhtml", "xll",
})  # fmt: skip
_STARTS: Final = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"L\0\0\0\x01\x14\x02\0")
_ARCHIVES: Final = (b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"MSCF")
_ZIP: Final = b"PK\x03\x04"
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0"
_MACROS: Final = frozenset("docm dotm xlsm xltm xlam pptm potm ppsm".split())  # noqa: SIM905
_UNPACKED: Final = 2 * 10**9  # bytes; more is no file that somebody sends by mail
_TIMES: Final = 200  # as large as it is packed; text packs to a fiftieth, a bomb to a thousandth
_SMALL: Final = 50 * 10**6  # bytes; below that it may shrink as much as it likes
_ENTRIES: Final = 10_000
_SECRET: Final = 0x1  # APPNOTE.TXT 4.4.4, bit 0: encrypted


def danger_of(name: str, data: bytes) -> str:
    """
    Return a key of this module, "" for what may be handed out as it is.

    >>> danger_of("Rechnung.pdf.exe", b""), danger_of("harmless.txt", b"MZ..."), danger_of("Rechnung.pdf", b"%PDF-1.7")
    ('program', 'program', '')
    """
    ending = _ending(name)
    if ending in _PROGRAMS or data.startswith(_STARTS):
        return PROGRAM
    if data.startswith(_ZIP):
        return _of_zip(ending, data)
    if ending in _MACROS or (data.startswith(_OLD_OFFICE) and b"V\0B\0A\0" in data):
        return MACRO
    return ARCHIVE if data.startswith(_ARCHIVES) or ending in {"zip", "rar", "7z", "ace", "arj", "cab"} else ""


def _of_zip(ending: str, data: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError):
        return ARCHIVE
    size = sum(each.file_size for each in entries)
    if len(entries) > _ENTRIES or size > _UNPACKED or (size > _SMALL and size > _TIMES * len(data)):
        return BOMB
    endings = {_ending(each.filename) for each in entries if not each.is_dir()}
    if endings & _PROGRAMS and not _is_office(entries):
        return PROGRAM
    if ending in _MACROS or any(each.filename.endswith("vbaProject.bin") for each in entries):
        return MACRO
    if any(each.flag_bits & _SECRET for each in entries):
        return LOCKED
    return ARCHIVE if endings & {"zip", "rar", "7z", "gz", "ace", "cab"} else ""


def _is_office(entries: list[zipfile.ZipInfo]) -> bool:
    """Tell whether it is an office document, which is an archive that may hold drawings (ECMA-376, ISO 26300)."""
    return any(each.filename in {"[Content_Types].xml", "META-INF/manifest.xml"} for each in entries)


def _ending(name: str) -> str:
    """Return a name's ending; Windows drops dots and spaces behind it, and opens what is left."""
    return name.rstrip(". \t\u200b").rpartition(".")[2].casefold()
