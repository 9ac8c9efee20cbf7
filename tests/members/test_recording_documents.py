"""Evidence is told by its content: the name that a file came with decides nothing."""

import pytest

from members.consent.document import LARGEST, Document, DocumentRefused, examine_document
from tests.members.recording_stories import JPEG, MAIL, PDF, PNG


@pytest.mark.parametrize(
    ("name", "content", "content_type", "kept_as"),
    [
        ("form.pdf", PDF, "application/pdf", "form.pdf"),
        ("form.exe", PDF, "application/pdf", "form.pdf"),
        ("scan.png", PNG, "image/png", "scan.png"),
        ("scan.jpeg", JPEG, "image/jpeg", "scan.jpg"),
        ("scan.pdf", PNG, "image/png", "scan.png"),
        ("yes.eml", MAIL, "message/rfc822", "yes.eml"),
        ("note.txt", "Ja, schickt mir wieder SMS. Grüße".encode(), "text/plain", "note.txt"),
        ('..\\..\\etc/pass wd\r\n"x".txt', b"I agree", "text/plain", "pass wd x.txt"),
        ("", b"I agree", "text/plain", "evidence.txt"),
        ("...", b"I agree", "text/plain", "evidence.txt"),
        ("ж" * 300 + ".txt", b"I agree", "text/plain", "ж" * 120 + ".txt"),
    ],
)
def test_a_document_is_what_its_content_says(name: str, content: bytes, content_type: str, kept_as: str) -> None:
    found = examine_document(name, content=content)
    assert isinstance(found, Document)
    assert (found.content_type, found.name, found.content) == (content_type, kept_as, content)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \n\t ", "empty"),
        (PDF + b"x" * LARGEST, "at most 5 MB"),
        (b"MZ\x90\x00\x03 a program called form.pdf", "none of the kinds"),
        (b"PK\x03\x04 a zip", "none of the kinds"),
        (b"\x00\x01\x02", "none of the kinds"),
        ("\u200b\u200b".encode(), "none of the kinds"),
        (b"<html><script>alert(1)</script>", "none of the kinds"),
        (b" <svg onload='alert(1)'>", "none of the kinds"),
        (b"GIF89a\x01\x00\x01\x00\x80", "none of the kinds"),
    ],
)
def test_anything_else_is_refused_with_what_is_taken(content: bytes, said: str) -> None:
    found = examine_document("form.pdf", content=content)
    assert isinstance(found, DocumentRefused)
    assert said in found.says


def test_five_megabytes_are_taken() -> None:
    assert isinstance(examine_document("form.pdf", content=PDF + b"x" * (LARGEST - len(PDF))), Document)
