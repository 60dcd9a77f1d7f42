"""Every setting and command is documented as it is."""

import json
import re
from importlib.metadata import entry_points
from pathlib import Path

import click
import pytest

from shangsou.cli import ENTRY_POINT_GROUP
from shangsou.search.response_json import LackJson, RelatedJson, SearchJson, TypeGuessJson, UnderstoodJson
from shangsou.settings import Settings
from tests.fixtures.responses import validated

ROOT = Path(__file__).parents[2]
COMMANDS = {entry_point.name: entry_point for entry_point in entry_points(group=ENTRY_POINT_GROUP)}


def documented_settings():
    """The rows of the table: name to default and meaning."""
    page = (ROOT / "docs/settings.md").read_text("utf-8")
    rows = re.findall(r"^\| `(SHANGSOU_(?!TEST_)\w+)` \| (.*?) ?\| (.+) \|$", page, re.MULTILINE)
    return {name: (default.strip("`"), meaning) for name, default, meaning in rows}


def shown(default):
    if default is None:
        return ""
    if isinstance(default, Path):
        return f"~/{default.relative_to(Path.home())}"
    if isinstance(default, bool):
        return str(default).lower()
    return f"{default:g}" if isinstance(default, float) else str(default)


def test_every_setting_is_documented_with_its_default_and_its_meaning():
    assert documented_settings() == {
        f"SHANGSOU_{name.upper()}": (shown(field.default), field.description)
        for name, field in Settings.model_fields.items()
    }


def section(page, heading):
    """The part of a page below a heading that begins with these words, subsections left out."""
    found = re.search(rf"^(#+) `{heading}\b[^`]*`$(.*?)(?=^##|\Z)", page, re.MULTILINE | re.DOTALL)
    return found[2] if found else ""


def all_commands(name, command):
    yield name, command
    if isinstance(command, click.Group):
        for child, subcommand in command.commands.items():
            yield from all_commands(f"{name} {child}", subcommand)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented_with_its_options(name):
    page = (ROOT / "docs/commands.md").read_text("utf-8")
    for path, command in all_commands(f"shangsou {name}", COMMANDS[name].load()):
        text = section(page, path)
        assert first_sentence(command) in text, f"docs/commands.md has no section `{path}` with its summary"
        spelled = [option for param in command.params for option in (*param.opts, *param.secondary_opts)]
        options = {option for option in spelled if option.startswith("--")}
        assert set(re.findall(r"--[a-z][a-z-]*", "\n".join(table_cells(text)))) == options, path


def table_cells(text):
    """The first cell of each row: where options are named."""
    return [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]


def first_sentence(command):
    return re.match(r".*?\.(?=\s|$)", command.help or "", re.DOTALL)[0]


def test_no_command_is_documented_that_does_not_exist():
    page = (ROOT / "docs/commands.md").read_text("utf-8")
    assert set(re.findall(r"^## `shangsou (\w+)", page, re.MULTILINE)) == set(COMMANDS)


def test_links_between_pages_lead_somewhere():
    pages = [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("docker/*.md"),
        *ROOT.glob("mappings/*.md"),
    ]
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


def test_files_of_the_code_that_pages_name_exist():
    # Decisions are left out: they may name what is no more.
    pages = [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/*.md"),
        *ROOT.glob("docker/*.md"),
        *ROOT.glob("mappings/*.md"),
    ]
    folders = "shangsou|indexer|searchapi|relevance|training|mappings|tests|docker|docs"
    missing = [
        f"{page.relative_to(ROOT)}: {name}"
        for page in pages
        for name in re.findall(
            rf"`((?:{folders})/[\w./-]*(?:/|\.(?:py|js|json|txt|yaml|md)))`", page.read_text("utf-8")
        )
        if not (ROOT / name).exists()
    ]
    assert missing == []


def search_section():
    page = (ROOT / "docs/api.md").read_text("utf-8")
    return page.partition("\n## Search\n")[2].partition("\n## Suggestions\n")[0]


@pytest.mark.parametrize("shape", [SearchJson, RelatedJson, UnderstoodJson], ids=lambda shape: shape.__name__)
def test_every_field_of_a_search_response_is_documented(shape):
    text = search_section()
    assert [name for name in shape.__annotations__ if f"`{name}`" not in text] == []
    assert "relaxed" not in text


def test_examples_of_what_a_product_lacks_and_of_types_are_as_the_api_answers():
    text = search_section()
    (example,) = re.findall(r"^```json\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    (lack,) = json.loads(example)["lacks"]
    assert validated(LackJson, lack)["says"] == "婴儿推车"
    (row,) = re.findall(r"^\| `product_types` \| .*`(\[.*\])`", text, re.MULTILINE)
    assert [validated(TypeGuessJson, guess)["name"] for guess in json.loads(row)] == ["墨镜", "太阳镜"]
