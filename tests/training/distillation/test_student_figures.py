"""The share of the nearest titles that a student has in common with its teacher."""

import numpy as np

from training.distillation.student_figures import nearest_titles, shared_neighbours

AXES = np.eye(20, dtype=np.float32)


class Student:
    """Encodes the title of number n as the axis n, and each query as a few of them."""

    def __init__(self, near):
        self.near = near

    def encode(self, texts):
        if texts == ["query"]:
            return AXES[self.near].sum(axis=0)[None] / np.sqrt(len(self.near))
        return AXES[[int(text) for text in texts]]


def test_half_of_the_ten_nearest_are_shared():
    titles = [str(number) for number in range(20)]
    of_query = AXES[:10].sum(axis=0)[None]
    student = Student(list(range(5, 15)))
    assert shared_neighbours(student, ["query"], titles, of_query, AXES) == 0.5


def test_of_three_titles_all_are_shared():
    titles = ["0", "1", "2"]
    assert shared_neighbours(Student([1]), ["query"], titles, AXES[:1], AXES[:3]) == 1.0


def test_without_queries_there_is_no_figure():
    assert shared_neighbours(Student([1]), [], ["0", "1"], AXES[:0], AXES[:2]) is None


def test_the_nearest_title_of_each_query_in_blocks():
    queries = np.tile(AXES, (30, 1))
    assert nearest_titles(queries, AXES, 1)[:, 0].tolist() == list(range(20)) * 30
