"""A searcher that needs no index."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from shangsou.degradation import Degradation
from shangsou.engines.engine import Generation
from shangsou.engines.query import FacetValue, Filters
from shangsou.engines.recipe import IndexRecipe
from shangsou.product import Product
from shangsou.recommend.shelf import PRODUCT_KINDS, RecommendRequest, Shelf, ShelfItem, new_shelf_id
from shangsou.search.ranking.recipe import RankingRecipe, default_ranking
from shangsou.search.request import SearchRequest, SuggestRequest
from shangsou.search.response import RelatedHit, SearchHit, SearchResponse
from shangsou.search.suggest import Suggestion, Suggestions
from shangsou.search.understood import Step, Understood
from shangsou.updates.decision import Outcome, decide
from shangsou.updates.operation import Operation


@dataclass
class StubSearcher:
    """Finds the same products for any request and records the requests, or raises its error."""

    products: list[Product] = field(default_factory=list)
    related: tuple[RelatedHit, ...] = ()
    error: Exception | None = None
    degraded: tuple[Degradation, ...] = ()
    missing_parts: list[str] = field(default_factory=list)
    warnings_given: list[str] = field(default_factory=list)
    search_requests: list[SearchRequest] = field(default_factory=list)
    suggest_requests: list[SuggestRequest] = field(default_factory=list)
    recommend_requests: list[RecommendRequest] = field(default_factory=list)

    def search(self, request: SearchRequest) -> SearchResponse:
        self.search_requests.append(request)
        if self.error is not None:
            raise self.error
        hits = tuple(SearchHit(product, 1.0, {}) for product in self.products[: request.size])
        return SearchResponse(
            query_id="query-1",
            total=len(self.products),
            hits=hits,
            related=self.related,
            facets={
                "brand": (FacetValue("云上衣舍", 2),),
                "price": (FacetValue("", 2, from_fen=5000, to_fen=None),),
            },
            understood=Understood(request.query, request.query, (), (Step("truncate", "甲乙", "甲"),)),
            applied={"mode": request.mode, "page": request.page},
            degraded=self.degraded,
            took_ms=0.1,
        )

    def suggest(self, request: SuggestRequest) -> Suggestions:
        self.suggest_requests.append(request)
        if self.error is not None:
            raise self.error
        return Suggestions(request.typed, (Suggestion("query", "连衣裙", "连衣裙"),), self.degraded, 0.1)

    def recommend(self, request: RecommendRequest) -> Shelf | None:
        self.recommend_requests.append(request)
        if self.error is not None:
            raise self.error
        if request.kind in PRODUCT_KINDS and self.product(request.product_id) is None:
            return None
        items = tuple(ShelfItem(product, "热销 5 件", "sales") for product in self.products[: request.size])
        return Shelf(request.kind, items, self.degraded, 0.1, new_shelf_id(request.kind))

    def product(self, product_id: str, within: Filters | None = None) -> Product | None:
        if self.error is not None:
            raise self.error
        return next(
            (known_product for known_product in self.products if known_product.product_id == product_id), None
        )

    def variants(self, product_id: str, within: Filters | None = None) -> list[Product]:
        return []

    def stored(self, product_ids: Sequence[str]) -> dict[str, Product]:
        wanted = {*product_ids}
        return {product.product_id: product for product in self.products if product.product_id in wanted}

    def update(self, operations: Sequence[Operation]) -> list[Outcome]:
        if self.error is not None:
            raise self.error
        decision = decide(operations, self.stored([one.product_id for one in operations]))
        self.products = [one for one in self.products if one.product_id not in decision.after]
        self.products += filter(None, decision.after.values())
        return decision.outcomes

    def known(self, product_ids: Sequence[str], within: Filters | None = None) -> set[str]:
        if self.error is not None:
            raise self.error
        return {known_product.product_id for known_product in self.products} & {*product_ids}

    def missing(self) -> list[str]:
        return self.missing_parts

    def warnings(self) -> list[str]:
        return self.warnings_given

    def generation(self) -> Generation | None:
        recipe = IndexRecipe("hash-encoder", "0123456789abcdef", 64, "float32")
        return Generation("gen-1", "2026-11-23T00:00:00+00:00", len(self.products), recipe, "test", True)

    def ranking(self) -> RankingRecipe:
        return replace(default_ranking(), version=7, k1=0.9)

    def close(self) -> None:
        pass
