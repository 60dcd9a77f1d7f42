"""Encodings, told by what the text then is."""

import pytest

from shangsou.reading.encodings import guess_encoding, is_mojibake, known_encoding, wide_encoding

TEXTS = {
    "gb18030": ["商品编号,商品名称", "法式连衣裙", "1,水壶\n2,马克杯", "繁體字的商品說明，保溫杯"],
    "cp950": ["商品編號,商品名稱", "法式復古紅色連衣裙", "保溫杯", "圍巾"],
    "cp932": ["商品番号,商品名", "シルクスカーフ", "赤いドレス"],
    "cp949": ["상품번호,상품명", "빨간 원피스"],
    "cp1252": ["Café crème mug", "Crème brûlée dish"],
}


@pytest.mark.parametrize(
    ("encoding", "text"), [(encoding, text) for encoding, texts in TEXTS.items() for text in texts]
)
def test_a_few_words_tell_the_encoding(encoding: str, text: str) -> None:
    assert guess_encoding(text.encode(encoding)) == (encoding, "")


@pytest.mark.parametrize("sample", ["杯".encode("big5"), bytes(range(128, 256)) * 50])
def test_a_single_character_and_noise_leave_it_in_doubt(sample: bytes) -> None:
    assert guess_encoding(sample).doubt


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_encodings_are_found_without_a_mark(encoding: str) -> None:
    text = "商品编号,商品名称\n1,红色连衣裙\n"
    assert wide_encoding(text.encode(encoding)) == encoding
    assert wide_encoding(text.encode("utf-8")) is None


def test_text_that_was_read_in_the_wrong_encoding_once_is_garbled() -> None:
    text = "法式复古红色连衣裙"
    assert is_mojibake(text.encode().decode("latin-1"))
    assert not is_mojibake(text)
    assert not is_mojibake("Café crème brûlée")


def test_people_call_encodings_by_several_names() -> None:
    assert [known_encoding(name) for name in ("Big5", "GBK", "utf8", "shift-jis", "klingon")] == [
        "cp950",
        "gb18030",
        "utf-8-sig",
        "shift_jis",
        None,
    ]
