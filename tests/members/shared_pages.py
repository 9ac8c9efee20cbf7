"""What the pages say of shared numbers, as words."""

import re

from members.models import Member
from tenants.models import User
from tests.members.web import signed_in


def words(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text)).strip()


def field_of(user: User, member: Member) -> str:
    """What a member's page says under “Shared numbers”."""
    page = signed_in(user).get(f"/admin/members/member/{member.pk}/change/").content.decode()
    found = re.search(r'class="[^"]*field-shared_numbers.*?</div>\s*</div>', page, re.DOTALL)
    return words(found.group() if found else page[page.index("Shared numbers") :][:2500])
