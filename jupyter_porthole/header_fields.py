"""Header fields that functions of the configuration make."""

from __future__ import annotations

import re

#: A token, and what may follow the colon (RFC 9110, sections 5.6.2 and 5.5).
NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


def can_stand(name: str, value: str) -> bool:
    """Tell whether a field can stand in a head, and be read in one way only."""
    return NAME.fullmatch(name) is not None and VALUE.fullmatch(value) is not None
