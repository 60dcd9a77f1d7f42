"""Phrases in quotation marks, which have to stand in a product."""

import re
from collections.abc import Iterator

from shangsou.engines.query import Filters
from shangsou.search.understanding.limits import Limit
from shangsou.text.normalize import normalize
from shangsou.text.terms import characters

_PHRASE = re.compile(r"[\"“”「『](?P<words>[^\"“”「」『』]{2,60})[\"“”」』]")


def find_phrases(text: str) -> Iterator[Limit]:
    """Yield the phrases in quotation marks of a normalized text; they are searched for as well."""
    for match in _PHRASE.finditer(text):
        phrase = normalize(match["words"])
        if characters(phrase):
            filters = Filters(contains=(phrase,))
            yield Limit(*match.span(), "phrase", phrase, filters, kept_span=match.span("words"))
