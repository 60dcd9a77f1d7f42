"""Check the names and the module docstrings of all Python files: `python .ci/check_names.py [FOLDER]`.

A name is one that a search engineer would have chosen: no participle and no metaphor as a noun, one spelling
everywhere. WRONG_WORDS lists words that were mistaken for names before, with what to write instead.
"""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGES = ("shangsou", "indexer", "searchapi", "relevance", "training", "insights", "benchmarks", "tests")

WRONG_WORDS = {  # a word, or words in a row, of a snake_case or CamelCase name: what to write instead
    "anew": '"again", or "rebuild", "reformulate"',
    "aside": '"background"',
    "errand": '"same_day_basket"',
    "errands": '"same_day_baskets"',
    "foretell": '"predict"',
    "foretells": '"predicts"',
    "glance": '"first_pass"',
    "learnt": '"learned", or what was learned: "model", "counts"',
    "meeting": '"overlap"',
    "mend": '"correct" or "fix"',
    "mended": '"corrected" or "fixed"',
    "mends": '"corrects" or "fixes"',
    "newcomer": '"new_shopper", or "cold_start" for what is done for them',
    "newcomers": '"new_shoppers", or "cold_start" for what is done for them',
    "recollection": '"history_cache"',
    "said": '"reported", or the noun: "query", "message"',
    "scene": '"context"',
    "slip": '"typo" or "edit"',
    "slips": '"typos" or "edits"',
    "telling": '"informative"',
    "told": '"reported", "recorded" or "sent"',
    "unsaid": '"unknown" or "missing"',
    "worth_a": '"should_", "shortlist" or a count',
}
WRONG_PREFIXES = {"LEAST_": '"MIN_"', "MOST_": '"MAX_"'}
BRITISH_ISE = re.compile(r"(?:initial|normal|personal|recogn|roman)is(?:ation|ed|ers|er|es|e|ing)")
QUESTION = re.compile(r"(?:What|Which|How|Who)\b")
WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def main(folder: Path) -> int:
    """Print what is wrong below the folder, a line each; return the exit code."""
    found = [
        f"{path.relative_to(folder)}:{line}: {problem}\n"
        for package in PACKAGES
        for path in sorted((folder / package).rglob("*.py"))
        for line, problem in problems(path.read_text(encoding="utf-8"), path.relative_to(folder))
    ]
    sys.stdout.writelines(found)
    sys.stdout.write(f"{len(found)} names or docstrings to fix\n" if found else "All names are fine\n")
    return 1 if found else 0


def problems(source: str, path: Path) -> list[tuple[int, str]]:
    """Return the problems of one module, each with its line, in order."""
    tree = ast.parse(source)
    names = {(1, part) for part in path.with_suffix("").parts} | set(_defined_names(tree))
    named = [(line, problem) for line, name in names for problem in _problems_of_name(name)]
    return sorted(named + [(1, problem) for problem in _problems_of_docstring(tree)])


def _defined_names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.arg(arg=name) | ast.alias(asname=str(name)) | ast.ExceptHandler(name=str(name)):
                yield node.lineno, name
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield node.lineno, name
            case ast.MatchMapping(rest=str(name)):
                yield node.lineno, name


@cache
def _problems_of_name(name: str) -> list[str]:
    words = f"_{'_'.join(WORD.findall(name))}_".lower()
    wrong = {word: instead for word, instead in WRONG_WORDS.items() if f"_{word}_" in words}
    wrong |= {start: new for start, new in WRONG_PREFIXES.items() if name.lstrip("_").startswith(start)}
    wrong |= {british: f'"{british.replace("is", "iz")}"' for british in BRITISH_ISE.findall(words)}
    return [f'identifier "{word}" in {name}: write {instead}' for word, instead in wrong.items()]


def _problems_of_docstring(tree: ast.Module) -> Iterator[str]:
    if not tree.body:  # an empty __init__.py
        return
    docstring = ast.get_docstring(tree)
    if docstring is None:
        yield "module without a docstring"
    elif question := QUESTION.match(docstring):
        yield f'module docstring begins with "{question.group()}": name the thing, or begin with a verb'


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent))
