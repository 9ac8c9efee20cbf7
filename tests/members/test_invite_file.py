"""Files of people to invite, as spreadsheets write them: what is read, and what the reader refuses with its reason."""

import pytest

from members.invite_file import MOST_BYTES, MOST_ROWS, FileRefused, InviteFile, decode, read_invites


def rows(text: str) -> list[tuple[int, str, str, str, str]]:
    file = read_invites(text)
    assert isinstance(file, InviteFile), file
    return [(row.line, row.email, row.name, row.role, row.phone) for row in file.rows]


NORA = (2, "nora@x.example", "Nora Lind", "viewer", "+12065550142")


@pytest.mark.parametrize(
    "text",
    [
        "email,name,role,phone\nnora@x.example,Nora Lind,viewer,+12065550142\n",
        "\ufeffE-Mail;Name;Role;Mobile number\r\nnora@x.example;Nora Lind;viewer;+12065550142\r\n",
        "Email address\tFull name\tROLE\tPhone\nnora@x.example\tNora Lind\tviewer\t+12065550142",
        'phone,role,"last name","first name",email\n+12065550142, viewer ,Lind,Nora,"nora@x.example"\n',
        "email,name,role,phone\nnora@x.example,  Nora Lind,viewer,+12065550142\n,,,\n\n",
    ],
)
def test_what_spreadsheets_write_is_read(text: str) -> None:
    assert rows(text) == [NORA]


def test_a_line_that_names_the_separator_and_cells_over_two_lines_keep_their_line_numbers() -> None:
    text = 'sep=;\nemail;name\n"a@x.example";"A\nB"\nb@x.example;Bo\n'
    assert [(line, name) for line, _, name, _, _ in rows(text)] == [(3, "A\nB"), (5, "Bo")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_accents_survive_the_usual_encodings(encoding: str) -> None:
    text = decode("email,name\njose@x.example,José\n".encode(encoding))
    assert isinstance(text, str)
    assert rows(text)[0][2] == "José"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"PK\x03\x04rest", "CSV UTF-8"),
        (b"\x00\x01\x02\x81", "not a text file"),
        (b"a" * (MOST_BYTES + 1), "larger than"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, says: str) -> None:
    refused = decode(data)
    assert isinstance(refused, FileRefused)
    assert says in refused.says


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("\n \n", "empty"),
        ("email,name\n", "no rows"),
        ("mail,e-mail,name\na,b,c\n", "say the same"),
        ("name,phone\nNora,+1\n", "No column is called “email”"),
        ("email,phone\nn@x.example,+1\n", "No column is called “name”"),
        ("nora@x.example,Nora\n", "No column is called “email”"),
        ("email,name\n" + "a@x.example,A\n" * (MOST_ROWS + 1), f"at most {MOST_ROWS}"),
        ('email,name\n"' + "a" * 200_000, "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_what_to_do(text: str, says: str) -> None:
    refused = read_invites(text)
    assert isinstance(refused, FileRefused)
    assert says in refused.says


@pytest.mark.parametrize(
    "title",
    ["consent", "SMS opt-in", "sms_opt_in", "Opted in?", "voice consent", "Agreed", "GDPR", "opt out", "has accepted"],
)
@pytest.mark.parametrize(
    ("cell", "claims"), [("yes", True), ("1", True), ("2026-01-01", True), ("no", False), ("", False)]
)
def test_columns_about_consent_are_named_and_never_read(title: str, cell: str, claims: bool) -> None:
    file = read_invites(f"email,name,{title},shoe size\nn@x.example,Nora,{cell},41\n")
    assert isinstance(file, InviteFile)
    assert (file.about_consent, file.unknown) == ((title,), ("shoe size",))
    assert [row.claims_consent for row in file.rows] == [claims]
    assert "consent" not in {field for field in file.rows[0].__slots__ if field != "claims_consent"}


def test_a_cell_too_many_is_noticed() -> None:
    file = read_invites("email,name\nn@x.example,Lind,Nora\nm@x.example,Mo,\n")
    assert isinstance(file, InviteFile)
    assert [row.has_more_cells for row in file.rows] == [True, False]
