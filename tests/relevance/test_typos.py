"""Generated typos."""

from relevance.judgements import Query
from relevance.typos import TypoGenerator, mistype
from shangsou.lexicon.lexicon import Lexicon

QUERIES = [
    Query(str(number), "all", text) for number, text in enumerate(["碎花连衣裙", "耐克运动鞋", "nike"])
]


def distance(first: str, second: str) -> int:
    """Optimal string alignment distance: characters put in, left out, replaced, or swapped with the next."""
    rows = [[max(i, j) if 0 in (i, j) else 0 for j in range(len(second) + 1)] for i in range(len(first) + 1)]
    for i in range(1, len(first) + 1):
        for j in range(1, len(second) + 1):
            rows[i][j] = min(
                rows[i - 1][j] + 1,
                rows[i][j - 1] + 1,
                rows[i - 1][j - 1] + (first[i - 1] != second[j - 1]),
            )
            if i > 1 and j > 1 and first[i - 2 : i] == second[j - 2 : j][::-1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


def test_every_query_gets_one_typo(dress_lexicon: Lexicon):
    generator = TypoGenerator(dress_lexicon, 1)
    typos = [typo for _ in range(200) for query in QUERIES if (typo := generator.generate(query.text))]
    typed = [(typo.typed, query.text) for typo, query in zip(typos, QUERIES * 200, strict=True)]
    assert {distance(*pair) for pair in typed} == {1}
    assert {typo.kind for typo in typos} >= {"sound", "missing", "extra", "swapped", "mark", "letter"}


def test_the_same_seed_makes_the_same_typos(dress_lexicon: Lexicon):
    first, again, other = (mistype(QUERIES * 20, dress_lexicon, seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert [query.qid for query in first] == [query.qid for query in QUERIES * 20]


def test_short_queries_and_models_stay(dress_lexicon: Lexicon):
    short = [Query("1", "all", "裙子"), Query("2", "all", "51206"), Query("3", "all", "")]
    assert mistype(short, dress_lexicon, 1) == short
