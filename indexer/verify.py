"""Verification of a new generation before it is switched to."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime

from shangsou.engines.engine import Document, Engine, Generation, GenerationStore, LiveEngine
from shangsou.engines.query import Filters, Hit, LexicalLeg, LexicalQuery, VectorLeg
from shangsou.errors import IndexingFailed
from shangsou.product import product_to_json
from shangsou.text.normalize import normalize
from shangsou.text.segmenter import Segmenter
from shangsou.text.terms import grams, words

# Products looked up: a generation of which a tenth is damaged passes with a probability of 1 % / 8.
SAMPLE_SIZE = 40
# Depth at which a product must be found by its own title and vector: that of a search's legs.
_DEPTH = 100
# Elasticsearch's kNN is approximate (recall@100 .90 measured), and many products may share a title.
_MIN_FOUND_SHARE = 0.8
# Characters of a title that are searched: Elasticsearch limits the clauses of a query.
_TITLE_CHARACTERS = 60


class Sample:
    """A uniform sample of a stream of any length (reservoir sampling, Vitter 1985), the same in each run."""

    def __init__(self) -> None:
        self.documents: list[Document] = []
        self._count = 0
        self._random = random.Random(SAMPLE_SIZE)

    def add(self, documents: Sequence[Document]) -> None:
        """Sample the documents with equal probability, without products off sale, which are never found."""
        for document in documents:
            if document.product.status == "off":
                continue
            self._count += 1
            if len(self.documents) < SAMPLE_SIZE:
                self.documents.append(document)
                continue
            position = self._random.randrange(self._count)
            if position < SAMPLE_SIZE:
                self.documents[position] = document


def verify(store: GenerationStore, generation: Generation, documents: int, sample: Sample) -> None:
    """Verify a generation: its count, a sample read back, and that the sample finds itself.

    Raises
    ------
    IndexingFailed
        Names the check that failed.
    """
    engine = store.open(generation.name)
    try:
        if engine.generation.documents != documents:
            raise IndexingFailed(
                f"{generation.name} failed its check: it holds {engine.generation.documents:,} products "
                f"where {documents:,} were written"
            )
        _check_read_back(engine, sample.documents)
        _check_self_search(engine, sample.documents)
    finally:
        engine.close()


def _check_read_back(engine: LiveEngine, sample: Sequence[Document]) -> None:
    moment = engine.clock()
    engine.clock = lambda: moment  # an offer may end meanwhile
    now = datetime.fromtimestamp(moment, UTC)
    stored = {
        product.product_id: product
        for product in engine.products([document.product.product_id for document in sample])
    }
    for document in sample:
        product = stored.get(document.product.product_id)
        if product is None or product_to_json(product) != product_to_json(document.product.current(now)):
            state = "is missing" if product is None else "reads back differently"
            raise IndexingFailed(
                f"{engine.generation.name} failed its check: product {document.product.product_id} {state}"
            )


def _check_self_search(engine: Engine, sample: Sequence[Document]) -> None:
    searchable = [(document, text) for document in sample if grams(text := normalize(document.product.title))]
    segmenter = engine.generation.recipe.segmenter
    lexical = engine.retrieve(
        [LexicalLeg(_title_query(text, segmenter), Filters(), _DEPTH) for _, text in searchable]
    )
    semantic = engine.retrieve(
        [VectorLeg("title_vector", document.title_vector, Filters(), _DEPTH) for document in sample]
    )
    for field, documents, hit_lists in (
        ("title", [document for document, _ in searchable], lexical),
        ("vector", list(sample), semantic),
    ):
        found_count = sum(map(_is_found, documents, hit_lists))
        if found_count < _MIN_FOUND_SHARE * len(documents):
            raise IndexingFailed(
                f"{engine.generation.name} failed its check: of {len(documents)} products searched by "
                f"their own {field}, {found_count} were found"
            )


def _is_found(document: Document, hits: Sequence[Hit]) -> bool:
    if any(hit.product_id == document.product.product_id for hit in hits):
        return True
    # More products than were requested have the same score: they share the title.
    return len(hits) == _DEPTH and hits[-1].score >= 0.999 * hits[0].score


def _title_query(text: str, segmenter: Segmenter) -> LexicalQuery:
    beginning = text[:_TITLE_CHARACTERS]
    return LexicalQuery(
        words=tuple(dict.fromkeys(words(beginning, segmenter))),
        grams=tuple(dict.fromkeys(grams(beginning))),
        required_grams=(),
        required_count=0,
        weights={"title.grams": 1.0, "title.words": 1.0},
    )
