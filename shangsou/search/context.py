"""Everything that a search uses besides its request."""

from dataclasses import dataclass

from shangsou.behaviour.history import NO_HISTORY, History
from shangsou.encoding.encoder import Encoder
from shangsou.engines.engine import Engine
from shangsou.engines.query import Sort
from shangsou.lexicon.lexicon import Lexicon, fact_table_of
from shangsou.search.personal.personalize import RerankMethod
from shangsou.search.personal.rerank import Personalizer
from shangsou.search.ranking.recipe import RankingRecipe
from shangsou.text.facts import FactTable
from shangsou.text.segmenter import Segmenter


@dataclass(frozen=True, slots=True)
class SearchContext:
    """One open generation with what understands, ranks and personalizes a search of it."""

    engine: Engine
    encoder: Encoder | None
    """None where it could not be opened: the search goes on without vectors and says so."""
    recipe: RankingRecipe
    lexicon: Lexicon | None = None
    """None where none was built with the index: steps of understanding that need one are left out."""
    history: History = NO_HISTORY
    """What the shopper did; empty for a stranger."""
    personalizer: Personalizer | None = None
    """Re-ranks by the history; None leaves the order as it is."""

    @property
    def fact_table(self) -> FactTable:
        """What texts are read by: what the products of this generation were read by."""
        return fact_table_of(self.lexicon)

    @property
    def segmenter(self) -> Segmenter:
        """What texts are cut into words by: what those of this generation were cut by."""
        return self.engine.generation.recipe.segmenter

    def rerank_method(self, query_text: str, sort: Sort) -> RerankMethod | None:
        """Return what a search is re-ranked by, None where the plain order stays.

        It stays with an impact of 0, for strangers and for shoppers who have opted out, where the query says
        nothing, and in every order but that of relevance.
        """
        if self.personalizer is None or sort != "relevance":
            return None
        if not self.recipe.personal_impact or not query_text:
            return None
        if self.history.events:
            return "history"
        return "segment" if self.history.is_cold_start else None
