"""Tags that queries get by what they are, beside those that people gave them."""

import re
from collections.abc import Sequence
from dataclasses import replace

from relevance.judgements import Query
from shangsou.text.normalise import normalise

# Of 198,926 real Taobao queries a quarter has 5 characters or fewer and a quarter 8 or more.
_SHORT_UP_TO = 5
_LONG_FROM = 8
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[a-z]")
_DIGIT = re.compile(r"\d")


def tagged(queries: Sequence[Query], times: Sequence[int] | None = None) -> list[Query]:
    """Return the queries with what can be told of their texts as further tags.

    `latin` (no ideograph), `mixed` (ideographs and Latin letters), `number`, `short`, `long`; and `long tail`
    where shoppers were never seen to search for it: `times` is how often they did, None where nobody knows.
    """
    counts = [1] * len(queries) if times is None else times
    return [
        replace(query, tags=tuple(dict.fromkeys([*query.tags, *_of_text(query.text, count)])))
        for query, count in zip(queries, counts, strict=True)
    ]


def _of_text(typed: str, times: int) -> list[str]:
    text = normalise(typed)
    has_han, has_latin = bool(_HAN.search(text)), bool(_LATIN.search(text))
    length = len(text.replace(" ", ""))
    holds = {
        "long tail": not times,
        "latin": has_latin and not has_han,
        "mixed": has_latin and has_han,
        "number": bool(_DIGIT.search(text)),
        "short": length <= _SHORT_UP_TO,
        "long": length >= _LONG_FROM,
    }
    return [tag for tag, is_so in holds.items() if is_so]
