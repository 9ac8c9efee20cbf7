"""Reads a file of people to invite, as spreadsheets write them, into rows; what is wrong with a row is said elsewhere.

Pure text: it knows no database. It reads who somebody is, and never whether they agreed to anything: nobody can say
that for another person, so columns about consent are named and left alone.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MOST_BYTES = 512 * 1024
MOST_ROWS = 1000

#: What a column may be called, in letters and digits alone.
_COLUMNS = {
    "email": ("email", "emailaddress", "mail"),
    "name": ("name", "fullname", "displayname"),
    "first": ("firstname", "givenname", "forename"),
    "last": ("lastname", "surname", "familyname"),
    "role": ("role",),
    "phone": ("phone", "phonenumber", "mobile", "mobilenumber", "mobilephone", "cell", "cellphone", "number", "tel"),
}
_FIELDS = {title: field for field, titles in _COLUMNS.items() for title in titles}
#: A column that says, or may say, that somebody agreed or refused.
_CONSENT = re.compile(
    r"consent|opt(ed)?(in|out)|agree|permission|permit|subscri|accept|sms|voice|gdpr|tcpa|notify|allow"
)
_NO = frozenset({"", "0", "no", "n", "false", "f", "off", "none", "null", "-"})
_DELIMITERS = (";", ",", "\t")


@dataclass(frozen=True, slots=True)
class FileRow:
    """One line of the file; texts as they stand in it, but for the spaces around all but the number."""

    line: int
    email: str
    name: str
    role: str
    phone: str
    #: Whether a column about consent says anything but no.
    claims_consent: bool
    has_more_cells: bool


@dataclass(frozen=True, slots=True)
class InviteFile:
    """What the file says, and which of its columns are not read: those about consent, and those that nobody knows."""

    rows: tuple[FileRow, ...]
    about_consent: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileRefused:
    """Why the whole file is not read, and what to do."""

    says: str


def decode(data: bytes) -> str | FileRefused:
    """The text of an uploaded file, in whichever of the usual encodings it was saved."""
    if len(data) > MOST_BYTES:
        return FileRefused(f"The file is larger than {MOST_BYTES // 1024} KB. Split it, or leave out columns.")
    if data.startswith(b"PK"):
        return FileRefused("This is a workbook. Save it as “CSV UTF-8” in your spreadsheet, and choose that file.")
    for encoding in ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    return FileRefused("This is not a text file. Save your list as “CSV UTF-8”, and choose that file.")


def read_invites(text: str) -> InviteFile | FileRefused:
    """The rows of a CSV text with a first line of titles; commas, semicolons or tabs between the cells."""
    try:
        lines = list(_lines(text))
    except csv.Error as error:
        return FileRefused(f"The file cannot be read as CSV: {error}. Save it again as “CSV UTF-8”.")
    if not lines:
        return FileRefused("The file is empty. Its first line names the columns: email, name, role, phone.")
    titles = [title.strip() for title in lines[0][1]]
    fields = [_FIELDS.get(_plain(title), "") for title in titles]
    if (refused := _titles_refused(titles, fields)) is not None:
        return refused
    consent = [not field and bool(_CONSENT.search(_plain(title))) for title, field in zip(titles, fields, strict=True)]
    rows = [_row(line, cells, fields, consent) for line, cells in lines[1:]]
    if len(rows) > MOST_ROWS:
        return FileRefused(f"The file has {len(rows)} rows; at most {MOST_ROWS} are taken at once. Split it.")
    if not rows:
        return FileRefused("The file has titles and no rows. Add one line for each person.")
    known = zip(titles, fields, consent, strict=True)
    unread = [(title, is_consent) for title, field, is_consent in known if title and not field]
    return InviteFile(
        rows=tuple(rows),
        about_consent=tuple(title for title, is_consent in unread if is_consent),
        unknown=tuple(title for title, is_consent in unread if not is_consent),
    )


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each line that holds anything, with its number in the file."""
    body = text.removeprefix("\ufeff")
    first, _, rest = body.partition("\n")
    said = re.fullmatch(r"\s*sep=(.)\s*", first, re.IGNORECASE)
    offset = 1 if said else 0
    body = rest if said else body
    delimiter = said[1] if said else _delimiter(body)
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter)
    before = 0
    for cells in reader:
        line, before = before + 1 + offset, reader.line_num
        if any(cell.strip() for cell in cells):
            yield line, cells


def _delimiter(body: str) -> str:
    titles = next((line for line in body.splitlines() if line.strip()), "")
    return max(_DELIMITERS, key=titles.count) if any(each in titles for each in _DELIMITERS) else ","


def _titles_refused(titles: Sequence[str], fields: Sequence[str]) -> FileRefused | None:
    found = ", ".join(f"“{title}”" for title in titles if title)
    for field in _COLUMNS:
        if fields.count(field) > 1:
            same = " and ".join(f"“{titles[at]}”" for at, one in enumerate(fields) if one == field)
            return FileRefused(f"Two columns say the same: {same}. Keep one of them.")
    if "email" not in fields:
        return FileRefused(f"No column is called “email”. The first line names the columns; it has {found}.")
    if not {"name", "first", "last"} & set(fields):
        return FileRefused(f"No column is called “name”. The first line names the columns; it has {found}.")
    return None


def _row(line: int, cells: Sequence[str], fields: Sequence[str], consent: Sequence[bool]) -> FileRow:
    said = {field: cell for field, cell in zip(fields, cells, strict=False) if field}
    whole = " ".join(part for part in (said.get("first", "").strip(), said.get("last", "").strip()) if part)
    claims = [cell for cell, is_consent in zip(cells, consent, strict=False) if is_consent]
    return FileRow(
        line=line,
        email=said.get("email", "").strip(),
        name=said.get("name", "").strip() or whole,
        role=said.get("role", "").strip(),
        phone=said.get("phone", ""),
        claims_consent=any(claim.strip().casefold() not in _NO for claim in claims),
        has_more_cells=any(cell.strip() for cell in cells[len(fields) :]),
    )


def _plain(title: str) -> str:
    return re.sub(r"[^a-z0-9]", "", title.casefold())
