"""The order in which judges see pairs."""

from relevance.judging.judge_order import order_for_judge

QIDS = [f"q{number}" for number in range(20)]
PAIRS = [(qid, f"d{number}") for qid in QIDS for number in range(3)]


def queries(order):
    return list(dict.fromkeys(qid for qid, _ in order))


def test_queries_stay_in_order_and_together():
    order = order_for_judge("小王", QIDS, PAIRS, ())
    assert queries(order) == QIDS
    assert [qid for qid, _ in order] == [qid for qid in QIDS for _ in range(3)]


def test_known_answers_of_a_query_of_the_pool_stand_anywhere_among_its_products():
    known = [(qid, "known") for qid in QIDS]
    places = set()
    for judge in ("小王", "小李", "小赵"):
        order = order_for_judge(judge, QIDS, [*PAIRS, *known], known)
        assert queries(order) == QIDS
        places |= {order.index(pair) % 4 for pair in known}
    # Of 60 places chosen from 4 at random all 4 are among them, but for once in 10 million times.
    assert places == {0, 1, 2, 3}


def test_queries_of_known_answers_alone_are_spread_among_the_others():
    extra = [f"k{number}" for number in range(20)]
    known = [(qid, "d0") for qid in extra]
    orders = [
        queries(order_for_judge(judge, [*QIDS, *extra], [*PAIRS, *known], known))
        for judge in ("小王", "小李")
    ]
    for order in orders:
        assert [qid for qid in order if qid in QIDS] == QIDS
        # Some are in the first half, some in the second, and they do not all stand together.
        first_half = [qid for qid in order[:20] if qid in extra]
        assert 0 < len(first_half) < 20
    assert orders[0] != orders[1]


def test_a_book_of_known_answers_alone_has_an_order_too():
    assert set(order_for_judge("小王", ["k"], [("k", "a"), ("k", "b")], [("k", "a"), ("k", "b")])) == {
        ("k", "a"),
        ("k", "b"),
    }
