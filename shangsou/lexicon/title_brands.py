"""The brand that a title begins with, as most titles do."""

import re

# Advertising before the brand: 【二手9成新】苹果.
_OPENING = re.compile(r"\s*[\[【(（][^\]】)）]*[\]】)）]\s*")
# A brand in two languages: 唐为(TANGWEI), midea/美的.
_BILINGUAL = re.compile(
    r"([\u4e00-\u9fff]{2,6}) ?[(（]([a-z][a-z .&-]{1,19})[)）]"
    r"|([a-z][a-z.&-]{1,19})/([\u4e00-\u9fff]{2,6})(?![\u4e00-\u9fff])"
)


def begins_with_brand(title: str, brand: str) -> bool:
    """Return whether a normalized title begins with a brand, behind advertising."""
    return title.startswith(brand, opening_end(title))


def find_bilingual_brand(title: str) -> list[str]:
    """Return both spellings of the brand that a normalized title begins with, if it has two."""
    match = _BILINGUAL.match(title, opening_end(title))
    return [spelling.strip() for spelling in match.groups() if spelling] if match else []


def opening_end(title: str) -> int:
    """Return where the advertising at the beginning of a title ends."""
    opening = _OPENING.match(title)
    return opening.end() if opening else 0
