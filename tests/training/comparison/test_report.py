"""Reports of a comparison: what stands on the page, in the terminal and in JSON."""

from relevance.reason import Reason
from training.comparison.comparison import KINDS, ModelComparison
from training.comparison.encoders import KIND, PAIRS
from training.comparison.figure import Figure, Gain, no_figures
from training.comparison.rankers import VALIDATION
from training.comparison.report import comparison_page, comparison_to_json, comparison_to_text
from training.comparison.wording import cases_name, chinese_name, measure_name

BETTER = Gain("BM25 words", 0.1, 0.05, 0.15)
UNSURE = Gain("common bigrams", -1e-12, -0.0004, 0.1)
SPRING = Figure(KIND, "<spring>", PAIRS, "accuracy", 0.9, 120, 0.85, 0.95, (BETTER, UNSURE))
REASON = Reason("its file is broken", "文件已损坏")
BROKEN = [no_figures(KIND, name, REASON, PAIRS) for name in ("torn", "cut")]
COMPARISON = ModelComparison([SPRING, *BROKEN], [Reason("of ten pairs", "共十对")])


def test_the_page_has_each_figure_with_its_interval_and_marks_what_is_better():
    page = comparison_page(COMPARISON)
    assert "0.900<small>0.850–0.950</small>" in page
    assert '<td class="better">▲+0.100<small>+0.050～+0.150</small></td>' in page
    assert "120 条查询" in page
    assert "共十对" in page


def test_a_difference_that_may_be_chance_has_no_mark():
    page = comparison_page(COMPARISON)
    assert "<td>+0.000<small>−0.000～+0.100</small></td>" in page


def test_names_of_models_are_escaped():
    page = comparison_page(COMPARISON)
    assert "&lt;spring&gt;" in page
    assert "<spring>" not in page


def test_what_has_no_figure_stands_there_with_its_reason_once():
    assert "torn、cut（留出的商品对）：无。文件已损坏" in comparison_page(COMPARISON)
    assert "encoder: torn, cut: held-out pairs: none: its file is broken" in comparison_to_text(COMPARISON)


def test_the_terminal_says_which_difference_is_higher():
    lines = comparison_to_text(COMPARISON).splitlines()
    assert lines[1].split() == ["<spring>", "accuracy", "0.900", "[0.850,", "0.950]", "n", "120"]
    assert lines[2].strip() == "less BM25 words: +0.100 [+0.050, +0.150] higher"
    assert lines[3].strip() == "less common bigrams: +0.000 [-0.000, +0.100]"


def test_json_has_all_figures_and_their_reasons():
    spring, torn, _ = comparison_to_json(COMPARISON)["figures"]
    assert (spring["value"], spring["low"], spring["high"], spring["n"]) == (0.9, 0.85, 0.95, 120)
    assert [gain["sign"] for gain in spring["gains"]] == [1, 0]
    assert (torn["value"], torn["reason"]) == (None, "its file is broken")


def test_parts_of_one_ranker_go_by_its_name():
    ranker = KINDS[1]
    assert chinese_name(f"{VALIDATION}: ranker-3", ranker) == "训练时留出的顾客：ranker-3"
    assert cases_name(f"{VALIDATION}: ranker-3", ranker) == "次搜索"


def test_names_that_people_gave_stay():
    assert chinese_name("graded", KINDS[0]) == "graded"
    assert measure_name("auc", KINDS[0]) == "auc"
