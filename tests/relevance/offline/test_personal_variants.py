"""Personal orders are evaluated by group: what was bought is found by whichever variant stands for it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from relevance.offline.candidates import CandidateCache
from relevance.offline.personal import PersonalEvaluation, Target, choose_popularity_weight, evaluate_personal
from shangsou.behaviour.event import Event
from shangsou.behaviour.history import History
from tests.search.personal.trouser_catalog import MONDAY, click
from tests.search.personal.variant_trousers import VARIANTS, context_of, open_shop

LATER = MONDAY + timedelta(days=1)


@pytest.fixture(scope="module")
def candidate_cache(tmp_path_factory: pytest.TempPathFactory) -> CandidateCache:
    engine = open_shop(tmp_path_factory.mktemp("index"))
    return CandidateCache(context_of(engine, History()))


def shown_ids(candidate_cache: CandidateCache) -> tuple[str, ...]:
    """Return what the plain search shows."""
    candidates = candidate_cache.of("长裤").candidates
    assert candidates is not None
    return candidates.pool.product_ids


def another(product_id: str) -> str:
    """Return a variant of the same product."""
    group, size = product_id.split("-")
    return f"{group}-{(int(size) + 5) % VARIANTS}"


def clicked_by_u1(product_id: str) -> Event:
    return replace(click(product_id), user_id="u1")


def evaluate(cache: CandidateCache, bought: str, *events: Event) -> PersonalEvaluation:
    return evaluate_personal(list(events), [Target("u1", LATER, "长裤", bought, False)], cache, weight=1.0)


def test_a_purchase_is_found_by_the_variant_that_is_shown(candidate_cache: CandidateCache) -> None:
    shown = shown_ids(candidate_cache)
    evaluation = evaluate(candidate_cache, another(shown[2]))
    assert evaluation.values["taste"]["plain"] == [{"mrr@10": 1 / 3, "recall@10": 1, "ndcg@10": 0.5}]
    # The run names what is shown.
    [(_, hits)] = evaluation.runs["plain"].items()
    assert [hit.product_id for hit in hits] == list(shown[:10])


def test_a_product_is_left_out_of_the_lists_after_a_click_on_any_variant(
    candidate_cache: CandidateCache,
) -> None:
    shown = shown_ids(candidate_cache)
    evaluation = evaluate(candidate_cache, shown[2], clicked_by_u1(another(shown[0])))
    assert evaluation.values["taste"]["plain"][0]["mrr@10"] == 1 / 2


def test_a_product_of_which_another_variant_was_clicked_is_no_target(candidate_cache: CandidateCache) -> None:
    shown = shown_ids(candidate_cache)
    evaluation = evaluate(candidate_cache, shown[2], clicked_by_u1(another(shown[2])))
    assert evaluation.values["all"]["plain"] == []


def test_popularity_is_that_of_all_variants(candidate_cache: CandidateCache) -> None:
    shown = shown_ids(candidate_cache)
    others = [Event(f"e{n}", "click", MONDAY, f"v{n}", product_id=another(shown[9])) for n in range(100)]
    evaluation = evaluate(candidate_cache, another(shown[9]), *others)
    assert evaluation.values["taste"]["plain"][0]["mrr@10"] == 1 / 10
    assert evaluation.values["taste"]["popular"][0]["mrr@10"] == 1


def test_the_weight_of_popularity_is_chosen_by_clicks_on_any_variant(candidate_cache: CandidateCache) -> None:
    # Each shopper clicks the product that those before chose, in another size.
    chosen = shown_ids(candidate_cache)[9].split("-")[0]
    events = [
        Event(
            f"e{n}",
            "click",
            MONDAY + timedelta(hours=n),
            f"v{n}",
            f"s{n}",
            query="长裤",
            product_id=f"{chosen}-{n % VARIANTS}",
        )
        for n in range(40)
    ]
    assert choose_popularity_weight(events, candidate_cache) > 0
