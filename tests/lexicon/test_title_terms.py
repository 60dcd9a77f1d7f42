"""The terms of titles that the category model is trained on."""

from shangsou.lexicon.categories import category_terms, term_key
from shangsou.lexicon.title_terms import title_terms

TITLES = ["红色连衣裙 红色", "红色，雨伞", "usb-c 雨伞", "", "裙"]


def test_terms_are_those_by_which_categories_are_predicted_each_once_a_title() -> None:
    terms = title_terms(TITLES, min_titles=1)
    for row, title in enumerate(TITLES):
        found = terms.keys[terms.numbers[terms.titles == row]].tolist()
        assert sorted(found) == sorted(map(term_key, category_terms(title)))


def test_terms_of_too_few_titles_are_left_out() -> None:
    terms = title_terms(TITLES, min_titles=2)
    assert sorted(terms.keys.tolist()) == sorted(map(term_key, ("红色", "雨伞")))
