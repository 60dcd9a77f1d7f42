"""Markdown as GitHub and GitLab show it."""

import re
from collections.abc import Sequence

_SPACES = re.compile(r"\s+")


def code(text: str) -> str:
    """Return text that came from outside as a code span: nothing in it is markup, also inside a table."""
    # Backticks and bars would end the span or the cell, and inside a span nothing can escape them.
    escaped = _SPACES.sub(" ", text).strip().replace("`", "ˋ").replace("|", "｜")
    return f"`{escaped}`" if escaped else ""


def table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table; the cells are Markdown."""
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
