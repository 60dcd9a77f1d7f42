"""Learn the product types of a catalog from its titles, its category tree and its title vectors."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from shangsou.engines.cosine_scale import SAME_SCALE, CosineScale
from shangsou.lexicon.categories import CategoryPath
from shangsou.lexicon.named_types import NamedTypes, pairs_of
from shangsou.lexicon.phrases import brand_spellings, title_words
from shangsou.lexicon.type_assignment import TypeAssignment, assign_types
from shangsou.lexicon.type_space import TitleVectors
from shangsou.lexicon.type_vocabulary import VocabularyLearner, leaf_words, node_words
from shangsou.lexicon.type_words import TypeWordScanner, goes_with, word_suffixes
from shangsou.product import Product
from shangsou.text.normalize import normalize
from shangsou.text.segmenter import PACKAGED, Segmenter


class TypeLearner:
    """Collects what product types are learned from, product by product."""

    def __init__(self, segmenter: Segmenter = PACKAGED) -> None:
        self._segmenter = segmenter
        self.ids: list[str] = []
        self.titles: list[str] = []
        """Normalized, without brands."""
        self._leaves: list[CategoryPath] = []
        self._declared: list[str] = []
        self._goes_with: list[bool] = []
        self._brands: set[str] = set()
        self._vocabulary = VocabularyLearner()

    def add(self, products: Iterable[Product]) -> None:
        """Add the titles, brands and categories of products."""
        for product in products:
            # A brand may hold words for things: 积木星球客.
            title = normalize(product.title)
            for spelling in brand_spellings(product.brand):
                self._brands.add(spelling)
                title = title.replace(spelling, " ")
            self.ids.append(product.product_id)
            self.titles.append(title)
            self._goes_with.append(goes_with(title))
            self._leaves.append(product.category)
            self._declared.append(normalize(product.product_type))
            self._vocabulary.add(title_words(title, self._segmenter))

    def assign(self, vectors: TitleVectors, cosines: CosineScale = SAME_SCALE) -> TypeAssignment:
        """Return the types of the catalog, and those of each product.

        Parameters
        ----------
        vectors
            The title vectors of the products in the order they were added, shape (products, dimensions).
        cosines
            The scale of their cosines.
        """
        certain = {name for name in self._declared if name}.union(
            *((*leaf_words(path), *node_words(path)) for path in set(self._leaves))
        )
        vocabulary = self._vocabulary.vocabulary(self._brands, self._segmenter) | certain
        if not vocabulary or not len(vectors):
            return TypeAssignment(None, [()] * len(self.titles), [])
        names_leaf: list[bool] = []
        pairs, words = pairs_of(self._named(vocabulary, names_leaf), self._leaves, self._declared)
        products = NamedTypes(pairs, words, self._leaves, self._declared, self._goes_with, names_leaf)
        assignment = assign_types(products, frozenset(certain), vectors, self._segmenter, cosines)
        if assignment.types is None:
            return assignment
        other_words = frozenset(vocabulary).difference(assignment.types.names)
        return replace(assignment, types=replace(assignment.types, other_words=other_words))

    def _named(self, vocabulary: Collection[str], names_leaf: list[bool]) -> Iterator[Sequence[str]]:
        """Yield for each product the types that its title names, what they end in, and its leaf.

        Whether the title names the leaf is appended to `names_leaf`.
        """
        endings = {
            word: [suffix for suffix in word_suffixes(word, self._segmenter) if suffix in vocabulary]
            for word in vocabulary
        }
        heads_of_titles = TypeWordScanner(vocabulary, self._segmenter).heads_of(self.titles)
        for heads, path, declared in zip(heads_of_titles, self._leaves, self._declared, strict=True):
            leaf = leaf_words(path)
            names_leaf.append(not set(leaf).isdisjoint(heads))
            if declared:
                yield (declared,)
            else:
                suffixes = [suffix for head in heads for suffix in endings[head]]
                yield tuple(dict.fromkeys([*heads, *suffixes, *leaf]))
