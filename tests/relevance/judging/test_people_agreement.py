"""Agreement of machines with people, worked by hand."""

import pytest

from relevance.judging.people_agreement import agreement_with_people, people_agreement_lines

KINDS = {"小王": "person", "m": "machine", "m2": "machine"}


def grades(*counts):
    """Grades of people and machine: (people's, machine's, how many pairs)."""
    people, machine = {}, {}
    for by_people, by_machine, count in counts:
        for _ in range(count):
            doc_id = f"d{len(people)}"
            people[doc_id], machine[doc_id] = by_people, by_machine
    return {"小王": {"q1": people}, "m": {"q1": machine}}


def test_precision_and_recall_of_each_grade():
    judges = grades((0, 0, 20), (0, 3, 4), (3, 3, 12), (3, 2, 4))
    found = agreement_with_people("m", judges, KINDS, {})
    by_grade = {one.grade: one for one in found.by_grade}
    assert (found.pairs, found.people) == (40, 1)
    assert (by_grade[0].precision, by_grade[0].recall) == (1, pytest.approx(20 / 24))
    assert (by_grade[3].precision, by_grade[3].recall) == (pytest.approx(12 / 16), pytest.approx(12 / 16))
    # People never gave a 2: nothing of it could be found, and all four are wrong.
    assert (by_grade[2].precision, by_grade[2].recall) == (0, None)
    assert set(by_grade) == {0, 2, 3}
    lines = people_agreement_lines(found)
    assert lines[0] == "m against one person: 40 pairs in common"
    assert "    3        16      16     12       0.750    0.750" in lines
    assert "    2         0       4      0       0.000        -" in lines


def test_with_fewer_than_32_pairs_no_figure_is_given_and_the_number_needed_is():
    found = agreement_with_people("m", grades((0, 0, 16), (3, 3, 15)), KINDS, {})
    text = "\n".join(people_agreement_lines(found))
    assert "too few to say anything: let people judge 1 more of its pairs, 32 in all" in text
    assert "Cicchetti, 1981" in text
    assert "kappa" not in text
    assert "precision" not in text
    assert (found.to_json()["enough"], found.to_json()["needed"]) == (False, 32)
    assert agreement_with_people("m", grades((0, 0, 16), (3, 3, 16)), KINDS, {}).is_enough


def test_without_a_pair_in_common_there_is_no_figure():
    judges = {"小王": {"q1": {"a": 1}}, "m": {"q1": {"b": 1}}}
    found = agreement_with_people("m", judges, KINDS, {})
    assert (found.agreement, found.pairs, found.by_grade) == (None, 0, ())
    assert "nothing can be said yet; let people judge 32 more" in people_agreement_lines(found)[0]
    assert found.to_json()["kappa"] is None


def test_other_machines_are_no_people_and_a_decision_counts_as_theirs():
    judges = {"小王": {"q1": {"a": 0}}, "m": {"q1": {"a": 3, "b": 2}}, "m2": {"q1": {"a": 3, "b": 3}}}
    found = agreement_with_people("m", judges, KINDS, {})
    assert (found.pairs, found.agreement.disagreements[0].grades) == (1, (0, 3))
    decided = agreement_with_people("m", judges, KINDS, {"q1": {"a": 3}})
    assert decided.agreement.raw == 1


def test_a_wide_interval_says_how_many_pairs_would_narrow_it():
    found = agreement_with_people("m", grades((0, 0, 12), (0, 1, 8), (1, 1, 12), (1, 0, 8)), KINDS, {})
    low, high = found.agreement.interval
    wanted = found.pairs * ((high - low) / 2 / 0.1) ** 2
    [line] = [line for line in people_agreement_lines(found) if "would bring this within ±0.1" in line]
    number = int(line.split("some ")[1].split(" ")[0].replace(",", ""))
    assert wanted <= number < wanted + 10


def test_only_people_with_a_pair_in_common_are_counted():
    # 小赵 only skipped, and 小孙 judged other pairs: of the same query, and of another one.
    judges = {
        "小王": {"q1": {"a": 0}}, "小李": {"q1": {"b": 2}}, "小孙": {"q1": {"z": 1}, "q2": {"a": 1}},
        "m": {"q1": {"a": 3, "b": 2}}, "m2": {"q1": {"a": 3}},
    }  # fmt: skip
    kinds = dict.fromkeys(("小王", "小李", "小孙", "小赵"), "person") | dict.fromkeys(("m", "m2"), "machine")
    found = agreement_with_people("m", judges, kinds, {})
    assert (found.people, found.pairs) == (2, 2)
    assert people_agreement_lines(found)[0] == "m against the consensus of 2 people: 2 pairs in common"
    assert agreement_with_people("小王", judges, kinds, {}).people == 0
