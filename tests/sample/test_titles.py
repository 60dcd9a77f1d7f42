"""Title templates of the sample shop."""

from random import Random

import pytest

from shangsou.sample.titles import applicable_templates, contradicts, fill, is_well_formed, resolve_options


def test_a_template_fits_when_its_required_slots_have_values():
    templates = ["{品牌}{词}", "{品牌}{材质}{词}", "{词}[{材质}]{卖点}"]
    assert applicable_templates(templates, {"品牌": "棠梨序", "词": "毛衣"}) == [
        "{品牌}{词}",
        "{词}[{材质}]{卖点}",
    ]


def test_an_optional_part_without_value_is_always_left_out():
    settled = {resolve_options("{词}[ {材质}]", {"词": "毛衣"}, Random(seed)) for seed in range(20)}
    assert settled == {"{词}"}


def test_an_optional_part_with_a_value_comes_and_goes():
    slots = {"词": "毛衣", "材质": "羊毛"}
    settled = {resolve_options("{词}[ {材质}]", slots, Random(seed)) for seed in range(20)}
    assert settled == {"{词}", "{词} {材质}"}


def test_each_selling_slot_takes_the_next_word_and_those_beyond_stay_empty():
    assert fill("{卖点}{词}{卖点}{卖点}", {"词": "毛衣"}, ["保暖", "百搭"]) == "保暖毛衣百搭"


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{品牌}{型号}", "ORVANTA KX-1"),  # two Latin words would run together
        ("{容量}{品牌}", "8GB+ ORVANTA"),
        ("{品牌}{词}{型号}", "ORVANTA耳机KX-1"),
    ],
)
def test_latin_words_are_kept_apart(template, text):
    slots = {"品牌": "ORVANTA", "型号": "KX-1", "容量": "8GB+", "词": "耳机"}
    assert fill(template, slots) == text


def test_a_slot_without_value_is_an_error():
    with pytest.raises(KeyError):
        fill("{品牌}", {})


@pytest.mark.parametrize(
    ("title", "well"),
    [
        ("棠梨序2026冬季新款套头毛衣女慵懒风", True),
        ("棠梨序毛衣女慵懒风加厚百搭毛衣女款冬", False),  # 毛衣 twice
        ("AURALYSSE香水auralysse持久留香小众", False),  # the brand twice
        ("毛衣女", False),  # says too little
        (
            "棠梨序冬季新款套头针织衫女士慵懒百搭软糯加厚保暖宽松打底内搭外穿显瘦洋气高级感气质休闲风",
            False,
        ),  # too long
    ],
)
def test_titles_that_read_well(title, well):
    assert is_well_formed(title) is well


def test_a_title_must_not_name_a_value_that_the_product_lacks():
    candidates = {"颜色": ("红色", "酒红色", "蓝色"), "功能": ("静音", "定时")}
    assert contradicts("蓝色毛衣", {"颜色": "红色", "功能": "静音"}, candidates)
    assert not contradicts("红色毛衣", {"颜色": "酒红色", "功能": "静音"}, candidates)  # part of its own
    assert not contradicts("定时风扇", {"颜色": "红色", "功能": "静音"}, candidates)  # may do both
