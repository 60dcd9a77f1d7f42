"""Everything that a search uses besides its request."""

from dataclasses import dataclass

from shangsou.behaviour.history import NO_HISTORY, History
from shangsou.encoding.encoder import Encoder
from shangsou.engines.engine import Engine
from shangsou.lexicon.lexicon import Lexicon
from shangsou.search.personal.rerank import Personalizer
from shangsou.search.ranking.recipe import RankingRecipe


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
