"""The box in which a row is searched for and chosen: what it is given may come from an address, and need be no id."""

import re
from typing import Any

from django.contrib.admin.widgets import AutocompleteSelect

# The most that a bigint surely holds.
_ID = re.compile(r"[0-9]{1,18}")


class ChosenRow(AutocompleteSelect):
    """Django's box, which breaks on a value that is no number; here such a value chooses nothing."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        known = [each for each in value if _ID.fullmatch(str(each))]
        return super().optgroups(name, known, attr)
