"""What a shopper may have meant instead of what was typed: pinyin read, slips mended."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from shangsou.lexicon.lexicon import Lexicon
from shangsou.search.latin import mend_latin
from shangsou.search.ranking import RankingRecipe
from shangsou.search.response import Constraint, Correction
from shangsou.search.romanised import read_pinyin
from shangsou.search.spelling import Speller

# Pinyin in full finds next to nothing as it stands, so the likeliest reading is shown from a third on; first
# letters are believed when most of what is typed so is one phrase.
_READ_FROM, _INITIALS_FROM = 1 / 3, 1 / 2


class Found(NamedTuple):
    """What may have been meant by the text of a query."""

    step: Literal["pinyin", "spelling"]
    text: str
    """Normalised, without the limits in the query."""
    correction: Correction


def find_correction(
    text: str, constraints: Sequence[Constraint], recipe: RankingRecipe, lexicon: Lexicon
) -> Found | None:
    """Return what may have been meant by a normalised text, None where it is as it was meant.

    Phrases in quotation marks, and words of the shop's synonyms and brands, stay as they are.
    """
    if "pinyin" in recipe.understanding:
        read = read_pinyin(text, lexicon)
        if read is not None:
            applied = read.probability >= (_INITIALS_FROM if read.is_initials else _READ_FROM)
            applied = applied and not read.is_title_word
            return _found("pinyin", read.text, read.probability, constraints, applied=applied)
    if "spelling" in recipe.understanding:
        phrases = [constraint.label for constraint in constraints if constraint.kind == "phrase"]

        def is_known(word: str) -> bool:
            return word in recipe.synonyms or lexicon.brands.counts([word]) != [0]

        mended = mend_latin(text, lexicon) or Speller(lexicon).mend(text, phrases, is_known)
        if mended is not None:
            return _found("spelling", mended.text, mended.probability, constraints, applied=mended.sure)
    return None


def _found(
    step: Literal["pinyin", "spelling"],
    text: str,
    probability: float,
    constraints: Sequence[Constraint],
    *,
    applied: bool,
) -> Found:
    query = text
    for constraint in constraints:
        if constraint.kind == "phrase" and constraint.label in query:
            query = query.replace(constraint.label, constraint.typed, 1)
        else:
            query += f" {constraint.typed}"
    return Found(step, text, Correction(query.strip(), applied, round(probability, 3)))
