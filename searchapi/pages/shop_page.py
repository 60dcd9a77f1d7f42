"""The shop page as its template shows it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from searchapi.pages.facets import FacetGroup, facet_groups, quick_groups
from searchapi.pages.first_page import NO_SEARCHES, PageShelf, PopularSearches
from searchapi.pages.notes import (
    CorrectionNote,
    correction,
    heading,
    limits,
    notes,
    nothing_found,
    shorter_words,
)
from searchapi.pages.shop_state import MAX_PAGE, PAGE_SIZE, ActiveFilter, ShopState, active_filters, address
from shangsou.engines.query import Sort
from shangsou.product import CATEGORY_SEPARATOR
from shangsou.search.response_json import SearchJson

SORT_NAMES: dict[Sort, str] = {
    "relevance": "综合",
    "sales": "销量",
    "price_asc": "价格",
    "rating": "评分",
    "newest": "新品",
}
# Two rows of a desktop's page.
_MAX_CATEGORIES = 12


class Failure(NamedTuple):
    """Why there are no results, in words for shoppers."""

    title: str
    advice: str


@dataclass(frozen=True, slots=True)
class ShopPage:
    """A page of the shop; without an answer where the search failed."""

    state: ShopState
    base_url: str
    sorts: Sequence[tuple[Sort, str]]
    answer: SearchJson | None = None
    failure: Failure | None = None
    shelves: Sequence[PageShelf] = ()
    popular_searches: PopularSearches = NO_SEARCHES
    related_searches: Sequence[str] = ()

    @property
    def heading(self) -> str:
        """Return the heading."""
        return heading(self.state)

    @property
    def title(self) -> str:
        """Return the title of the document."""
        return "商搜" if self.state.is_browsing else f"{self.heading} - 商搜"

    @property
    def is_home(self) -> bool:
        """Return whether it is the first page of the shop."""
        return self.state.is_browsing and self.state.page == 1

    @property
    def canonical(self) -> str:
        """Return the address under which search engines file it: one for all orders and spellings."""
        state = replace(self.state, sort="relevance", correct=True, ignored=(), debug=False)
        return self.base_url.rstrip("/") + address(state)

    @property
    def description(self) -> str:
        """Return what it holds, in a line."""
        if self.answer is None or not self.answer["total"]:
            return f"在商搜搜索“{self.heading}”" if self.state.query else "商搜：搜索商品、品牌、型号"
        titles = "、".join(hit["product"]["title"] for hit in self.answer["hits"][:3])
        return f"{self.heading}：共 {self.answer['total']:,} 件商品，{titles}"

    @property
    def filters(self) -> list[ActiveFilter]:
        """Return the filters in use."""
        return active_filters(self.state)

    @property
    def limits(self) -> list[ActiveFilter]:
        """Return the filters in use and the limits that stand in the query."""
        return limits(self.state, self.answer)

    @property
    def correction(self) -> CorrectionNote | None:
        """Return what is to be said about a correction."""
        return correction(self.state, self.answer) if self.answer else None

    @property
    def notes(self) -> list[tuple[str, str]]:
        """Return further notes: an icon and a line each."""
        return notes(self.state, self.answer) if self.answer else []

    @property
    def nothing_found(self) -> str:
        """Return the heading of a result without products."""
        return nothing_found(self.state, self.answer) if self.answer else ""

    @property
    def shorter_words(self) -> list[str]:
        """Return words of the query to search for alone."""
        return shorter_words(self.state, self.answer) if self.answer else []

    @property
    def facets(self) -> list[FacetGroup]:
        """Return the groups of filters."""
        return facet_groups(self.state, self.answer["facets"]) if self.answer else []

    @property
    def quick(self) -> list[FacetGroup]:
        """Return the few filters above the results."""
        is_offered = self.answer is not None and not self.state.is_browsing
        return quick_groups(self.state, self.answer["facets"]) if self.answer and is_offered else []

    @property
    def categories(self) -> list[str]:
        """Return the largest categories at the top of the tree, where nothing was searched for."""
        if not self.answer or not self.state.is_browsing:
            return []
        paths = [value["value"] for value in self.answer["facets"].get("category", ())]
        return [path for path in paths if CATEGORY_SEPARATOR not in path][:_MAX_CATEGORIES]

    @property
    def shortcuts(self) -> list[str]:
        """Return categories that the query likely asks for and that hold some of the results."""
        if not self.answer or self.state.categories or not self.answer["total"]:
            return []
        held = {value["value"] for value in self.answer["facets"].get("category", ())}
        likely = [prediction["path"] for prediction in self.answer["understood"]["categories"]]
        return [path for path in likely if path in held]

    @property
    def last(self) -> int:
        """Return the number of the last page that can be seen."""
        total = self.answer["total"] if self.answer else 0
        return min(-(-total // PAGE_SIZE), MAX_PAGE)

    @property
    def numbers(self) -> list[int]:
        """Return the numbers of the pages that are linked."""
        page = self.state.page
        return sorted(
            number for number in {1, page - 1, page, page + 1, self.last} if 1 <= number <= self.last
        )

    @property
    def is_cut(self) -> bool:
        """Return whether this is the last page that can be seen, and more was found."""
        is_last = self.state.page == self.last
        return is_last and self.answer is not None and self.answer["total"] > self.last * PAGE_SIZE
