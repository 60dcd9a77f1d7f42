"""Samples of queries."""

from math import sqrt
from statistics import fmean, stdev

import pytest

from relevance.judgements import read_queries
from relevance.sampling.query_sample import draw_queries, query_id, select_population, write_sample
from relevance.sampling.search_counts import QueryCount
from shangsou.errors import UnusableInput

# A long tail: 40 queries of 60, 30, 20, 15, … 1 searches.
LOG = [QueryCount(f"词{number}", max(1, 60 // number), 9) for number in range(1, 41)]
# A measure that is lower for rare queries, and different from one to the next.
VALUES = {query.text: min(1.0, query.searches / 30) + 0.3 * (at % 3) for at, query in enumerate(LOG)}
TRIALS = 1_500


def test_the_mean_by_weight_is_that_of_all_searches_over_all_samples():
    population = select_population(LOG, 2)
    true_mean = sum(VALUES[query.text] * query.searches for query in LOG) / sum(
        query.searches for query in LOG
    )
    means = []
    for seed in range(TRIALS):
        sample = draw_queries(population, 12, seed)
        total = sum(one.weight for one in sample)
        means.append(sum(VALUES[one.query.text] * one.weight for one in sample) / total)
    assert abs(fmean(means) - true_mean) <= 4 * stdev(means) / sqrt(TRIALS)
    # The plain mean of the queries is another figure, so that the test can fail.
    assert abs(fmean(VALUES.values()) - true_mean) > 0.2


def test_each_query_is_in_as_many_samples_as_its_probability_says():
    population = select_population(LOG, 2)
    counts: dict[str, int] = {}
    probabilities: dict[str, float] = {}
    for seed in range(TRIALS):
        for one in draw_queries(population, 12, seed):
            counts[one.query.text] = counts.get(one.query.text, 0) + 1
            probabilities[one.query.text] = one.probability
    assert len(counts) == len(LOG)
    for text, probability in probabilities.items():
        error = sqrt(probability * (1 - probability) / TRIALS)
        assert abs(counts[text] / TRIALS - probability) <= 4.5 * error, text


def test_weights_add_up_to_the_searches():
    population = select_population(LOG, 2)
    sample = draw_queries(population, 12, 1)
    assert sum(one.weight for one in sample) == pytest.approx(population.searches)


def test_a_seed_draws_one_sample_in_whichever_order_the_log_is():
    one = draw_queries(select_population(LOG, 2), 12, 7)
    assert one == draw_queries(select_population(reversed(LOG), 2), 12, 7)
    assert one != draw_queries(select_population(LOG, 2), 12, 8)


def test_sets_and_tags_name_the_stratum_and_a_text_has_one_id_in_every_sample():
    sample = draw_queries(select_population(LOG, 2), 40, 1)
    assert {one.query.set for one in sample} == {"head", "torso", "tail"}
    assert all(one.query.tags == (one.query.set,) for one in sample)
    assert len({one.query.qid for one in sample}) == 40
    assert sample[0].query.qid == query_id("词1")


def test_queries_of_few_shoppers_and_those_with_numbers_of_people_are_left_out_and_counted():
    log = [
        QueryCount("雨伞", 9, 5),
        QueryCount("张三家", 7, 1),
        QueryCount("李四", 1, 1),
        QueryCount("13800138000", 4, 4),
    ]
    population = select_population(log, 2)
    assert [query.text for stratum in population.strata for query in stratum.queries] == ["雨伞"]
    assert (population.rare.queries, population.rare.searches) == (2, 8)
    assert (population.personal.queries, population.personal.searches) == (1, 4)
    assert select_population(log, 1, keeps_personal=True).queries == 4


def test_a_log_of_which_nothing_is_left_is_refused_with_the_way_out():
    with pytest.raises(UnusableInput, match=r"fewer than 2 shoppers.*--min-shoppers 1"):
        select_population([QueryCount("雨伞", 1, 1)], 2)
    with pytest.raises(UnusableInput, match=r"1 look like numbers.*--keep-personal"):
        select_population([QueryCount("13800138000", 5, 5)], 2)


def test_a_written_sample_is_a_file_of_queries(tmp_path):
    log = [
        QueryCount("雨伞", 60, 9),
        QueryCount("帽子", 30, 9),
        QueryCount("红裙", 6, 9),
        QueryCount("裤", 4, 9),
    ]
    sample = draw_queries(select_population(log, 2), 3, 1)
    path = tmp_path / "queries.tsv"
    write_sample(sample, path)
    assert read_queries(path) == [one.query for one in sample]
    # 雨伞 is the head, 帽子 the torso; of the tail, 10 searches, one of two was drawn.
    tail = sample[2]
    assert path.read_text("utf-8").splitlines() == [
        "qid\tset\tquery\ttags\tsearches\tinclusion_probability\tweight",
        f"{query_id('雨伞')}\thead\t雨伞\thead\t60\t1\t60",
        f"{query_id('帽子')}\ttorso\t帽子\ttorso\t30\t1\t30",
        f"{tail.query.qid}\ttail\t{tail.query.text}\ttail\t{tail.searches}\t{tail.searches / 10:g}\t10",
    ]


def test_weights_are_written_with_all_their_digits(tmp_path):
    path = tmp_path / "queries.tsv"
    write_sample(draw_queries(select_population([QueryCount("雨伞", 12_345_678, 9)], 2), 1, 1), path)
    assert path.read_text("utf-8").splitlines()[1].endswith("\t12345678\t1\t12345678")
