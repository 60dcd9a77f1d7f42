"""The product types that a shop names itself."""

from pathlib import Path

import pytest

from shangsou.errors import UnusableInput
from shangsou.search.ranking.recipe import read_ranking
from shangsou.search.ranking.type_overrides import TypeOverride, read_type_overrides


def write(home: Path, content: str | bytes) -> None:
    (home / "product_types.tsv").write_bytes(content.encode() if isinstance(content, str) else content)


def test_without_a_file_there_are_none(tmp_path: Path) -> None:
    assert read_type_overrides(tmp_path) == ()


def test_each_line_is_a_product_and_its_type(tmp_path: Path) -> None:
    write(tmp_path, "# ours\nSKU-1\t手办\n\n  \n 高达 模型 \t 模型玩具 \r\nsku-2\t手機殼\n")
    assert read_type_overrides(tmp_path) == (
        TypeOverride("SKU-1", "手办"),
        TypeOverride("高达 模型", "模型玩具"),
        # Ids stay as they are; types are normalized, as all that is compared with titles.
        TypeOverride("sku-2", "手机壳"),
    )


def test_a_byte_order_mark_is_no_part_of_the_first_product(tmp_path: Path) -> None:
    write(tmp_path, b"\xef\xbb\xbfp1\t\xe4\xbc\x9e\n")
    assert read_type_overrides(tmp_path) == (TypeOverride("p1", "伞"),)


@pytest.mark.parametrize("line", ["p1", "p1 伞", "\t伞", "p1\t", "p1\t  "])
def test_a_line_without_a_product_or_a_type_is_named_with_what_to_write(tmp_path: Path, line: str) -> None:
    write(tmp_path, f"p0\t伞\n{line}\n")
    with pytest.raises(UnusableInput, match=r"product_types\.tsv:2: .*write PRODUCT<tab>TYPE"):
        read_type_overrides(tmp_path)


def test_a_file_in_another_encoding_is_named_with_what_to_do(tmp_path: Path) -> None:
    write(tmp_path, "p1\t手办\n".encode("gb18030"))
    with pytest.raises(UnusableInput, match=r"product_types\.tsv is not UTF-8 .*save it as UTF-8"):
        read_type_overrides(tmp_path)


def test_more_lines_than_a_search_can_ask_for_are_refused_with_the_way_out(tmp_path: Path) -> None:
    write(tmp_path, "".join(f"p{number}\t伞\n" for number in range(200)))
    assert len(read_type_overrides(tmp_path)) == 200
    write(tmp_path, "".join(f"p{number}\t伞\n" for number in range(201)))
    with pytest.raises(UnusableInput, match="has 201 lines, more than 200; give the types in the catalog"):
        read_type_overrides(tmp_path)


def test_a_file_of_too_many_lines_is_refused_before_any_of_it_is_read(tmp_path: Path) -> None:
    write(tmp_path, "# ours\n" * 2_000)
    assert read_type_overrides(tmp_path) == ()
    # Neither that it is not UTF-8 nor that the last line is no pair has been seen.
    write(tmp_path, b"# ours\n" * 2_000 + b"\xff\n")
    with pytest.raises(UnusableInput, match="has more than 2,000 lines; give the types in the catalog"):
        read_type_overrides(tmp_path)


def test_they_are_read_with_the_ranking_recipe(tmp_path: Path) -> None:
    assert read_ranking(tmp_path).type_overrides == ()
    write(tmp_path, "p1\t伞\n")
    assert read_ranking(tmp_path).type_overrides == (TypeOverride("p1", "伞"),)
