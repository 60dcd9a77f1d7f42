"""What a search found: candidates in order, and what matches strictly beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shangsou.engines.engine import Engine
from shangsou.engines.query import Collected, FacetRequest, Filters, Found, Hit, LexicalQuery, Page, Vector
from shangsou.search.facets import facet_requests
from shangsou.search.filed import damp_filed_elsewhere
from shangsou.search.fuse import Candidate
from shangsou.search.ranking import RankingRecipe
from shangsou.search.request import SearchRequest
from shangsou.search.retrieve import Probe, retrieve
from shangsou.search.understand import Query


@dataclass(frozen=True, slots=True)
class Finding:
    """A found set for each set of filters that a search needs, in order."""

    probe: Probe
    """What the engine was asked for. What matches its lexical part strictly is found."""
    candidates: Mapping[Filters, Sequence[Candidate]]
    """Best first."""
    everything: bool = False
    """Browsing: every product within the filters."""
    strict: Sequence[Hit] = ()
    """What matches strictly within the filters of the request, best first, as many as were asked for."""

    def found(self, filters: Filters) -> Found:
        """Return the found set within filters."""
        product_ids = tuple(candidate.product_id for candidate in self.candidates[filters])
        return Found(filters, self.probe.lexical, product_ids, everything=self.everything)


def find(  # noqa: PLR0913 - the parts of a search
    request: SearchRequest,
    query: Query,
    vector: Vector | None,
    engine: Engine,
    recipe: RankingRecipe,
    *,
    browsing: bool = False,
    strict_depth: int = 0,
) -> Finding:
    """Return what a query finds within the filters of a request and those of its facets.

    Parameters
    ----------
    strict_depth
        How many of the strict matches are wanted one by one, as re-ranking does.
    """
    # Without a vector a semantic search, too, goes by words.
    by_words = bool(query.text) and (request.mode != "semantic" or vector is None)
    probe = Probe(query.lexical if by_words else None, vector)
    filter_sets = [request.filters, *facet_requests(request).values()]
    candidates, strict = retrieve(probe, filter_sets, engine, recipe, strict_depth)
    if not request.filters.categories:
        predicted = query.understood.categories
        candidates[request.filters] = damp_filed_elsewhere(
            candidates[request.filters], predicted, engine, recipe
        )
    return Finding(probe, candidates, everything=browsing, strict=strict)


def collect(
    request: SearchRequest,
    finding: Finding,
    page: Page,
    engine: Engine,
    order: Sequence[str] | None = None,
) -> Collected:
    """Return total, page and facets of what was found.

    With `order`, ids of products that were found, these come first, in this order, and behind them the
    other candidates in theirs.
    """
    requested = facet_requests(request)
    found = {filters: finding.found(filters) for filters in {request.filters, *requested.values()}}
    if order is not None:
        # Before facets are asked for: over the set of the page an engine counts with the page's own search.
        # As far as the page goes: what stands behind it is found in any case.
        unordered = found[request.filters]
        first = tuple(order[: page.offset + page.size])
        behind = set(unordered.candidates).difference(first)
        found[request.filters] = replace(
            unordered, candidates=(*first, *filter(behind.__contains__, unordered.candidates))
        )
    facets = [FacetRequest(name, found[filters]) for name, filters in requested.items()]
    return engine.collect(found[request.filters], page, facets)


def widened(finding: Finding, further: Finding, first: Sequence[str], filters: Filters) -> Finding:
    """Return what was found, with what a shorter query finds behind it.

    What only the shorter query finds is in neither leg of the query itself: it scores 0.

    Parameters
    ----------
    finding, further
        Of the query and of the shorter one, within the same filters.
    first
        Ids of all that the query itself found within `filters`, in order.
    filters
        Those of the request.
    """
    known = {candidate.product_id: candidate for candidate in finding.candidates[filters]}
    candidates = {**finding.candidates}
    candidates[filters] = [
        known.get(product_id, Candidate(product_id, 0.0, None, None)) for product_id in first
    ]
    return Finding(
        replace(finding.probe, lexical=_strict_in_either(finding.probe.lexical, further.probe.lexical)),
        {within: [*own, *_not_yet(own, further.candidates[within])] for within, own in candidates.items()},
    )


def _not_yet(own: Sequence[Candidate], further: Sequence[Candidate]) -> list[Candidate]:
    known = {candidate.product_id for candidate in own}
    return [
        Candidate(candidate.product_id, 0.0, None, None)
        for candidate in further
        if candidate.product_id not in known
    ]


def _strict_in_either(lexical: LexicalQuery | None, further: LexicalQuery | None) -> LexicalQuery | None:
    """Return a query that products match strictly when they match either; they score as the first has it."""
    if lexical is None or further is None:
        return lexical or further
    unscored = [replace(one, weights={}, alternatives=()) for one in further.variants]
    return replace(lexical, alternatives=(*lexical.alternatives, *unscored))
