"""The search request, validated at the edges (HTTP and command line)."""

from dataclasses import dataclass, field
from typing import Literal

from shangsou.engines.query import Filters, Sort

Mode = Literal["hybrid", "lexical", "semantic"]
MAX_PAGE_SIZE = 100
MAX_DEPTH = 10_000
"""Most products that can be paged through: page x size. Elasticsearch's own result window."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search. An empty query browses by sales."""

    query: str = ""
    filters: Filters = field(default_factory=Filters)
    facets: tuple[str, ...] = ()
    """`category`, `brand`, `price`, `attributes.NAME`, or `attributes` for the most telling names."""
    sort: Sort = "relevance"
    page: int = 1
    """From 1."""
    size: int = 20
    mode: Mode = "hybrid"
    explain: bool = False
    correct: bool = True
    """Whether typos and pinyin may be corrected; else the query is searched for as typed."""
    personalize: bool = True
    user_id: str = ""
    session_id: str = ""
    explain_id: str = ""
    """A product of which the response says whether it matches, and if not, why."""
    ignore: tuple[str, ...] = ()
    """Ids of facts in the query that are not to count."""
    collapse: bool = True
    """Whether the variants of a product are one hit."""
    query_id: str = ""
    """The query id of page 1, on later pages."""
    within: Filters | None = None
    """What the caller may see; None: all products."""


@dataclass(frozen=True, slots=True)
class SuggestRequest:
    """What was typed so far."""

    typed: str = ""
    size: int = 8
    """Most queries; a few categories and brands come beside them."""
    products: int = 3
    """Most products."""
