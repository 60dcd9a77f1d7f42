"""The engine protocol, implemented by the embedded engine and by Elasticsearch."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from shangsou.engines.changes import ChangedProduct
from shangsou.engines.listing import Listing
from shangsou.engines.product_terms import ProductTerms
from shangsou.engines.query import (
    NO_FILTERS,
    CandidateSet,
    FacetRequest,
    Filters,
    Hit,
    Leg,
    LexicalQuery,
    Page,
    ResultPage,
    Vector,
)
from shangsou.engines.recipe import IndexRecipe
from shangsou.product import Product


@dataclass(frozen=True, slots=True)
class Document:
    """The data that an engine stores for a product."""

    product: Product
    title_vector: Vector
    """Shape (dimensions,), of length 1, like `description_vector`."""
    description_vector: Vector | None = None


@dataclass(frozen=True, slots=True)
class Generation:
    """One complete, immutable state of the index, over which later changes lie."""

    name: str
    """`gen-N`, N counting up."""
    created_at: str
    """ISO 8601, UTC."""
    documents: int
    recipe: IndexRecipe
    source: str
    """The source of the products, for people: file names, or `sample shop`."""
    current: bool = False
    replaces: str = ""
    """The generation that was current when this was built, empty if there was none."""
    sequence: int = 0
    """The number of the last change that its source holds; later ones lie over it."""
    merges: str = ""
    """The generation of which this is a copy with the changes since; empty if it came from a catalog."""
    uid: str = ""
    """What tells it from every other, also from one of the same name; empty where the engine has none."""


class Retriever(Protocol):
    """A source of ranked hits: an engine, or a recording of one."""

    def retrieve(self, legs: Sequence[Leg]) -> list[list[Hit]]:
        """Return the hits of each leg, in one round trip."""
        ...

    def passing(self, product_ids: Sequence[str], filters: Filters) -> set[str]:
        """Return which of these are ids of products that exist, are on sale, and pass the filters."""
        ...

    def passing_variants(self, product_ids: Sequence[str], filters: Filters) -> set[str]:
        """Return one variant of each of these products that is on sale and passes the filters.

        The first by its id that is in stock, else the first.
        """
        ...

    def holding(self, product_ids: Sequence[str], terms: Sequence[Sequence[str]]) -> list[set[str]]:
        """Return for each list of terms which of these products have one of them, in one round trip."""
        ...

    def listings(self, product_ids: Sequence[str]) -> dict[str, Listing]:
        """Return what of each of these products orders results besides its match, of those that exist."""
        ...


class Engine(Retriever, Protocol):
    """One generation, open for searching by many threads. Products off sale are never returned.

    All methods raise `EngineUnavailable` when the storage cannot be reached.
    """

    generation: Generation
    sequence: int
    """The number of the last change that searches see."""

    def fetch_page(
        self, candidate_set: CandidateSet, page: Page, facets: Sequence[FacetRequest]
    ) -> ResultPage:
        """Return total, page and facets, in one round trip."""
        ...

    def lexical_field_scores(
        self, query: LexicalQuery, product_ids: Sequence[str]
    ) -> dict[str, Mapping[str, float]]:
        """Return for each product the weighted BM25 score of each field that scored, for explanations.

        For the query itself, without its alternatives.
        """
        ...

    def count(self, filters: Sequence[Filters]) -> list[int]:
        """Return how many groups have a variant that passes each of the filters, in one round trip."""
        ...

    def variants(
        self, product_ids: Sequence[str], most: int, filters: Filters = NO_FILTERS
    ) -> dict[str, list[Product]]:
        """Return the variants of each of these products: what is on sale of its group, by their ids.

        At most `most` of each, of those that pass the filters. Products of no group, or of one that has
        nothing else, are left out.
        """
        ...

    def products(self, product_ids: Sequence[str]) -> list[Product]:
        """Return the products with these ids that exist and are on sale, in the order of the ids."""
        ...

    def main_types(self, product_ids: Sequence[str]) -> dict[str, str]:
        """Return the main product type of these products, of those that have one."""
        ...

    def cosines(self, vector: Vector, product_ids: Sequence[str]) -> Vector:
        """Return the cosine of each product's title vector with `vector`, of length 1; shape (products,).

        NaN for products that do not exist or are off sale.
        """
        ...

    def title_vectors(self, product_ids: Sequence[str]) -> dict[str, Vector]:
        """Return the title vector of each of these products, shape (dimensions,), of length 1.

        Products that do not exist or are off sale have none.
        """
        ...


class LiveEngine(Engine, Protocol):
    """An engine with changes over its generation, as a store opens it."""

    clock: Callable[[], float]
    """Returns the time in seconds since the epoch, by which offers are prices; replaced in tests."""

    def changed(self, changes: Sequence[ChangedProduct], sequence: int) -> "LiveEngine":
        """Return an engine that searches the products as they are after changes, up to a number.

        Searches under way see the products as they were, or, where processes share a storage, as they are.
        """
        ...

    def refreshed(self, changed_ids: Collection[str]) -> "LiveEngine":
        """Return an engine that knows what other processes wrote since into the storage that both search.

        `changed_ids` are the products that it may be of. Itself, where each process holds changes on its own.
        """
        ...

    def ahead(self, product_ids: Sequence[str]) -> Mapping[str, int]:
        """Return the number of the last change of those of these products that hold later ones than it says.

        Where a process ended while it wrote.
        """
        ...

    @property
    def superfluous_rows(self) -> tuple[int, int]:
        """How many rows a merge of the changes would save, and how many there are."""
        ...

    def stored(self, product_ids: Sequence[str]) -> dict[str, Product]:
        """Return the products with these ids that exist, on sale or not, with the prices of the catalog."""
        ...

    def product_ids(self) -> Iterator[str]:
        """Yield the ids of all products, on sale or not, each once and in no order."""
        ...

    def close(self) -> None:
        """Release resources; searches in flight may fail afterwards."""
        ...


class GenerationWriter(Protocol):
    """Writes one new generation next to the current one. Nothing is visible before `GenerationStore.switch`.

    Used as a context manager: leaving it without `finish`, or by an error before the generation is
    current, removes the files.
    """

    def __enter__(self) -> "GenerationWriter": ...

    def __exit__(self, *exc: object) -> None: ...

    def add(self, documents: Sequence[Document]) -> None:
        """Append documents. Product ids are distinct."""
        ...

    def write_documents(self) -> None:
        """Write all that needs neither types nor facts; no documents are added after it.

        To be called while these are still learned: `finish` does it otherwise.
        """
        ...

    def finish(self, types: Sequence[Sequence[str]] = (), facts: ProductTerms | None = None) -> Generation:
        """Complete the generation: durable on disk, but not yet current.

        Both are learned from all documents, and so come last.

        Parameters
        ----------
        types
            The product types of each document in the order they were added, the main one first. Empty: no
            document has a type.
        facts
            The terms of the facts of each document in the same order. None: no document has any.
        """
        ...


class GenerationStore(Protocol):
    """The generations of one index. Only one writer at a time, across processes (`IndexBusy`)."""

    def current(self) -> str | None:
        """Return the name of the current generation."""
        ...

    def current_key(self) -> str | None:
        """Return what tells the current generation from every other; cheap enough to poll twice a second.

        A name is given again after an index was deleted by hand; a key is not.
        """
        ...

    def is_marked(self, name: str) -> bool:
        """Return whether a generation was found to be damaged, so that it is not searched. Cheap."""
        ...

    def generations(self) -> list[Generation]:
        """Return all complete generations, newest first."""
        ...

    def open(self, name: str | None = None) -> LiveEngine:
        """Open a generation, by default the current one, or raise `NoIndex`."""
        ...

    def writer(
        self, recipe: IndexRecipe, source: str, *, sequence: int = 0, merges: str = ""
    ) -> GenerationWriter:
        """Begin a new generation, holding the writer lock until the context is left.

        Of products as they are at the change `sequence`; `merges` as `Generation` has it.
        """
        ...

    def check_writable(self) -> None:
        """Raise `UnusableInput` if no generation can be written; for a check before any work."""
        ...

    def lock(self) -> AbstractContextManager[None]:
        """Hold the writer lock, or raise `IndexBusy`."""
        ...

    def remove(self, name: str) -> None:
        """Remove a generation, which must not be the current one, with the lock held."""
        ...

    def switch(self, name: str) -> None:
        """Make a complete generation current, atomically, and remove those in `generations.find_superseded`.

        Must be called with the lock held: by a writer, or within `lock`.
        """
        ...
