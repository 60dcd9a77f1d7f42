"""The engine contract: an index is cut into words by the dictionary in its recipe, and keeps it."""

from contextlib import closing
from dataclasses import replace

from shangsou.engines.engine import GenerationStore
from shangsou.product import Product
from shangsou.text.segmenter import PACKAGED, Segmenter
from tests.engines.catalog import RECIPE, documents, index, lexical_ids, query

SHOP = [Product("cube", "百吉福奶酪魔方零食"), Product("cheese", "奶酪棒 儿童魔方")]
OWN = replace(RECIPE, dictionary="奶酪魔方 1 n", dictionary_hash="0123456789abcdef")


def test_a_word_of_the_dictionary_is_found_whole_where_titles_hold_it(store: GenerationStore) -> None:
    index(store, documents(SHOP))
    with closing(store.open()) as engine:
        assert lexical_ids(engine, query("奶酪魔方")) == []
        assert set(lexical_ids(engine, query("魔方"))) == {"cube", "cheese"}
    index(store, documents(SHOP), recipe=OWN)
    with closing(store.open()) as engine:
        assert lexical_ids(engine, query("奶酪魔方")) == ["cube"]
        assert set(lexical_ids(engine, query("魔方"))) == {"cube", "cheese"}


def test_the_dictionary_is_kept_with_the_index(store: GenerationStore) -> None:
    index(store, documents(SHOP))
    index(store, documents(SHOP), recipe=OWN)
    newest, oldest = store.generations()
    assert (newest.recipe, oldest.recipe) == (OWN, RECIPE)
    assert newest.recipe.segmenter == Segmenter("奶酪魔方 1 n")
    assert oldest.recipe.segmenter == PACKAGED
