"""`shangsou index`, `generations` and `rollback` as a merchant runs them, on the embedded engine."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.build import index_products
from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.product import Product
from shangsou.search.ranking.recipe import shipped_ranking
from shangsou.settings import Settings
from shangsou.text.terms import words
from tests.fixtures.hash_encoder import HashEncoder
from tests.fixtures.indexer import IndexerHome

pytestmark = pytest.mark.usefixtures("offline")

Write = Callable[[str, str | bytes], Path]
OLD = Product("old", "旧款水壶")
CATALOG = """商品编号,商品名称,价格,库存,主图
1,红色连衣裙,"¥1,299.00",5,https://img.example/1.jpg
2,<b>马克杯</b>,19.9,3,javascript:alert(1)
2,<b>马克杯</b>,19.9,3,javascript:alert(1)
3,裙连衣红色！,12.9万,,
"""


def test_a_catalog_becomes_an_index_and_its_repairs_are_reported(home: IndexerHome, write: Write) -> None:
    write("catalog.csv", CATALOG)
    finished = home.run("index", write("catalog.csv", CATALOG), "--json")
    assert (finished.code, finished.err) == (0, "")
    document = finished.document
    counts = {name: document[name] for name in ("read", "indexed", "skipped", "repaired", "generation")}
    assert counts == {"read": 4, "indexed": 3, "skipped": 1, "repaired": 3, "generation": "gen-1"}
    assert document["joined"] == 0
    assert isinstance(document["seconds"], float)
    report = document["report"]
    assert isinstance(report, dict)
    assert report.pop("notes") == {"catalog.csv": []}
    assert report.pop("warnings") == []
    fill, shop = report.pop("fill"), report.pop("shop")
    assert (fill["price"], fill["stock"], fill["brand"]) == (1.0, 0.6667, 0.0)
    assert (shop["products"], shop["groups"], shop["price_from"], shop["price_to"]) == (3, 3, 19.9, 129_000.0)
    assert report == {
        "columns": {
            "catalog.csv": {
                "product_id": "商品编号",
                "title": "商品名称",
                "price": "价格",
                "stock": "库存",
                "image_url": "主图",
            }
        },
        "unused_columns": {"catalog.csv": []},
        # Each of the three names a dress or a mug.
        "product_types": {
            "products": 3,
            "without": 0,
            "unsure": 0,
            "examples": [],
            "unsure_examples": [],
        },
        "derived_groups": {"groups": 0, "products": 0, "examples": []},
        "reasons": [
            {
                "kind": "skipped",
                "reason": "duplicate id",
                "count": 1,
                "examples": [
                    (
                        'catalog.csv:4: product id "2" is that of catalog.csv:3, the same in every column; '
                        "row skipped"
                    )
                ],
            },
            {
                "kind": "repaired",
                "reason": "price is not written as a plain number",
                "count": 2,
                "examples": [
                    'catalog.csv:2: price "¥1,299.00" is not written as a plain number; read as 1299.00',
                    'catalog.csv:5: price "12.9万" is not written as a plain number; read as 129000.00',
                ],
            },
            {
                "kind": "repaired",
                "reason": "HTML in title",
                "count": 1,
                "examples": ['catalog.csv:3: title "<b>马克杯</b>" holds HTML; read as "马克杯"'],
            },
            {
                "kind": "repaired",
                "reason": "image url is neither http nor https nor a path",
                "count": 1,
                "examples": [
                    (
                        'catalog.csv:3: image url "javascript:alert(1)" is neither http nor https nor a '
                        "path; image url left empty"
                    )
                ],
            },
            {
                "kind": "flagged",
                "reason": "title nearly the same as another",
                "count": 1,
                "examples": [
                    'catalog.csv:5: title "裙连衣红色！" says the same as the one at catalog.csv:2; both kept'
                ],
            },
        ],
    }
    assert home.served() == (
        "gen-1",
        [
            Product("1", "红色连衣裙", price_fen=129900, stock=5, image_url="https://img.example/1.jpg"),
            Product("2", "马克杯", price_fen=1990, stock=3),
            Product("3", "裙连衣红色！", price_fen=12_900_000),
        ],
    )


KETTLES = """id,title,brand,shop,price,属性:颜色
1,电热水壶不锈钢 红色,炊小寅,炊小寅专卖店,99,红色
2,电热水壶不锈钢 蓝色,炊小寅,炊小寅专卖店,99,蓝色
3,电热水壶不锈钢 蓝色,炊小寅,炊小寅专卖店,89,蓝色
4,电热水壶玻璃 蓝色,炊小寅,炊小寅专卖店,129,蓝色
"""


def test_variants_that_no_column_groups_are_grouped_and_reported(home: IndexerHome, write: Write) -> None:
    finished = home.run("index", write("catalog.csv", KETTLES), "--json")
    report = finished.document["report"]
    assert isinstance(report, dict)
    assert report["derived_groups"] == {
        "groups": 1,
        "products": 2,
        "examples": [
            {
                "titles": ["电热水壶不锈钢 红色", "电热水壶不锈钢 蓝色"],
                "differences": {"颜色": ["红色", "蓝色"]},
            }
        ],
    }
    # The third kettle is a second listing of the second one.
    assert [reason["examples"] for reason in report["reasons"]] == [
        ['catalog.csv:4: title "电热水壶不锈钢 蓝色" says the same as the one at catalog.csv:3; both kept']
    ]
    _, products = home.served()
    red, blue, again, glass = (product.group_id for product in products)
    assert red == blue != glass
    assert red.startswith("derived-")
    assert glass.startswith("derived-")
    assert again == ""


def test_the_text_report_shows_derived_groups_with_what_differs(home: IndexerHome, write: Write) -> None:
    finished = home.run("index", write("catalog.csv", KETTLES))
    assert "Groups of variants derived: 1, of 2 products that no column groups" in finished.out
    assert "\n  电热水壶不锈钢 红色 | 电热水壶不锈钢 蓝色 (颜色 红色 / 蓝色)\n" in finished.out


def test_variants_with_one_title_are_not_reported_as_similar(home: IndexerHome, write: Write) -> None:
    catalog = "id,title,属性:颜色\n1,电热水壶不锈钢,红色\n2,电热水壶不锈钢,蓝色\n"
    finished = home.run("index", write("catalog.csv", catalog), "--json")
    report = finished.document["report"]
    assert isinstance(report, dict)
    assert (report["derived_groups"]["products"], report["reasons"]) == (2, [])


@pytest.mark.parametrize("by_setting", [False, True], ids=["option", "setting"])
def test_an_option_or_a_setting_derives_no_groups(
    home: IndexerHome, write: Write, monkeypatch: pytest.MonkeyPatch, by_setting: bool
) -> None:
    if by_setting:
        monkeypatch.setenv("SHANGSOU_DERIVE_GROUPS", "false")
    options = () if by_setting else ("--no-derive-groups",)
    finished = home.run("index", write("catalog.csv", KETTLES), "--json", *options)
    report = finished.document["report"]
    assert isinstance(report, dict)
    assert report["derived_groups"] == {}
    assert {product.group_id for product in home.served()[1]} == {""}


def test_in_a_terminal_the_report_reads_as_text_and_no_bar_is_drawn_into_a_pipe(
    home: IndexerHome, write: Write, tmp_path: Path
) -> None:
    report = tmp_path / "report.txt"
    finished = home.run("index", write("catalog.csv", CATALOG), "--report", report)
    assert (finished.code, finished.err) == (0, "")
    assert "4 rows read: 3 products, 0 rejected, 1 duplicates skipped; 3 products repaired" in finished.out
    assert "  price is not written as a plain number: 2\n    catalog.csv:2: price" in finished.out
    assert "3 products serve as gen-1" in finished.out
    assert finished.out.startswith(report.read_text("utf-8"))


def test_the_report_can_be_kept_as_json(home: IndexerHome, write: Write, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    finished = home.run("index", write("catalog.csv", CATALOG), "--json", "--report", report)
    assert json.loads(report.read_text("utf-8")) == finished.document["report"]


def test_a_report_that_has_no_folder_is_refused_before_anything_is_indexed(
    home: IndexerHome, write: Write, tmp_path: Path
) -> None:
    report = tmp_path / "absent" / "report.txt"
    finished = home.run("index", write("catalog.csv", CATALOG), "--report", report)
    assert finished.code == 2
    assert f"--report {report}: its folder does not exist" in finished.err
    assert home.served() == (None, [])


def test_only_the_first_five_rows_of_a_reason_are_shown(home: IndexerHome, write: Write) -> None:
    rows = "".join(f"{number},杯{number},-1\n" for number in range(7))
    finished = home.run("index", write("catalog.csv", f"id,title,price\n{rows}"), "--json")
    report = finished.document["report"]
    assert isinstance(report, dict)
    [reason] = report["reasons"]
    assert (reason["reason"], reason["count"]) == ("price is negative", 7)
    assert [example.partition(" ")[0] for example in reason["examples"]] == [
        f"catalog.csv:{line}:" for line in (2, 3, 4, 5, 6)
    ]


def test_several_files_are_one_catalog(home: IndexerHome, write: Write) -> None:
    first = write("a.tsv", "id\ttitle\n1\t杯\n")
    second = write(
        "b.jsonl.gz", gzip.compress('{"sku": "1", "name": "壶"}\n{"sku": "2", "name": "碗"}'.encode())
    )
    finished = home.run("index", first, second, "--json")
    assert finished.document["indexed"] == 2
    # Of the two titles of one number the later one is kept, and that is reported.
    assert home.served()[1] == [Product("1", "壶"), Product("2", "碗")]
    assert 'product \\"1\\" has title \\"杯\\" at a.tsv:2, \\"壶\\" here; the later one kept' in finished.out
    [generation] = home.store.generations()
    assert generation.source == "a.tsv, b.jsonl.gz"


def test_map_reads_a_field_from_a_column_of_any_name(home: IndexerHome, write: Write) -> None:
    path = write("catalog.csv", "编号,title,列名,色\n1,x,马克杯,白\n")
    finished = home.run("index", path, "--map", "title=列名", "--map", "attributes.颜色=色")
    assert finished.code == 0, finished.err
    assert home.served()[1] == [Product("1", "马克杯", attributes={"颜色": ("白",)})]


def test_indexing_an_unchanged_catalog_again_encodes_nothing(home: IndexerHome, write: Write) -> None:
    path = write("catalog.csv", "id,title,description\n1,杯,大\n2,壶,\n")
    assert home.run("index", path, "--json").document["encoded"] == 3
    again = home.run("index", path, "--json").document
    assert (again["encoded"], again["generation"]) == (0, "gen-2")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("catalog.csv", "品名X,价格\n杯,1\n", '"品名X", "价格"; say which it is with --map product_id='),
        ("catalog.csv", "", "catalog.csv: is empty"),
        ("catalog.csv", "\u3000\n\u3000\u3000\n", "catalog.csv: is empty"),
        ("catalog.csv", "id,title\n", "there is a header, but no row"),
        ("catalog.csv", bytes(range(256)) * 40, "is no text in UTF-8, and its encoding cannot be told"),
        ("catalog.csv.gz", gzip.compress(b"id,title\n" + bytes(range(32, 127)) * 99)[:-30], "cut off"),
    ],
)  # fmt: skip
def test_what_is_no_catalog_ends_with_2_before_anything_is_written(
    home: IndexerHome, write: Write, name: str, content: str | bytes, words: str
) -> None:
    home.index_directly(OLD)
    before = sorted(path.name for path in home.store._folder.rglob("*"))
    finished = home.run("index", write(name, content))
    assert finished.code == 2
    assert words in finished.err
    assert home.served() == ("gen-1", [OLD])
    assert sorted(path.name for path in home.store._folder.rglob("*")) == before


def test_a_failure_is_one_json_document_too(home: IndexerHome, write: Write) -> None:
    finished = home.run("index", write("catalog.csv", "a,b\n"), "--json")
    assert finished.code == 2
    assert "no column holds the id" in str(finished.document["error"])
    assert finished.document["indexed"] == 0


BAD_ROWS = "id,title\n" + "".join(f"{number},杯{number}\n" for number in range(18)) + "18,\n,壶\n"


def test_too_many_rejected_rows_keep_the_old_index(home: IndexerHome, write: Write) -> None:
    home.index_directly(OLD)
    finished = home.run("index", write("catalog.csv", BAD_ROWS), "--json")
    assert finished.code == 1
    document = finished.document
    assert document["error"] == (
        "2 of 20 rows were rejected, more than 5 %; fix the file, or allow more with --max-rejected; "
        "gen-1 serves on"
    )
    assert (document["read"], document["rejected"], document["generation"]) == (20, 2, None)
    report = document["report"]
    assert isinstance(report, dict)
    assert [reason["examples"] for reason in report["reasons"]] == [
        ["catalog.csv:21: there is no product id; row skipped"],
        ['catalog.csv:20: product "18" has no title; row skipped'],
    ]
    assert home.served() == ("gen-1", [OLD])
    assert [generation.name for generation in home.store.generations()] == ["gen-1"]


def test_more_rejected_rows_can_be_allowed(home: IndexerHome, write: Write) -> None:
    finished = home.run("index", write("catalog.csv", BAD_ROWS), "--json", "--max-rejected", "10%")
    assert (finished.code, finished.document["indexed"], finished.document["skipped"]) == (0, 18, 2)


@pytest.mark.parametrize(
    "arguments",
    [("index",), ("index", "x.csv", "--max-rejected", "200%"), ("index", "x.csv", "--map", "title")],
)
def test_wrong_usage_ends_with_2(home: IndexerHome, arguments: tuple[str, ...]) -> None:
    finished = home.run(*arguments)
    assert finished.code == 2
    assert finished.err


def rows(count: int) -> str:
    return "id,title\n" + "".join(f"{number},杯{number}\n" for number in range(count))


def test_half_a_file_does_not_replace_a_shop_without_a_word(home: IndexerHome, write: Write) -> None:
    home.run("index", write("full.csv", rows(9)))
    refused = home.run("index", write("cut.csv", rows(4)), "--json")
    assert refused.code == 1
    assert refused.document["error"] == (
        "4 products are fewer than half of the 9 of gen-1 (full.csv); if that is intended, run it again with "
        "--allow-fewer; gen-1 serves on"
    )
    assert home.served()[0] == "gen-1"
    assert home.run("index", write("most.csv", rows(5))).code == 0
    assert home.run("index", write("few.csv", rows(1)), "--allow-fewer").code == 0
    assert [one.documents for one in home.store.generations()] == [1, 5, 9]


def test_rows_that_were_rejected_or_are_double_do_not_count(home: IndexerHome, write: Write) -> None:
    home.run("index", write("full.csv", rows(9)))
    refused = home.run("index", write("double.csv", rows(4) + "0,杯\n" * 5))
    assert refused.code == 1
    assert "4 products are fewer than half of the 9 of gen-1" in refused.err
    assert "gen-1 serves on" in refused.err
    assert [one.name for one in home.store.generations()] == ["gen-1"]


def test_three_nights_of_half_files_leave_the_full_generation(home: IndexerHome, write: Write) -> None:
    home.run("index", write("full.csv", rows(9)))
    for _ in range(5):
        home.run("index", write("cut.csv", rows(3)), "--allow-fewer")
    assert [one.documents for one in home.store.generations()] == [3, 3, 3, 9]
    assert home.run("rollback", "--to", "gen-1").code == 0
    assert home.served()[0] == "gen-1"


def test_the_sample_shop_may_be_replaced_by_any_number(home: IndexerHome, write: Write) -> None:
    sample = [Product(str(number), f"杯{number}") for number in range(9)]
    index_products(sample, store=home.store, encoder=HashEncoder(), source="sample shop 3dd644d3")
    assert home.run("index", write("own.csv", rows(2))).code == 0


def test_generations_are_listed_newest_first_and_rolled_back(home: IndexerHome) -> None:
    assert "no index yet" in home.run("generations").out
    assert home.run("rollback").code == 2
    for number in (1, 2, 3, 4):
        home.index_directly(Product(str(number), f"杯{number}"))
    listed = home.run("generations", "--json").document["generations"]
    assert isinstance(listed, list)
    assert [(one["name"], one["current"], one["documents"]) for one in listed] == [
        ("gen-4", True, 1),
        ("gen-3", False, 1),
        ("gen-2", False, 1),
    ]
    assert home.run("rollback", "--json").document == {
        "generation": "gen-3",
        "before": "gen-4",
        "model": "hash-encoder",
    }
    assert home.served() == ("gen-3", [Product("3", "杯3")])
    assert "* gen-3" in home.run("generations").out
    assert home.run("rollback", "--to", "gen-4").code == 0
    assert home.served()[0] == "gen-4"


def test_values_that_state_the_same_amount_are_merged_and_counted(home: IndexerHome, write: Write) -> None:
    catalog = (
        "id,title,attributes\n1,杯一,容量:500ml\n2,杯二,容量:0.5L|容量:1L\n3,杯三,容量:500毫升;颜色:红\n"
        "3,杯三,容量:500毫升;颜色:红\n4,杯四,尺码:37码\n5,杯五,容量:0.5L|尺码:37\n6,杯六,容量:0.5L|容量:500ml\n"
    )
    finished = home.run("index", write("catalog.csv", catalog), "--json")
    report = finished.document["report"]
    assert isinstance(report, dict)
    assert [reason for reason in report["reasons"] if reason["kind"] == "merged"] == [
        # The duplicate of the third product counts for nothing.
        {"kind": "merged", "reason": "容量", "count": 4, "examples": ["0.5L as 500ml", "500毫升 as 500ml"]},
        {"kind": "merged", "reason": "尺码", "count": 1, "examples": ["37 as 37码"]},
    ]
    assert finished.document["repaired"] == 0
    _, products = home.served()
    assert [dict(product.attributes) for product in products] == [
        {"容量": ("500ml",)},
        {"容量": ("500ml", "1L")},
        {"容量": ("500ml",), "颜色": ("红",)},
        {"尺码": ("37码",)},
        {"容量": ("500ml",), "尺码": ("37码",)},
        {"容量": ("500ml",)},
    ]


def test_amounts_are_merged_by_the_units_of_the_shop(home: IndexerHome, write: Write) -> None:
    home.folder.mkdir()
    (home.folder / "facts.toml").write_text('[units.measures.mass]\n"磅" = 450', "utf-8")
    home.run("index", write("catalog.csv", "id,title,attributes\n1,哑铃,重量:10磅\n2,铃,重量:4.5kg\n"))
    assert [product.attributes["重量"] for product in home.served()[1]] == [("10磅",), ("10磅",)]


def test_a_wrong_entry_of_facts_is_named_before_the_catalog_is_read(home: IndexerHome, write: Write) -> None:
    home.index_directly(OLD)
    (home.folder / "facts.toml").write_text('[units.measures.mass]\n"磅" = "heavy"', "utf-8")
    finished = home.run("index", write("catalog.csv", CATALOG), "--json")
    assert (finished.code, finished.document["read"]) == (2, 0)
    assert f'{home.folder / "facts.toml"}: "units.measures.mass.磅": ' in finished.err
    assert "got 'heavy'" in finished.err
    assert home.served() == ("gen-1", [OLD])


def test_facts_that_changed_since_an_index_was_built_are_named_with_what_to_run(
    home: IndexerHome, write: Write
) -> None:
    changed = 'facts.toml changed since gen-{} was built; run "shangsou index"'
    home.run("index", write("catalog.csv", CATALOG))
    assert "facts.toml" not in home.run("generations").out
    (home.folder / "facts.toml").write_text('[units.measures.mass]\n"磅" = 453.6', "utf-8")
    assert changed.format(1) in home.run("generations").out
    home.run("index", write("catalog.csv", CATALOG))
    assert "facts.toml" not in home.run("generations").out
    listed = home.run("generations", "--json").document["generations"]
    assert isinstance(listed, list)
    assert [one["changed_facts"] for one in listed] == ["", changed.format(1)]
    assert changed.format(1) in home.run("rollback").out
    assert "facts.toml" not in home.run("rollback", "--to", "gen-2").out


def test_an_index_is_built_with_the_dictionary_of_the_shop_and_says_which_words_it_still_cuts(
    home: IndexerHome, write: Write
) -> None:
    home.folder.mkdir()
    file = home.folder / "dictionary.txt"
    file.write_text("奶酪魔方\n我们的 1 r\n", "utf-8")
    finished = home.run("index", write("catalog.csv", "id,title\n1,百吉福奶酪魔方\n"))
    assert finished.code == 0
    assert f'{file}:2: "我们的" is still cut into 我们 and 的 with the frequency 1; write ' in finished.err
    # What the file says later is of no consequence for this index.
    file.write_text("酪魔 100000 n\n", "utf-8")
    [generation] = home.store.generations()
    assert words("奶酪魔方", generation.recipe.segmenter) == ["奶酪", "魔方", "奶酪魔方"]


def test_a_wrong_line_of_the_dictionary_is_named_before_the_catalog_is_read(
    home: IndexerHome, write: Write
) -> None:
    home.index_directly(OLD)
    (home.folder / "dictionary.txt").write_text("奶酪魔方 100 n\n奶酪 魔方\n", "utf-8")
    finished = home.run("index", write("catalog.csv", CATALOG), "--json")
    assert (finished.code, finished.document["read"]) == (2, 0)
    assert f'{home.folder / "dictionary.txt"}:2: "魔方" is neither a frequency nor a tag' in finished.err
    assert home.served() == ("gen-1", [OLD])


def test_a_dictionary_that_changed_since_an_index_was_built_is_named_with_what_to_run(
    home: IndexerHome, write: Write
) -> None:
    changed = 'dictionary.txt changed since gen-{} was built; run "shangsou index"'
    home.run("index", write("catalog.csv", CATALOG))
    assert "dictionary.txt" not in home.run("generations").out
    (home.folder / "dictionary.txt").write_text("马克杯子 n", "utf-8")
    assert changed.format(1) in home.run("generations").out
    home.run("index", write("catalog.csv", CATALOG))
    assert "dictionary.txt" not in home.run("generations").out
    listed = home.run("generations", "--json").document["generations"]
    assert isinstance(listed, list)
    assert [one["changed_dictionary"] for one in listed] == ["", changed.format(1)]
    assert all("dictionary" not in one["recipe"] for one in listed)
    assert changed.format(1) in home.run("rollback").out
    assert "dictionary.txt" not in home.run("rollback", "--to", "gen-2").out


def test_known_queries_are_cut_by_the_words_of_the_index(home: IndexerHome, write: Write) -> None:
    home.folder.mkdir()
    (home.folder / "dictionary.txt").write_text("国产机 100000 n", "utf-8")
    home.run("index", write("catalog.csv", CATALOG))
    home.run("queries", "import", write("queries.txt", "国产机器人\n国产机器猫\n"))
    [generation] = home.store.generations()
    lexicon = LexiconStore(Settings(home=home.folder)).open(generation)
    assert lexicon is not None
    assert lexicon.queries is not None
    # It stands in two different queries; jieba alone reads 机器 in both.
    assert lexicon.queries.counts(["国产机"]) == [2]


def test_a_rollback_to_nowhere_says_where_one_could_go(home: IndexerHome) -> None:
    home.index_directly(OLD)
    finished = home.run("rollback")
    assert finished.code == 2
    assert finished.err == (
        "shangsou: nothing served before gen-1; there are gen-1: "
        'name one, as "shangsou rollback --to gen-N"\n'
    )
    finished = home.run("rollback", "--to", "gen-9")
    assert (finished.code, finished.err) == (2, "shangsou: there is no generation gen-9; there are gen-1\n")


def test_k1_and_b_of_the_ranking_recipe_are_built_into_the_index(home: IndexerHome, write: Write) -> None:
    shipped = json.loads(shipped_ranking())
    ranking_file = home.folder / "ranking.json"
    home.folder.mkdir()
    ranking_file.write_text(json.dumps(shipped | {"k1": 1.1, "b": 0.3}), "utf-8")
    assert home.run("index", write("catalog.csv", CATALOG)).code == 0
    ranking_file.unlink()
    assert home.run("index", write("catalog.csv", CATALOG)).code == 0
    newest, oldest = home.run("generations", "--json").document["generations"]
    assert (oldest["recipe"]["k1"], oldest["recipe"]["b"]) == (1.1, 0.3)
    assert (newest["recipe"]["k1"], newest["recipe"]["b"]) == (shipped["k1"], shipped["b"])


def test_a_rollback_on_a_full_disk_says_so_leaves_all_as_it_was_and_works_once_there_is_room(
    home: IndexerHome,
) -> None:
    for _ in range(2):
        home.index_directly(Product("1", "连衣裙"))
    finished = home.run_apart("rollback", fault="switch:full")
    assert finished.code == 1
    assert finished.err.endswith("the disk is full; free some space, and try again\n")
    assert "Traceback" not in finished.err
    assert home.store.current() == "gen-2"
    assert not list((home.folder / "index").glob("CURRENT.*"))
    assert home.run_apart("rollback").code == 0
    assert home.store.current() == "gen-1"
