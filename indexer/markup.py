"""Extract plain text from what shops paste into catalogs: HTML, entities, control characters."""

import html
import re
from html.entities import html5
from typing import NamedTuple

from indexer.cell_vocabulary import vocabulary

# Anything that needs closer inspection; most cells have none of it.
_SUSPICIOUS = re.compile(
    "[<&\x00-\x1f\x7f-\x9f\u00ad\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff0-\uffff"
    "\ud800-\udfff\u00a0\u3000]|  "
)
_HIDDEN = re.compile(r"<(?:(script|style)\b[^<>]*>|!--)", re.IGNORECASE)
_HIDDEN_END = {
    "script": re.compile(r"</script\s*>", re.IGNORECASE),
    "style": re.compile(r"</style\s*>", re.IGNORECASE),
    "": re.compile("-->"),
}
_TAG = re.compile(r"</?(?P<name>[a-z][a-z0-9]*|!doctype)(?:[\s/][^<>]*)?>", re.IGNORECASE)
# Only with a semicolon: there is no entity in `B&copybook`.
_ENTITY = re.compile(r"&(?:amp;)*(#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)")
_SPACES = re.compile(r"\s+")
# Separators among the control characters become spaces, all others are removed.
_SEPARATORS = re.compile("[\x09-\x0d\x1c-\x1f\x85\u2028\u2029]")
_INFORMATION_SEPARATOR = re.compile("[\x1c-\x1f]")
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x9f\u00ad\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
    "\ufff0-\uffff\ud800-\udfff]"
)
# Text that was escaped more often than this is not text.
_MAX_ROUNDS = 8


class CleanText(NamedTuple):
    """A text on one line, with the kinds of content removed from it."""

    text: str
    oddities: tuple[str, ...] = ()


def clean_text(raw: str) -> CleanText:
    """Return a text without HTML, entities and control characters, with single spaces.

    Cleaning it again changes nothing. Zero-width and bidirectional marks are removed as well, but not the
    joiner inside an emoji.
    """
    if is_clean(raw):
        return CleanText(raw.strip())
    oddities: dict[str, None] = {}
    text = raw
    for _ in range(_MAX_ROUNDS):
        before = text
        text = _UNPRINTABLE.sub("", text)
        if text != before or _INFORMATION_SEPARATOR.search(text):
            oddities["control or broken characters"] = None
        if "<" in text:
            with_tags = text
            text = _TAG.sub(_space_for_tag, _remove_hidden(text))
            if text != with_tags:
                oddities["HTML"] = None
        if "&" in text:
            with_entities = text
            text = _ENTITY.sub(_character, text)
            if text != with_entities:
                oddities["entities"] = None
        text = _SEPARATORS.sub(" ", text)
        if text == before:
            break
    return CleanText(_SPACES.sub(" ", text).strip(), tuple(oddities))


def is_clean(raw: str) -> bool:
    """Return whether there is nothing to remove from a text but blanks around it."""
    # Nearly all cells are printable, which is found without a look at each character in Python's patterns.
    # Of what the pattern looks for, these alone are printable.
    if raw.isprintable() and not (
        "  " in raw or "<" in raw or "&" in raw or "\ufffd" in raw or "\ufffc" in raw
    ):
        return True
    return not _SUSPICIOUS.search(raw)


def _remove_hidden(text: str) -> str:
    """Remove scripts, styles and comments that are closed, in one pass over the text."""
    kept = []
    start = position = 0
    unclosed = set()
    while opening := _HIDDEN.search(text, position):
        kind = (opening[1] or "").lower()
        position = opening.end()
        end = None if kind in unclosed else _HIDDEN_END[kind].search(text, position)
        if end is None:
            unclosed.add(kind)
        else:
            kept.append(text[start : opening.start()])
            start = position = end.end()
    return " ".join([*kept, text[start:]])


def _space_for_tag(tag: re.Match[str]) -> str:
    name = tag["name"].lower()
    if name in vocabulary("inline_elements"):
        return ""
    # Only HTML elements are tags: `<M>` in a list of sizes is text.
    return " " if name in vocabulary("html_elements") else tag[0]


def _character(entity: re.Match[str]) -> str:
    name = entity[1]
    if name.startswith("#"):
        return html.unescape("&" + name)
    return html5.get(name, "&" + name)
