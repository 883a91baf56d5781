"""The icons of known apps: two letters on a colour, since logos are their owners'."""

from __future__ import annotations

from html import escape

#: Letters on a colour, by its relative luminance (WCAG 2.2): below this, white is easier to read.
DARK = 0.18


def draw_icon(mark: str, colour: str) -> str:
    """Return the text of an SVG image.

    :param mark: two letters.
    :param colour: `#rrggbb`, one that stands out from a light and from a dark page.
    """
    letters = "#ffffff" if luminance(colour) < DARK else "#000000"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">'
        f'<rect x="1" y="1" width="22" height="22" rx="5" fill="{escape(colour)}"/>'
        '<text x="12" y="16.5" text-anchor="middle" font-family="sans-serif" font-size="12.5"'
        f' font-weight="bold" fill="{letters}">{escape(mark)}</text></svg>'
    )


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, from 0 to 1 (WCAG 2.2)."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
