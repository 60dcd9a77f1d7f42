"""Words of a shop: names and values of its products, and words of its titles."""

from dataclasses import dataclass

from shangsou.lexicon.lexicon import Lexicon, fact_table_of
from shangsou.lexicon.ngrams import ORDER, codes, keys_of
from shangsou.text.colours import find_colours
from shangsou.text.facts import FactTable
from shangsou.text.segmenter import PACKAGED, Segmenter

# Longer phrases of titles are no words.
_LONGEST = 6


@dataclass(frozen=True, slots=True)
class ShopWords:
    """The words of a shop; without a lexicon only those of the language are known."""

    lexicon: Lexicon | None = None
    segmenter: Segmenter = PACKAGED
    """What titles and queries are cut into words by."""

    @property
    def table(self) -> FactTable:
        """The units, colours and other spellings that the shop's index was built with."""
        return fact_table_of(self.lexicon)

    def is_title_word(self, text: str) -> bool:
        """Return whether titles hold a text as a word, or as two."""
        return self.lexicon is not None and bool(self.lexicon.words.counts([text])[0])

    def is_name(self, text: str) -> bool:
        """Return whether a text is a value, a brand or a product type."""
        lexicon = self.lexicon
        if lexicon is None:
            return False
        facts, types = lexicon.facts, lexicon.product_types
        is_stated = facts is not None and (text in facts.names_of_values or text in facts.brands)
        return is_stated or (types is not None and text in types)

    def is_known(self, text: str) -> bool:
        """Return whether the shop has something of a text: a name, a colour, or a word of its titles."""
        is_colour = any(colour.name == text for colour in find_colours(text, self.table))
        return self.lexicon is None or is_colour or self.is_name(text) or self.titles_hold(text)

    def is_value(self, text: str) -> bool:
        """Return whether a text is a colour, a brand or a value."""
        return (0, len(text)) in self.values_in(text)

    def titles_hold(self, text: str) -> bool:
        """Return whether titles hold the beginning of a text, words or not."""
        if self.lexicon is None:
            return False
        start = text[:ORDER]
        return bool(self.lexicon.sequences[0].counts(len(start), keys_of(codes(start)[None]))[0])

    def has_name_from(self, text: str, start: int, size: int) -> bool:
        """Return whether a name begins at a place that is longer than some size, as `不含酒精`."""
        return any(
            self.is_name(text[start:end])
            for end in range(start + size + 1, min(len(text), start + size + _LONGEST) + 1)
        )

    def has_name_around(self, text: str, start: int, end: int) -> bool:
        """Return whether a name of the shop holds a stretch of a text, or goes beyond one end of it."""
        return any(
            self.is_name(text[left:right])
            for left in range(max(0, end - _LONGEST), start + 1)
            for right in range(end, min(len(text), left + _LONGEST) + 1)
        )

    def thing_at_end(self, word: str) -> str:
        """Return the longest product type that a word ends in, if it says more; else nothing."""
        types = self.lexicon.product_types if self.lexicon else None
        ends = (word[start:] for start in range(1, len(word) - 1))
        return next((end for end in ends if types is not None and end in types), "")

    def begins_with_thing(self, text: str) -> bool:
        """Return whether a text begins with a product type."""
        types = self.lexicon.product_types if self.lexicon else None
        return types is not None and any(mention.start == 0 for mention in types.scanner.mentions(text))

    def values_in(self, text: str) -> list[tuple[int, int]]:
        """Return where the values, brands and colours in a text begin and end."""
        facts = self.lexicon.facts if self.lexicon else None
        spans = [(start, end) for _, start, end in find_colours(text, self.table)]
        if facts is not None:
            for scanner in (facts.value_scanner, facts.brand_scanner):
                spans += [(start, end) for _, start, end in scanner.find_longest(text)]
        return spans

    def things_in(self, text: str) -> list[tuple[int, int]]:
        """Return where the product types, values, brands and colours in a text begin and end."""
        types = self.lexicon.product_types if self.lexicon else None
        mentions = types.scanner.mentions(text) if types else []
        return [*((mention.start, mention.end) for mention in mentions), *self.values_in(text)]
