"""Markdown as rendered by GitHub and GitLab."""

import re
from collections.abc import Sequence

_SPACES = re.compile(r"\s+")


def code(text: str) -> str:
    """Return untrusted text as a code span: nothing in it is markup, even inside a table."""
    # Backticks and bars would end the span or the cell, and cannot be escaped inside a span.
    escaped = _SPACES.sub(" ", text).strip().replace("`", "ˋ").replace("|", "｜")
    return f"`{escaped}`" if escaped else ""


def table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table; the cells are Markdown."""
    lines = [titles, ["---"] * len(titles), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
