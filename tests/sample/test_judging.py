"""Judgements of the sample shop."""

import csv
from collections import Counter

from shangsou.product import Product
from shangsou.sample.judging import Intent, Rule, judge, judgement_texts, read_intents, sample_judgements

INTENTS = read_intents()


def test_the_committed_judgements_are_what_the_rules_yield(sample_catalog):
    committed = tuple(path.read_text("utf-8") for path in sample_judgements())
    assert committed == judgement_texts(INTENTS, sample_catalog), "run python -m shangsou.sample.judging"


def test_there_are_enough_queries_of_every_sort():
    assert len(INTENTS) >= 60
    sets = Counter(intent.set_name for intent in INTENTS)
    assert set(sets) == {"head", "attribute", "semantic", "exact", "script"}
    assert min(sets.values()) >= 10


def test_query_ids_and_queries_are_each_used_once():
    assert len({intent.qid for intent in INTENTS}) == len(INTENTS)
    assert len({intent.query for intent in INTENTS}) == len(INTENTS)


def test_the_files_have_the_contracts_columns_and_no_quotes():
    columns = []
    for path in sample_judgements():
        text = path.read_text("utf-8")
        assert '"' not in text
        columns.append(next(csv.reader(text.splitlines(), delimiter="\t")))
    assert columns == [["qid", "set", "query"], ["qid", "doc_id", "grade"]]


def test_every_query_has_products_that_answer_it_fully_and_few_that_are_relevant(sample_catalog):
    problems = []
    for intent in INTENTS:
        grades = Counter(grade for _, grade in judge(intent, sample_catalog))
        relevant = sum(count for grade, count in grades.items() if grade > 0)
        if not set(grades) <= {0, 1, 2, 3}:
            problems.append(f"{intent.qid} {intent.query}: grades {sorted(grades)}")
        if grades[3] < 2:
            problems.append(f"{intent.qid} {intent.query}: {grades[3]} products of grade 3")
        if relevant >= len(sample_catalog) / 20:
            problems.append(f"{intent.qid} {intent.query}: {relevant} relevant products")
        if set(grades) != (by_rules := {rule.grade for rule in intent.rules}):
            problems.append(
                f"{intent.qid} {intent.query}: grades {sorted(grades)}, rules for {sorted(by_rules)}"
            )
    assert not problems, "\n".join(problems)


def test_the_first_rule_that_a_product_meets_decides():
    red = Product("red", "红色毛衣", category=("女装", "毛衣"), attributes={"颜色": ("红色",)})
    blue = Product("blue", "蓝色毛衣", category=("女装", "毛衣"), attributes={"颜色": ("蓝色",)})
    off = Product("off", "红色毛衣", category=("女装", "毛衣"), attributes={"颜色": ("红色",)}, status="off")
    hat = Product("hat", "红色帽子", category=("配饰", "帽子"), attributes={"颜色": ("红色",)})
    sweater = frozenset({"毛衣"})
    rules = (
        Rule(3, {"category": sweater, "颜色": frozenset({"红色", "酒红色"})}),
        Rule(1, {"category": sweater, "department": frozenset({"女装"})}),
    )
    intent = Intent("t-1", "attribute", "红毛衣", rules)
    assert list(judge(intent, [red, blue, off, hat])) == [("red", 3), ("blue", 1)]
