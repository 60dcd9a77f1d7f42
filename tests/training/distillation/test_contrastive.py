"""Contrastive distilling: what the encoder learns of its teacher's order, and texts without units."""

import numpy as np

from training.distillation.bags import Bags
from training.distillation.contrastive import ContrastiveOptions, TaughtTexts, contrast


def bags(*texts):
    starts = np.cumsum([0, *map(len, texts)])
    return Bags(np.array([unit for text in texts for unit in text], np.int64), starts)


def learn(queries, titles, **options):
    vectors = np.array([[0, 0], [1, 0], [1, 0.1], [0, 1]], np.float32)
    return contrast(
        vectors,
        np.ones(4, np.float32),
        queries,
        titles,
        ContrastiveOptions(clusters=1, learning_rate=0.05, **options),
        lambda _: None,
    )


def test_a_query_finds_the_title_that_the_teacher_finds_though_it_began_nearer_to_another():
    # The unit of the query, 1, lies at 2; the teacher holds the title of unit 3 nearer.
    queries = TaughtTexts(bags([1]), np.array([[1, 0]], np.float32))
    titles = TaughtTexts(bags([2], [3]), np.array([[0, 1], [1, 0]], np.float32))
    vectors, _ = learn(queries, titles, epochs=60)
    of_query, near, far = (row / np.linalg.norm(row) for row in vectors[[1, 3, 2]])
    assert of_query @ near > of_query @ far


def test_texts_without_units_change_nothing():
    queries = TaughtTexts(bags([]), np.array([[1, 0]], np.float32))
    titles = TaughtTexts(bags([], []), np.array([[0, 1], [1, 0]], np.float32))
    vectors, _ = learn(queries, titles)
    assert vectors.tolist() == np.array([[0, 0], [1, 0], [1, 0.1], [0, 1]], np.float32).tolist()


def test_no_queries_leave_the_vectors_as_they_are():
    none = TaughtTexts(bags(), np.zeros((0, 2), np.float32))
    titles = TaughtTexts(bags([2], [3]), np.array([[0, 1], [1, 0]], np.float32))
    vectors, _ = learn(none, titles)
    assert vectors[1].tolist() == [1, 0]
