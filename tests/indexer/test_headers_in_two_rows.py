"""Headers in two rows: names of groups above those of columns, and merged cells."""

import pytest

from indexer.shapes.header import find_header


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # The name of a product's number reaches over both rows.
        (
            [
                ["款号", "商品信息", "", "价格", "", "库存"],
                ["", "名称", "品牌", "零售价", "吊牌价", ""],
                ["A1", "羊绒衫", "云岚", 599, 899, 3],
            ],
            ["款号", "名称", "品牌", "零售价", "吊牌价", "库存"],
        ),
        # Only two names below: the upper row is the fuller one.
        (
            [
                ["款号", "品名", "规格", "", "吊牌价", "库存"],
                ["", "", "颜色", "尺码", "", ""],
                ["A1", "羊绒衫", "红", "M", 599, 3],
            ],
            ["款号", "品名", "颜色", "尺码", "吊牌价", "库存"],
        ),
        # 零售 says nothing without its group.
        (
            [
                ["商品", "", "价格", "", "其他", ""],
                ["商品编码", "商品名称", "零售", "成本", "现存量", "品牌"],
                ["A1", "羊绒衫", 599, 320, 3, "云岚"],
            ],
            ["商品编码", "商品名称", "零售价格", "成本", "现存量", "品牌"],
        ),
        # A title above stands alone and names nothing.
        (
            [["商品价格表", "", "", ""], ["编码", "名称", "备注", "价格"], ["A1", "杯", "", 9]],
            ["编码", "名称", "备注", "价格"],
        ),
        # A first product without a number is no header.
        (
            [["款号", "品名", "", "价格"], ["", "杯", "白", "9.5"], ["A2", "壶", "红", "8"]],
            ["款号", "品名", "", "价格"],
        ),
    ],
)
def test_columns_have_the_lower_name_or_that_of_their_group(
    rows: list[list[object]], expected: list[str]
) -> None:
    assert find_header(rows).names == expected


def test_the_row_that_the_user_names_is_the_header_alone() -> None:
    rows = [["a", "b"], ["款号", "名称"], ["", "颜色"]]
    assert find_header(rows, header_row=2).names == ["款号", "名称"]
