"""Understanding of a query: a list of steps, each of which adds what it finds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from shangsou.engines.query import Filters, LexicalQuery, Sort
from shangsou.lexicon.lexicon import Lexicon
from shangsou.limits import MAX_QUERY_LENGTH
from shangsou.search.ranking.recipe import RankingRecipe
from shangsou.search.spelling.correction import find_correction
from shangsou.search.understanding.alternatives import join_alternatives
from shangsou.search.understanding.constraints import parse_constraints
from shangsou.search.understanding.entities import find_entities, term_weights
from shangsou.search.understanding.exclusions import exclude
from shangsou.search.understanding.latin_words import LatinWords, Translation
from shangsou.search.understanding.lexical_query import distinct_words, make_lexical_query, with_alternatives
from shangsou.search.understanding.shop_words import ShopWords
from shangsou.search.understood import ConstraintKind, Correction, PriceLevel, Step, Understood
from shangsou.text.normalize import normalize
from shangsou.text.segmenter import PACKAGED, Segmenter
from shangsou.text.synonyms import Rewording, reword
from shangsou.text.terms import characters


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query as retrieval needs it; while it is being understood, as far as the steps have come."""

    text: str
    """Normalized. Empty: the query says nothing that can be searched."""
    lexical: LexicalQuery
    understood: Understood
    filters: Filters = field(default_factory=Filters)
    """What the query itself demands."""
    rewordings: tuple[Rewording, ...] = ()
    """The text in other words."""
    other_texts: tuple[str, ...] = ()
    """The text before its Latin words were written as the shop knows them; scored beside it."""
    translations: tuple[Translation, ...] = ()
    """What of it was English."""
    sort: Sort | None = None
    """The order that it asks for, as `最便宜的手机` does."""
    price_level: PriceLevel | None = None
    """Whether what is cheap for its type, or dear, comes first."""
    denials: tuple[str, ...] = ()
    """What titles say of products without what it does not want, as 无鞋带 for `不带鞋带`."""
    correction: Correction | None = None
    """What may have been meant; where it is applied, `text` says it."""

    @property
    def synonyms(self) -> tuple[str, ...]:
        """What stands for its phrases in its rewordings."""
        return tuple(dict.fromkeys(new for one in self.rewordings for _, new in one.replacements))

    @property
    def meaning(self) -> str:
        """What is encoded: the text, and what titles say of products without what is not wanted."""
        return " ".join((self.text, *self.denials))


@dataclass(frozen=True, slots=True)
class Resources:
    """What steps go by."""

    recipe: RankingRecipe
    """Its `understanding` names the steps that can be switched off."""
    lexicon: Lexicon | None
    """Steps that need to know what can be said in the shop are left out without one."""
    segmenter: Segmenter
    correct: bool
    """Whether mistyped queries may be corrected."""

    @property
    def shop_words(self) -> ShopWords:
        """The words of the shop."""
        return ShopWords(self.lexicon, self.segmenter)


class UnderstandingStep(Protocol):
    """One step of understanding."""

    def __call__(self, query: ParsedQuery, resources: Resources, /) -> ParsedQuery:
        """Return the query with what the step finds; what changed its text is listed in its steps."""
        ...


def understand(
    typed: str,
    recipe: RankingRecipe,
    lexicon: Lexicon | None = None,
    segmenter: Segmenter = PACKAGED,
    *,
    correct: bool = True,
) -> ParsedQuery:
    """Return what a query says. Every step that changes its text is listed in `understood.steps`."""
    resources = Resources(recipe, lexicon, segmenter, correct)
    query = ParsedQuery(typed, _NOTHING, Understood(typed[:MAX_QUERY_LENGTH], "", (), ()))
    for step in STEPS:
        query = step(query, resources)
    return query


def truncate(query: ParsedQuery, _resources: Resources) -> ParsedQuery:
    """Drop what is beyond `MAX_QUERY_LENGTH`."""
    if len(query.text) <= MAX_QUERY_LENGTH:
        return query
    step = Step("truncate", f"{len(query.text)} characters", f"{MAX_QUERY_LENGTH} characters")
    return _changed(query, query.text[:MAX_QUERY_LENGTH], step)


def take_out_constraints(query: ParsedQuery, resources: Resources) -> ParsedQuery:
    """Make filters of the limits that stand in the text, and an order of what it says of cheap and dear."""
    steps = resources.recipe.understanding
    constrained = parse_constraints(
        query.text,
        resources.shop_words,
        has_limits="constraints" in steps,
        has_price_order="price_order" in steps,
    )
    if not constrained.constraints:
        return query
    changed = _changed(query, constrained.text, Step("constraints", query.text, constrained.text))
    filters = constrained.filters
    if "synonyms" in steps:
        # Who wants no 蓝牙 wants no 蓝芽 either.
        synonyms = resources.recipe.synonyms
        others = [other for one in filters.exclusions for other in synonyms.get(one.text, ())]
        filters = filters.intersect(Filters(exclusions=tuple(map(exclude, others))))
    return replace(
        changed,
        filters=filters,
        sort=constrained.sort,
        price_level=constrained.price_level,
        understood=replace(changed.understood, constraints=constrained.constraints),
    )


def normalize_text(query: ParsedQuery, _resources: Resources) -> ParsedQuery:
    """Write the text as titles are indexed; empty where it holds no letter, digit or ideograph."""
    # Compatibility characters become several: one Arabic ligature eighteen.
    normalized = normalize(query.text)[:MAX_QUERY_LENGTH].strip()
    changed = query
    if normalized != query.text:
        changed = _changed(query, normalized, Step("normalize", query.text, normalized))
    return changed if characters(normalized) else replace(changed, text="")


def write_latin(query: ParsedQuery, resources: Resources) -> ParsedQuery:
    """Write names as synonyms spell them, and English words in Chinese, outside quotation marks."""
    recipe = resources.recipe
    is_quoted = any(constraint.kind == "phrase" for constraint in query.understood.constraints)
    if "synonyms" not in recipe.understanding or is_quoted:
        return query
    reading = LatinWords(recipe.latin_synonyms, resources.lexicon).read(query.text)
    if reading is None:
        return query
    step = Step("translate" if reading.translations else "names", query.text, reading.text)
    return replace(
        _changed(query, reading.text, step), other_texts=(query.text,), translations=reading.translations
    )


def correct_spelling(query: ParsedQuery, resources: Resources) -> ParsedQuery:
    """Read pinyin and correct typos, or note what may have been meant."""
    if resources.lexicon is None or not resources.correct:
        return query
    found = find_correction(query.text, query.understood.constraints, resources.recipe, resources.lexicon)
    if found is None:
        return query
    query = replace(query, correction=found.correction)
    if not found.correction.applied:
        return query
    return _changed(query, found.text, Step(found.step, query.text, found.text))


def write_alternatives(query: ParsedQuery, resources: Resources) -> ParsedQuery:
    """Write 或 and 或者 between alternatives as 、, which no product has to hold."""
    if "alternatives" not in resources.recipe.understanding:
        return query
    joined = join_alternatives(query.text, resources.shop_words)
    if joined == query.text:
        return query
    return _changed(query, joined, Step("alternatives", query.text, joined))


def segment(query: ParsedQuery, resources: Resources) -> ParsedQuery:
    """Cut the text into words, and make the lexical query of it."""
    query_words = distinct_words(query.text, resources.segmenter)
    lexical = make_lexical_query(query.text, resources.recipe.field_weights, resources.segmenter)
    understood = replace(query.understood, normalized=query.text, words=query_words)
    segmented = replace(query, lexical=lexical, understood=understood)
    if not query_words:
        return segmented
    return _changed(segmented, query.text, Step("segment", query.text, " ".join(query_words)))


def add_synonyms(query: ParsedQuery, resources: Resources) -> ParsedQuery:
    """Add other ways to say the text to the lexical query."""
    recipe = resources.recipe
    if "synonyms" not in recipe.understanding:
        return query
    rewordings = reword(query.text, recipe.synonyms, resources.segmenter)
    texts = [*query.other_texts, *(rewording.text for rewording in rewordings)]
    if not texts:
        return query
    weights = {name: weight * recipe.synonym_weight for name, weight in recipe.field_weights.items()}
    lexical = with_alternatives(query.lexical, texts, weights, resources.segmenter)
    changed = replace(query, lexical=lexical, rewordings=tuple(rewordings))
    return _changed(changed, query.text, Step("synonyms", query.text, " / ".join(texts)))


def add_denials(query: ParsedQuery, resources: Resources) -> ParsedQuery:
    """Add what titles say of products without what is not wanted: 无鞋带 for `不带鞋带`."""
    shop = resources.shop_words
    held = [
        denial
        for exclusion in query.filters.exclusions
        for denial in [next(filter(shop.titles_hold, exclusion.denials), "")]
        if denial
    ]
    if not held or not query.text:
        return query
    texts = [f"{query.text} {denial}" for denial in held]
    lexical = with_alternatives(query.lexical, texts, resources.recipe.field_weights, resources.segmenter)
    return replace(query, lexical=lexical, denials=tuple(held))


def recognize_entities(query: ParsedQuery, resources: Resources) -> ParsedQuery:
    """Find what stretches of the text stand for, and weigh the terms of the lexical query by it."""
    recipe, lexicon = resources.recipe, resources.lexicon
    if "entities" not in recipe.understanding:
        return query
    catalog_entities = lexicon.entities if lexicon else {}
    entities = tuple(find_entities(query.text, recipe.entities, catalog_entities, resources.segmenter))
    terms = (*query.lexical.words, *query.lexical.grams)
    weights = term_weights(query.text, entities, terms, recipe.entity_weights)
    return replace(
        query,
        lexical=replace(query.lexical, term_weights=weights),
        understood=replace(query.understood, entities=entities),
    )


def predict_categories(query: ParsedQuery, resources: Resources) -> ParsedQuery:
    """Predict in which categories what the text asks for is filed."""
    model = resources.lexicon.category_model if resources.lexicon else None
    if model is None or "categories" not in resources.recipe.understanding:
        return query
    categories = model.predict(query.text)
    return replace(query, understood=replace(query.understood, categories=categories))


STEPS: Sequence[UnderstandingStep] = (
    truncate,
    take_out_constraints,
    normalize_text,
    write_latin,
    correct_spelling,
    write_alternatives,
    segment,
    add_synonyms,
    add_denials,
    recognize_entities,
    predict_categories,
)
_NOTHING = LexicalQuery((), (), (), 0, {})


def drop_prices(query: ParsedQuery) -> ParsedQuery:
    """Return a query that demands no price: a price that was chosen beside it counts instead."""
    return replace(_without_constraints(query, {"price"}), filters=query.filters.without("price"))


def drop_order(query: ParsedQuery) -> ParsedQuery:
    """Return a query that asks for no order: one that was chosen beside it counts instead."""
    return replace(_without_constraints(query, {"sort", "price_level"}), sort=None, price_level=None)


def _without_constraints(query: ParsedQuery, kinds: Collection[ConstraintKind]) -> ParsedQuery:
    kept = tuple(constraint for constraint in query.understood.constraints if constraint.kind not in kinds)
    return replace(query, understood=replace(query.understood, constraints=kept))


def _changed(query: ParsedQuery, text: str, step: Step) -> ParsedQuery:
    """Return a query with another text, and the step that led to it listed."""
    understood = replace(query.understood, steps=(*query.understood.steps, step))
    return replace(query, text=text, understood=understood)
