"""Read the numbers of products, as exports and Excel write them."""

import re
import unicodedata
from functools import lru_cache

from indexer.cell_objects import as_text

# What Excel wraps a number in so that it stays a text: `="00123"`, `'00123`.
_WRAPPED = re.compile(r"""=\s*"(.*)"|'(.*[^'])""", re.DOTALL)
_READ_FURTHER = ("=", "'", " ")
# pandas turns numbers with gaps into floats.
_WHOLE_FLOAT = re.compile(r"([0-9]+)\.0+")
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]{1,2}", re.IGNORECASE)
# Excel keeps 15 digits of a number and makes the rest zeros.
_CUT_OFF = re.compile(r"[1-9][0-9]{14}0{2,}")


def unwrap(text: str) -> str:
    """Return a text without what Excel wraps it in."""
    match = _WRAPPED.fullmatch(text) if text[:1] in ("=", "'") else None
    return (match[1] if match[1] is not None else match[2]) if match else text


def read_identifier(value: object) -> str:
    """Return the number of a product as text; empty for none."""
    text = value if isinstance(value, str) else as_text(value)
    # Nearly all, and what leaves no other way to read them, as A-1_b.
    if text.isalnum() or (
        text.isascii()
        and text.isprintable()
        and "." not in text
        and not text.startswith(_READ_FURTHER)
        and text[-1:] != " "
    ):
        return text
    return _read(text)


def is_spoilt(identifier: str) -> bool:
    """Return whether Excel has rounded a number: `6.90123E+12`, or zeros behind the fifteenth digit."""
    return bool(_SCIENTIFIC.fullmatch(identifier) or _CUT_OFF.fullmatch(identifier))


@lru_cache(1 << 10)
def _read(text: str) -> str:
    text = unwrap(text.replace("\ufeff", "").strip(" \t\r\n\xa0\u3000\u200b"))
    whole = _WHOLE_FLOAT.fullmatch(text)
    return (
        whole[1] if whole else " ".join(unicodedata.normalize("NFC", text).split()) if "\n" in text else text
    )
