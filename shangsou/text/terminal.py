"""Display width of texts in a terminal."""

import unicodedata


def display_width(text: str) -> int:
    """Return the display width of a text in columns: ideographs take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def fit(text: str, width: int) -> str:
    """Return a text truncated or padded to a width in columns, without unprintable characters."""
    taken = ""
    for char in filter(str.isprintable, text):
        if display_width(taken + char) > width:
            break
        taken += char
    return taken + " " * (width - display_width(taken))
