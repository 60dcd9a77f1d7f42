"""The image and the compose file, as far as can be checked without a Docker engine."""

import configparser
import fnmatch
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from searchapi.commands.serve import serve
from shangsou.settings import Settings

ROOT = Path(__file__).parents[2]
SECRETS = {"ELASTIC_PASSWORD": "letters0and1digits"}


@pytest.fixture(scope="module")
def instructions():
    """The lines of the Dockerfile, continued ones joined, as (instruction, rest)."""
    text = (ROOT / "docker/Dockerfile").read_text("utf-8")
    without_comments = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    lines = without_comments.replace("\\\n", " ").splitlines()
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines if line.strip()]


def values(instructions, name):
    return [rest for instruction, rest in instructions if instruction == name]


def copied(instructions):
    return [
        name for rest in values(instructions, "COPY") if "--from" not in rest for name in rest.split()[:-1]
    ]


def setup():
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", "utf-8")
    return config


def test_everything_that_is_copied_exists(instructions):
    assert [name for name in copied(instructions) if not (ROOT / name).exists()] == []


def test_every_package_is_copied(instructions):
    included = setup()["options.packages.find"]["include"].split()
    assert {pattern.rstrip("*") for pattern in included} <= set(copied(instructions))


def test_the_build_context_holds_what_is_copied_and_nothing_else(instructions):
    rules = [
        line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line[:1] not in ("", "#")
    ]
    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == set(copied(instructions))
    assert any(fnmatch.fnmatch("shangsou/__pycache__", rule) for rule in rules[1:])


def test_base_images_have_a_version_and_fit_the_project(instructions):
    images = [rest.split()[0] for rest in values(instructions, "FROM")]
    assert set(images) == {"$BASE"}
    assert values(instructions, "ARG")[0] == "BASE=python:3.12-slim"
    assert setup()["options"]["python_requires"] == ">=3.11"


def test_the_container_does_not_run_as_root(instructions):
    names = [instruction for instruction, _ in instructions]
    assert values(instructions, "USER") == ["10001"]
    assert names.index("USER") < names.index("ENTRYPOINT")


def test_it_starts_the_program_directly_so_that_sigterm_arrives(instructions):
    (entry,) = values(instructions, "ENTRYPOINT")
    assert json.loads(entry) == ["shangsou"]
    assert "shangsou = shangsou.cli:main" in setup()["options.entry_points"]["console_scripts"]


def test_its_command_is_one_that_the_program_understands(instructions):
    (command,) = values(instructions, "CMD")
    name, *arguments = json.loads(command)
    assert name == "serve"
    context = serve.make_context("serve", arguments)
    assert context.params == {"host": "0.0.0.0", "port": 8700}
    assert values(instructions, "EXPOSE") == ["8700"]


def test_its_health_check_asks_whether_it_is_ready(instructions):
    (check,) = values(instructions, "HEALTHCHECK")
    command = json.loads(check[check.index("[") :])
    assert command[:2] == ["python", "-c"]
    compile(command[2], "HEALTHCHECK", "exec")
    assert "http://127.0.0.1:8700/readyz" in command[2]


def test_state_lies_in_the_volume(instructions):
    assert values(instructions, "VOLUME") == ["/data"]
    assert any("SHANGSOU_HOME=/data" in rest for rest in values(instructions, "ENV"))


def test_all_settings_named_in_docker_exist():
    named = set()
    for path in (ROOT / "docker").iterdir():
        named |= set(re.findall(r"\bSHANGSOU_[A-Z_]+", path.read_text("utf-8")))
    assert named <= {f"SHANGSOU_{name.upper()}" for name in Settings.model_fields}


def test_what_is_installed_has_versions_and_hashes(instructions):
    locked = (ROOT / "requirements/runtime.txt").read_text("utf-8")
    for package in setup()["options"]["install_requires"].split():
        name = re.match(r"[\w-]+", package)[0].lower().replace("_", "-")
        assert re.search(rf"^{name}==\S+.*\\\n    --hash=sha256:", locked, re.MULTILINE), name
    assert any("--require-hashes -r requirements/runtime.txt" in rest for rest in values(instructions, "RUN"))


@pytest.fixture(scope="module")
def compose():
    program = shutil.which("docker-compose")
    if program is None:
        pytest.skip("needs docker-compose (apt-get install docker-compose); the compose file is unchecked")

    def config(**environment):
        return subprocess.run(
            [program, "-f", str(ROOT / "docker/compose.yaml"), "config"],
            env={"PATH": "/usr/bin:/bin", **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    return config


def test_the_compose_file_is_valid_and_serves_this_machine_alone(compose):
    result = compose(**SECRETS)
    assert result.returncode == 0, result.stderr
    assert "elasticsearch:8.19.21" in result.stdout
    assert "127.0.0.1:8700:8700" in result.stdout


def test_its_server_writes_to_its_volume_alone_and_has_limits(compose):
    server = yaml.safe_load(compose(**SECRETS).stdout)["services"]["api"]
    assert server["read_only"] is True
    # What lies in a tmpfs counts as memory, of which large temporary files would take all.
    assert "tmpfs" not in server
    assert "/tmp" in server["volumes"]
    assert server["pids_limit"] == 512
    assert server["ulimits"]["nofile"] == 4096
    assert server["cap_drop"] == ["ALL"]
    environment = server["environment"]
    assert not [name for name in environment if re.search(r"(KEY|PASSWORD)$", name)]
    mounted = {f"/run/secrets/{secret['source']}" for secret in server["secrets"]}
    assert {environment["SHANGSOU_ADMIN_KEY_FILE"], environment["SHANGSOU_ELASTIC_PASSWORD_FILE"]} == mounted


@pytest.mark.parametrize("secret", SECRETS)
def test_it_does_not_start_without_its_secrets(secret):
    text = (ROOT / "docker/compose.yaml").read_text("utf-8")
    uses = re.findall(rf"\$\{{{secret}\b[^}}]*", text)
    assert uses
    assert all(use.startswith(f"${{{secret}:?") for use in uses)


def test_the_refusal_says_what_to_set(compose):
    result = compose()
    assert result.returncode != 0
    assert "set it to" in result.stderr
