"""Operations, and the products that they make."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shangsou.product import Product, product_from_json, product_to_json
from shangsou.updates.decision import decide
from shangsou.updates.operation import Operation, apply_operation, product_version

CUP = Product(
    "cup",
    "红色马克杯",
    brand="云上",
    category=("家居", "杯子"),
    price_fen=1990,
    list_price_fen=2990,
    offer_until=datetime(2026, 12, 1, tzinfo=UTC),
    stock=3,
    attributes={"颜色": ("红色",), "容量": ("350ml",)},
    tags=("新品",),
)


def patched(**fields: object) -> Product:
    changed = apply_operation(CUP, Operation("patch", "cup", fields))
    assert changed is not None
    return changed


def test_what_a_patch_names_changes_and_the_rest_stays() -> None:
    changed = patched(price_fen=990, stock=0)
    assert (changed.price_fen, changed.stock) == (990, 0)
    assert (changed.title, changed.list_price_fen, changed.tags) == ("红色马克杯", 2990, ("新品",))


def test_null_clears_and_a_title_is_never_cleared() -> None:
    assert patched(stock=None, brand=None).stock is None
    assert patched(brand=None).brand == ""
    assert patched(title=None) == CUP


def test_attributes_are_merged_one_by_one() -> None:
    changed = patched(attributes={"颜色": ["蓝色"], "容量": None, "材质": ["陶瓷"]})
    assert changed.attributes == {"颜色": ("蓝色",), "材质": ("陶瓷",)}


@pytest.mark.parametrize(
    "fields", [{"price_fen": 3990}, {"list_price_fen": 1000}, {"price_fen": None}], ids=str
)
def test_a_list_price_that_is_none_beside_the_price_goes_with_its_offer(fields: dict[str, object]) -> None:
    changed = patched(**fields)
    assert (changed.list_price_fen, changed.offer_until) == (None, None)


def test_a_put_takes_the_place_of_everything() -> None:
    changed = apply_operation(CUP, Operation("put", "cup", {"title": "蓝色马克杯"}))
    assert changed == Product("cup", "蓝色马克杯")


def test_only_an_upsert_and_a_put_make_a_product_of_nothing_and_only_with_a_title() -> None:
    def made(kind: str, **fields: object) -> Product | None:
        return apply_operation(None, Operation(kind, "new", fields))  # type: ignore[arg-type]

    assert made("upsert", title="碗") == made("put", title="碗") == Product("new", "碗")
    assert made("patch", title="碗") is made("upsert", stock=1) is made("delete") is None


def test_a_version_changes_with_the_product_alone() -> None:
    assert product_version(CUP) == product_version(product_from_json(product_to_json(CUP)))
    assert product_version(patched(stock=4)) != product_version(CUP)
    assert product_version(patched(stock=3)) == product_version(CUP)


def test_operations_see_what_those_before_them_did() -> None:
    operations = [
        Operation("patch", "cup", {"stock": 9}),
        Operation("patch", "cup", {"price_fen": 100}, if_match=product_version(CUP)),
        Operation("delete", "cup", {}),
        Operation("patch", "cup", {"stock": 1}),
        Operation("upsert", "cup", {"title": "碗"}),
        Operation("upsert", "cup", {"title": "碗"}),
    ]
    decision = decide(operations, {"cup": CUP})
    statuses = [outcome.status for outcome in decision.outcomes]
    assert statuses == ["updated", "conflict", "deleted", "not_found", "inserted", "unchanged"]
    assert decision.accepted == [operations[0], operations[2], operations[4]]
    assert decision.after == {"cup": Product("cup", "碗")}
    assert decision.outcomes[1].product == CUP.with_fields({"stock": 9})


_FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "price_fen": st.none() | st.integers(0, 10**8),
        "stock": st.none() | st.integers(0, 99),
        "title": st.text("杯碗", min_size=1, max_size=3),
        "category": st.none() | st.sampled_from(["家居>杯子", "家居"]),
        "tags": st.none() | st.lists(st.sampled_from(["新品", "热卖"]), unique=True, min_size=1),
        "attributes": st.dictionaries(
            st.sampled_from(["颜色", "容量"]), st.none() | st.just(["红色"]), max_size=2
        ),
        "offer_from": st.none() | st.just("2026-11-11T00:00:00+00:00"),
    },
)


@given(_FIELDS, _FIELDS)
def test_a_patch_twice_is_a_patch_once_and_what_comes_of_it_can_be_stored(
    first: dict[str, object], second: dict[str, object]
) -> None:
    once = apply_operation(CUP, Operation("patch", "cup", first))
    assert once is not None
    assert apply_operation(once, Operation("patch", "cup", first)) == once
    changed = apply_operation(once, Operation("patch", "cup", second))
    assert changed is not None
    assert product_from_json(product_to_json(changed)) == changed


BEGINS = datetime(2026, 11, 1, tzinfo=UTC)
OFFERED = Product("p", "杯", price_fen=9_900, list_price_fen=11_900, offer_from=BEGINS)


@pytest.mark.parametrize(
    ("before", "stated", "after"),
    [
        pytest.param(
            Product("p", "杯", price_fen=11_900, list_price_fen=14_900),
            {"sale_price_fen": 9_900, "offer_from": BEGINS.isoformat()},
            OFFERED,
            id="the price becomes the regular one, not the market price",
        ),
        pytest.param(
            OFFERED,
            {"sale_price_fen": 8_900, "offer_from": BEGINS.isoformat()},
            replace(OFFERED, price_fen=8_900),
            id="another sale beside the same regular price",
        ),
        pytest.param(OFFERED, {"sale_price_fen": None}, Product("p", "杯", price_fen=11_900), id="its end"),
        pytest.param(
            OFFERED,
            {"price_fen": 12_900, "sale_price_fen": None},
            Product("p", "杯", price_fen=12_900),
            id="its end beside another regular price",
        ),
        pytest.param(
            OFFERED,
            {"list_price_fen": None, "sale_price_fen": None},
            Product("p", "杯", price_fen=11_900),
            id="its end beside a market price that is blank",
        ),
        pytest.param(
            Product("p", "杯", price_fen=11_900, list_price_fen=14_900),
            {"sale_price_fen": None},
            Product("p", "杯", price_fen=11_900, list_price_fen=14_900),
            id="the end of none",
        ),
        pytest.param(
            Product("p", "杯", price_fen=900),
            {"sale_price_fen": 990},
            Product("p", "杯", price_fen=900),
            id="a dearer one",
        ),
        pytest.param(
            Product("p", "杯"),
            {"sale_price_fen": 900},
            Product("p", "杯", price_fen=900),
            id="without a price",
        ),
    ],
)  # fmt: skip
def test_a_sale_price_is_beside_the_regular_price_that_a_product_has(
    before: Product, stated: dict[str, object], after: Product
) -> None:
    assert apply_operation(before, Operation("upsert", "p", stated)) == after
