"""The files of SHANGSOU_HOME that every server of a shop has: what people and training make for searches."""

from collections.abc import Iterator
from pathlib import Path

from shangsou.lexicon.lexicon_store import LexiconStore
from shangsou.recommend.model_file import MODEL_FILE
from shangsou.recommend.rules import RULES_FILE
from shangsou.search.personal.ranker_store import ranker_files
from shangsou.search.ranking.dictionaries import ENTITIES_FILE, SYNONYMS_FILE
from shangsou.search.ranking.never_suggest import NEVER_SUGGEST_FILE
from shangsou.search.ranking.recipe import RECIPE_FILE
from shangsou.search.ranking.type_overrides import TYPES_FILE
from shangsou.search.ranking.versions import RankingVersions
from shangsou.settings import Settings
from shangsou.text.dictionary import FILE as DICTIONARY_FILE
from shangsou.text.facts import FILE as FACTS_FILE

_SINGLE_FILES = (
    SYNONYMS_FILE,
    ENTITIES_FILE,
    TYPES_FILE,
    FACTS_FILE,
    DICTIONARY_FILE,
    NEVER_SUGGEST_FILE,
    RULES_FILE,
    MODEL_FILE,
)


def shared_files(settings: Settings) -> Iterator[Path]:
    """Yield the files that are there, relative to SHANGSOU_HOME; what names others comes behind them."""
    home = settings.home
    files = [
        *(home / name for name in _SINGLE_FILES),
        *LexiconStore(settings).query_files(),
        *ranker_files(home),
        *RankingVersions(home).files(),
        home / RECIPE_FILE,
    ]
    return (path.relative_to(home) for path in files if path.is_file())


def is_of_queries(path: str) -> bool:
    """Return whether a file is one of the known queries."""
    return path.startswith("lexicon/")
