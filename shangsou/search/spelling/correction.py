"""Query correction: convert pinyin and fix typos."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from shangsou.lexicon.lexicon import Lexicon
from shangsou.search.ranking.recipe import RankingRecipe
from shangsou.search.spelling.corrector import SpellingCorrector
from shangsou.search.spelling.latin import correct_latin
from shangsou.search.spelling.pinyin import read_pinyin
from shangsou.search.spelling.short_words import correct_short_word
from shangsou.search.understood import Constraint, Correction

# Pinyin in full finds next to nothing as it stands, so the likeliest reading is shown from a third on; first
# letters are believed when most of what is typed so is one phrase.
_MIN_PINYIN_PROBABILITY, _MIN_INITIALS_PROBABILITY = 1 / 3, 1 / 2


class QueryCorrection(NamedTuple):
    """What may have been meant by the text of a query."""

    step: Literal["pinyin", "spelling"]
    text: str
    """Normalized, without the limits in the query."""
    correction: Correction


def find_correction(
    text: str, constraints: Sequence[Constraint], recipe: RankingRecipe, lexicon: Lexicon
) -> QueryCorrection | None:
    """Return what may have been meant by a normalized text, None where it is as it was meant.

    Phrases in quotation marks, and words of the shop's synonyms and brands, stay as they are.
    """
    known_words = recipe.latin_synonyms.words_in(text)
    if "pinyin" in recipe.understanding:
        reading = read_pinyin(text, lexicon, known_words)
        if reading is not None:
            applied = reading.probability >= (
                _MIN_INITIALS_PROBABILITY if reading.is_initials else _MIN_PINYIN_PROBABILITY
            )
            applied = applied and not reading.is_title_word
            return _make_correction("pinyin", reading.text, reading.probability, constraints, applied=applied)
    if "spelling" in recipe.understanding:
        phrases = [constraint.label for constraint in constraints if constraint.kind == "phrase"]

        def is_known(word: str) -> bool:
            return word in recipe.synonyms or lexicon.brands.counts([word]) != [0]

        correction = (
            correct_latin(text, lexicon, known_words)
            or correct_short_word(text, lexicon, lambda word: word in phrases or is_known(word))
            or SpellingCorrector(lexicon).correct(text, [*phrases, *known_words], is_known)
        )
        if correction is not None:
            return _make_correction(
                "spelling",
                correction.text,
                correction.probability,
                constraints,
                applied=correction.is_confident,
            )
    return None


def _make_correction(
    step: Literal["pinyin", "spelling"],
    text: str,
    probability: float,
    constraints: Sequence[Constraint],
    *,
    applied: bool,
) -> QueryCorrection:
    query = text
    for constraint in constraints:
        if constraint.kind == "phrase" and constraint.label in query:
            query = query.replace(constraint.label, constraint.typed, 1)
        else:
            query += f" {constraint.typed}"
    return QueryCorrection(step, text, Correction(query.strip(), applied, round(probability, 3)))
