"""Many words in a text at once."""

from hypothesis import given
from hypothesis import strategies as st

from shangsou.text.word_trie import WordTrie

CHARACTERS = st.sampled_from("ab牛皮\U00020000")
WORDS = st.lists(st.text(CHARACTERS, min_size=1, max_size=4), unique=True, max_size=8)


@given(words=WORDS, text=st.text(CHARACTERS, max_size=20))
def test_every_place_of_every_word_is_found(words: list[str], text: str) -> None:
    places = WordTrie(words).find(text)
    found = zip(places.starts.tolist(), places.ends.tolist(), places.words.tolist(), strict=True)
    assert sorted(found) == sorted(
        (start, start + len(word), number)
        for number, word in enumerate(words)
        for start in range(len(text))
        if text.startswith(word, start)
    )
