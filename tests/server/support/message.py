"""What requests and responses have in common."""

from __future__ import annotations

#: The fields that name the public prefix.
PREFIX_FIELDS = (
    "X-Forwarded-Prefix",
    "X-Forwarded-Context",
    "X-ProxyContextPath",
    "X-Script-Name",
)


class Message:
    """A message with its fields."""

    #: Name and value as they came, in their order.
    fields: list[tuple[str, str]]

    def values(self, name: str) -> list[str]:
        """Return the values of all fields of that name, whatever its case."""
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def value(self, name: str) -> str | None:
        """Return the value of the only field of that name, if there is one."""
        values = self.values(name)
        assert len(values) < 2, values
        return values[0] if values else None
