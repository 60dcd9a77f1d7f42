"""Documents of an index: products, and behind the last variant of each group the group."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from shangsou.engines.elastic import index_documents
from shangsou.engines.elastic.columns import Columns
from shangsou.engines.elastic.documents import Source, document_source, group_document_id
from shangsou.engines.elastic.index_documents import IndexDocuments
from shangsou.engines.elastic.layout import PLAIN, Layout
from shangsou.engines.elastic.spool import Spool
from shangsou.engines.engine import Document
from shangsou.engines.product_terms import no_terms
from shangsou.errors import IndexingFailed
from shangsou.product import Product
from shangsou.text.segmenter import PACKAGED
from tests.engines.catalog import EAST
from tests.engines.variant_shop import BEFORE

RED = Product("red", "red shoe", brand="Ava", category=("shoes",), group_id="shoe", price_fen=300)
BLUE = Product("blue", "blue shoe", brand="Ava", category=("boots",), group_id="shoe", price_fen=200)
OFF = Product("off", "green shoe", brand="Bea", group_id="shoe", status="off")
HAT = Product("shoe", "hat", brand="Bea")


DocumentsOf = Callable[..., IndexDocuments]


@pytest.fixture
def spool() -> Iterator[Spool]:
    spool = Spool()
    yield spool
    spool.close()


@pytest.fixture
def documents_of(spool: Spool) -> DocumentsOf:
    """A function from products to the documents of their index."""

    def documents_of(*products: Product) -> IndexDocuments:
        columns = Columns()
        for row, product in enumerate(products):
            columns.add(product)
            spool.add(document_source(Document(product, EAST), row, PACKAGED))
        types = [(product.title.split()[-1],) for product in products]
        return IndexDocuments(spool, columns, types, no_terms(len(products)))

    return documents_of


def test_a_group_follows_its_last_variant_with_those_on_sale(documents_of: DocumentsOf) -> None:
    contents = documents_of(RED, OFF, HAT, BLUE)
    documents = dict(contents)
    ids = list(documents)
    assert ids == [
        "red", "off", "shoe", group_document_id("product:shoe"), "blue", group_document_id("group:shoe"),
    ]  # fmt: skip
    assert contents.count == 6
    groups = [documents[one].get("group") for one in ("red", "off", "shoe", "blue")]
    # A single product is a group of its own, whatever its id.
    assert groups == ["group:shoe", None, "product:shoe", "group:shoe"]
    group = documents[ids[-1]]
    assert group["filter"] == {"off": True}
    # The categories differ.
    assert group["shared"] == {"brand": "Ava"}
    assert group["variants"] == [
        {
            "product_id": name,
            "group": "group:shoe",
            "all": {"words": f"{name} shoe ava {leaf}", "grams": documents[name]["all"]["grams"]},
            "filter": documents[name]["filter"],
        }
        for name, leaf in (("red", "shoes"), ("blue", "boots"))
    ]
    assert documents["red"]["filter"]["type"] == ["shoe"]
    assert contents.layout() == Layout(has_variants=True, shared_facets=("brand",))


@pytest.mark.parametrize("products", [(HAT,), (RED, OFF, HAT), ()], ids=["single", "others off sale", "none"])
def test_without_two_variants_on_sale_there_are_no_documents_of_groups(
    products: tuple[Product, ...], documents_of: DocumentsOf
) -> None:
    contents = documents_of(*products)
    documents = dict(contents)
    assert list(documents) == [product.product_id for product in products]
    assert not any("group" in source for source in documents.values())
    assert contents.layout() == PLAIN


def test_prices_are_ranked_where_there_are_offers(documents_of: DocumentsOf) -> None:
    offer = Product("offer", "hat", price_fen=100, list_price_fen=300, offer_until=BEFORE)
    dear = Product("dear", "hat", price_fen=2**70)
    contents = documents_of(RED, BLUE, offer, dear, HAT)
    documents = dict(contents)
    assert [ranks(documents[one]) for one in ("red", "blue", "offer", "dear", "shoe")] == [
        (3, None), (2, None), (1, 3), (4, None), (None, None),
    ]  # fmt: skip
    assert documents["offer"]["filter"]["offer"] == {
        "list_price_fen": 300,
        "until_us": 1_793_491_200_000_000,
    }
    assert contents.layout().price_ranks == 4


def ranks(source: Source) -> tuple[int | None, int | None]:
    return source["sort"].get("price_rank"), source["sort"].get("list_price_rank")


def test_ratings_are_drawn_to_the_mean_of_all(documents_of: DocumentsOf) -> None:
    contents = documents_of(
        Product("few", "hat", rating=5.0, reviews=2), Product("many", "hat", rating=4.0, reviews=18), HAT
    )
    documents = dict(contents)
    # The mean of 20 reviews is 4.1: (2 x 5 + 10 x 4.1) / 12 and (18 x 4 + 10 x 4.1) / 28.
    assert documents["few"]["sort"]["rating"] == pytest.approx(4.25)
    assert documents["many"]["sort"]["rating"] == pytest.approx(113 / 28)
    assert "rating" not in documents["shoe"]["sort"]


def test_a_group_too_large_for_a_document_is_named(
    monkeypatch: pytest.MonkeyPatch, documents_of: DocumentsOf
) -> None:
    monkeypatch.setattr(index_documents, "_MAX_VARIANTS", 1)
    with pytest.raises(IndexingFailed, match="group 'shoe' has 2 products"):
        list(documents_of(RED, BLUE))


def test_a_spool_reads_rows_in_any_order(spool: Spool) -> None:
    vectors = np.eye(4, dtype=np.float32)
    for row in range(4):
        spool.add(document_source(Document(Product(f"p{row}", "hat"), vectors[row]), row, PACKAGED))
    assert [spool.read(row)["product_id"] for row in (2, 0, 3, 3, 1)] == ["p2", "p0", "p3", "p3", "p1"]
    assert len(spool) == 4
