"""Documents of an index: products, and behind the last variant of each group the group."""

import json
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from shangsou.engines.elastic import index_documents
from shangsou.engines.elastic.columns import Columns
from shangsou.engines.elastic.documents import STATE_ID, Source, document_source, group_document_id
from shangsou.engines.elastic.index_documents import IndexDocuments
from shangsou.engines.elastic.layout import IndexState, Layout, state_from_json
from shangsou.engines.elastic.spool import Spool
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
        for product in products:
            columns.add(product)
            spool.add(document_source(product, EAST, None, PACKAGED))
        types = [(product.title.split()[-1],) for product in products]
        return IndexDocuments(spool, columns, types, no_terms(len(products)), sequence=7)

    return documents_of


def test_a_group_follows_its_last_variant_with_those_on_sale(documents_of: DocumentsOf) -> None:
    contents = documents_of(RED, OFF, HAT, BLUE)
    documents = dict(contents)
    *ids, state = documents
    assert ids == [
        "red", "off", "shoe", group_document_id("product:shoe"), "blue", group_document_id("group:shoe"),
    ]  # fmt: skip
    assert (state, contents.count) == (STATE_ID, 7)
    groups = [documents[one].get("group") for one in ("red", "off", "shoe", "blue")]
    # A single product is a group of its own, whatever its id.
    assert groups == ["group:shoe", None, "product:shoe", "group:shoe"]
    group = documents[ids[-1]]
    assert (group["filter"], group["group"]) == ({"off": True}, "group:shoe")
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
    assert state_of(documents) == IndexState(7, Layout(has_variants=True, shared_facets=("brand",)))


def state_of(documents: dict[str, Source]) -> IndexState:
    """Return the state of an index, which no search may find."""
    source = documents[STATE_ID]
    assert source.keys() == {"filter", "product"}
    assert source["filter"] == {"off": True}
    return state_from_json(json.loads(json.dumps(source["product"])))


@pytest.mark.parametrize(
    ("products", "groups"),
    [((HAT,), ["product:shoe"]), ((RED, OFF, HAT), ["group:shoe", "product:shoe"]), ((), [])],
    ids=["single", "others off sale", "none"],
)
def test_a_group_of_one_product_has_its_document_too(
    products: tuple[Product, ...], groups: list[str], documents_of: DocumentsOf
) -> None:
    # Another variant may come at any time.
    documents = dict(documents_of(*products))
    ids = {product.product_id for product in products} | set(map(group_document_id, groups)) | {STATE_ID}
    assert documents.keys() == ids
    assert state_of(documents).layout == Layout(shared_facets=("category", "brand"))


def test_an_offer_and_the_price_outside_its_time_are_both_there(documents_of: DocumentsOf) -> None:
    offer = Product("offer", "hat", price_fen=100, list_price_fen=300, offer_until=BEFORE)
    documents = dict(documents_of(RED, offer))
    assert documents["offer"]["filter"]["price_fen"] == 100
    assert documents["offer"]["filter"]["offer"] == {
        "list_price_fen": 300,
        "until_us": 1_793_491_200_000_000,
    }
    assert state_of(documents).layout.has_offers
    assert "offer" not in documents["red"]["filter"]


def test_the_mean_rating_is_that_of_all_reviews(documents_of: DocumentsOf) -> None:
    documents = dict(
        documents_of(
            Product("few", "hat", rating=5.0, reviews=2), Product("many", "hat", rating=4.0, reviews=18), HAT
        )
    )
    # Of 20 reviews 2 are of 5 and 18 of 4.
    assert state_of(documents).layout.mean_rating == pytest.approx(4.1)
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
        spool.add(document_source(Product(f"p{row}", "hat"), vectors[row], None, PACKAGED))
    assert [spool.read(row)["product_id"] for row in (2, 0, 3, 3, 1)] == ["p2", "p0", "p3", "p3", "p1"]
    assert len(spool) == 4
