"""The facts of a small shop."""

from shangsou.lexicon.fact_vocabulary import FactVocabulary
from shangsou.text.facts import load_facts

VOCABULARY = FactVocabulary(
    names_of_values={"真丝": ("材质",), "法式": ("风格",), "苏州市": ("产地",)},
    brands={"耐克": ("nike",), "nike": ("耐克",)},
    amounts={},
    table=load_facts(),
)
