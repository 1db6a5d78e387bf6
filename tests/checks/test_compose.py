"""Compose files: what is read in them, on which lines, and that no text, however odd, hangs or betrays anything."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.compose_file import SHIPPED, resolved
from checks.compose_text import Bind, EnvFileEntry, Fault, Project, Service, Variable, is_harmless, parse
from doctor.about import Options
from doctor.checkup import examine
from doctor.findings import Finding, Status
from doctor.machine.recorded import Recorded, read
from doctor.machine.recorded import parse as machine_of
from doctor.registry import Registry
from doctor.words import render

HERE = Path(__file__).parents[1] / "patients"
IMAGE = "services:\n  auto-gpt:\n    image: significantgravitas/auto-gpt\n"


def service(below: str, before: str = "") -> Service:
    lines = "".join(f"    {line}\n" for line in below.splitlines())
    project = parse(f"{before}services:\n  auto-gpt:\n{lines}")
    assert isinstance(project, Project), project
    return project.services[0]


# --- what stands in it --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("volume", "bind"),
    [
        ("- ./:/app", Bind("./", "/app", 4)),
        ("- '.env:/app/.env:ro'", Bind(".env", "/app/.env", 4)),
        ("- ~/data:/app/data:rw,z", Bind("~/data", "/app/data", 4)),
        ("- C:\\Users\\me\\data:/app/data", Bind("C:\\Users\\me\\data", "/app/data", 4)),
        ("- C:/data:/app/data:ro", Bind("C:/data", "/app/data", 4)),
        ("- ${DATA:-./data}:/app/data", Bind("${DATA:-./data}", "/app/data", 4)),
        ("- $PWD/data:/app/data", Bind("$PWD/data", "/app/data", 4)),
        ("- {type: bind, source: ./c.json, target: /app/c.json}", Bind("./c.json", "/app/c.json", 4)),
        (
            "- {type: bind, source: ./c, target: /c, bind: {create_host_path: false}}",
            Bind("./c", "/c", 4, creates=False),
        ),
        ("- cache:/app/cache", None),
        ("- /only/inside", None),
        ("- {type: volume, source: cache, target: /c}", None),
        ("- {type: tmpfs, target: /c}", None),
        ("- [of, another, kind]", None),
        ("- 3", None),
    ],
)
def test_volumes(volume: str, bind: Any) -> None:
    assert service(f"volumes:\n  {volume}").binds == ((bind,) if bind else ())


@pytest.mark.parametrize(
    ("given_as", "entries"),
    [
        ("env_file: .env", (EnvFileEntry(".env", 3),)),
        ("env_file: [.env, ./more.env]", (EnvFileEntry(".env", 3), EnvFileEntry("./more.env", 3))),
        ("env_file:\n  - path: .env\n    required: false", (EnvFileEntry(".env", 4, False),)),
        ("env_file:\n  path: .env", (EnvFileEntry(".env", 4),)),
        ("env_file:", ()),
        ("env_file: {}", ()),
        ("env_file: [[], {path: []}]", ()),
    ],
)
def test_files_of_variables(given_as: str, entries: tuple[EnvFileEntry, ...]) -> None:
    assert service(given_as).env_files == entries


@pytest.mark.parametrize(
    ("given_as", "is_quoted", "is_loopback"),
    [
        ('environment:\n  - KEY="value"', True, False),
        ("environment:\n  - KEY='http://localhost:8080/v1'", True, True),
        ("environment:\n  - KEY=value", False, False),
        ('environment:\n  - "KEY=value"', False, False),
        ('environment:\n  KEY: "value"', False, False),
        ("environment:\n  KEY: '\"value\"'", True, False),
        ("environment:\n  KEY: http://127.0.0.1", False, True),
        ("environment:\n  KEY: HTTP://[::1]:8080", False, True),
        ("environment:\n  KEY: http://localhost.example.com/v1", False, False),
        ("environment:\n  KEY: https://api.openai.com/v1", False, False),
    ],
)
def test_variables(given_as: str, is_quoted: bool, is_loopback: bool) -> None:
    assert service(given_as).variables == (Variable("KEY", 4, is_quoted, is_loopback),)


def test_what_is_merged_in_counts_unless_the_service_says_otherwise() -> None:
    before = "x-one: &one\n  env_file: .env\n  image: other\nx-two: &two\n  network_mode: host\n"
    made = service("<<: [*one, *two]\nimage: significantgravitas/auto-gpt\nprofiles: [a]", before)
    assert made.image == "significantgravitas/auto-gpt" and made.is_on_host_network and made.is_in_profile
    assert made.env_files == (EnvFileEntry(".env", 2),)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault("no-services")),
        ("include: [more.yaml]\n", Fault("odd")),
        ("services:\n", Fault("no-services", 1)),
        ("version: '3'\nservices: []\n", Fault("no-services", 2)),
        ("- services\n", Fault("no-services")),
        ("services:\n\tauto-gpt: {}\n", Fault("tab", 2)),
        ("services:\n  auto-gpt:\n    profiles: [one\n    image: a\n", Fault("yaml", 4)),
        ("services:\n  a: *unknown\n", Fault("yaml", 2)),
        ("a: b: c\n", Fault("yaml", 1)),
        ("a: \x07\n", Fault("yaml")),
    ],
)
def test_faults(text: str, fault: Fault) -> None:
    assert parse(text) == fault


# --- whatever stands in it ----------------------------------------------------------------------------------------

ROWS = [f"{chr(98 + n)}: &{chr(98 + n)} {{<<: [{', '.join(['*' + chr(97 + n)] * 9)}]}}\n" for n in range(9)]
BOMB = "a: &a {k: v}\n" + "".join(ROWS)
NASTY = [
    BOMB + "services:\n  auto-gpt:\n    <<: *j\n",
    "a: &a [x, x]\n" + "".join(f"a{n}: &a{n} [*a, *a, *a]\n" for n in range(300)) + "services: {a: {volumes: *a299}}\n",
    "services: &s\n  a: *s\n",
    "services:\n  a: &a\n    <<: *a\n",
    "[" * 8_000,
    ("[" * 20 + "]" * 20 + ", ") * 300,
    "{a: " * 4_000,
    "- " * 8_000,
    "? " * 8_000,
    "services:\n" + "".join(f"  s{n}: {{image: a}}\n" for n in range(700)),
    "'" * 16_000,
    "&a " * 5_000,
]


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_a_nasty_file_is_no_trouble(text: str) -> None:
    assert isinstance(parse(text), (Project, Fault))


LINES = st.lists(
    st.sampled_from(
        [
            "services:", "  auto-gpt:", "    image: significantgravitas/auto-gpt", "    volumes:", "      - ./:/app",
            "      - ", "    env_file:", "    env_file: .env", "      - path: .env", "    environment:", "      - A='",
            "      A: !!int x", "x: &x", "    <<: *x", "\t", "    - {type: bind, source: [], target: 3}", "---", "...",
            "? a", "!!python/object:os.system", "2024-13-45: 1e400", "%YAML 9.9", "{{", "\ufeff", "é: \u2028",
        ]
    )
    | st.text(max_size=12),
    max_size=12,
).map("\n".join)  # fmt: skip


@given(LINES)
@settings(max_examples=150)
def test_any_text_is_taken_apart_or_refused(text: str) -> None:
    assert isinstance(parse(text), (Project, Fault))


@given(st.text(alphabet="./~$:{}-aPWDC\\ 0\n") | st.text())
def test_any_path_is_resolved_or_left_alone(text: str) -> None:
    for kind, home in (("linux", "/home/user"), ("windows", "C:\\Users\\user")):
        machine = small(kind, home)
        path = resolved(machine, machine.path(home), text)
        assert path is None or path.is_absolute()


def small(kind: str, home: str) -> Recorded:
    system = {"kind": kind, "name": kind, "release": "1", "architecture": "x86_64"}
    return machine_of({"recording": 1, "complete": True, "system": system, "home": home})


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("./data", "/home/user/AutoGPT/data"),
        (".env", "/home/user/AutoGPT/.env"),
        ("../x/./y", "/home/user/x/y"),
        ("~/y", "/home/user/y"),
        ("/y", "/y"),
        ("${PWD}/y", "/home/user/AutoGPT/y"),
        ("$HOME/y", "/home/user/y"),
        ("${NOT_SET:-./y}/z", "/home/user/AutoGPT/y/z"),
        ("${NOT_SET-/y}", "/y"),
        ("${NOT_SET}/y", None),
        ("$NOT_SET/y", None),
        ("../../../../../y", "/y"),
    ],
)
def test_paths(text: str, path: Any) -> None:
    machine = small("linux", "/home/user")
    found = resolved(machine, machine.path("/home/user/AutoGPT"), text)
    assert (None if found is None else str(found)) == path


def test_paths_of_windows() -> None:
    machine = small("windows", "C:\\Users\\user")
    folder = machine.path("C:\\Users\\user\\AutoGPT")
    assert str(resolved(machine, folder, "./data")) == "C:\\Users\\user\\AutoGPT\\data"
    assert str(resolved(machine, folder, "D:\\data")) == "D:\\data"


# --- secrets ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("", "./data:/app/data"), ("", ".env"), ("", "8000:8000"), ("", "minio-data:/data"), ("source", "./c.json"),
        ("image", "significantgravitas/auto-gpt:latest"), ("env_file", ".env"), ("profiles", '["exclude-from-up"]'),
        ("SMART_LLM", "gpt-4-turbo"), ("type", "bind"), ("create_host_path", "false"),
    ],
)  # fmt: skip
def test_what_says_where_things_are_may_be_recorded(name: str, value: str) -> None:
    assert is_harmless(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("", "hunter2secret"), ("password", "hunter2secret"), ("MY_PASSWORD", "hunter2secret"), ("", "--a=hunter2"),
        ("OPENAI_API_KEY", "Zq7" * 12), ("image", "Zq7" * 12), ("environment", "{OPENAI_API_KEY: hunter2secret}"),
        ("command", "serve --token hunter2secret"), ("source", "//user:hunter2@host/share"),
    ],
)  # fmt: skip
def test_what_may_be_a_secret_is_not_recorded(name: str, value: str) -> None:
    assert not is_harmless(name, value)


# --- the whole way ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.of_everything_installed()


@cache
def healthy(machine: str) -> Any:
    return read(HERE / "machines" / f"{machine}.yaml")


def findings(registry: Registry, text: str, machine: str = "ubuntu", env: str = "A=b\n") -> dict[str, Finding]:
    """Of the folder of AutoGPT's Docker page."""
    state = deepcopy(healthy(machine))
    state.pop("expect", None)
    state["tree"] = {"AutoGPT/docker-compose.yml": text, "AutoGPT/.env": env}
    state["root"], state["folder"] = state["home"], f"{state['home']}/AutoGPT"
    recorded = machine_of(state)
    chosen = tuple(id_ for id_ in registry.checks if id_.startswith("compose."))
    results = examine(recorded, registry, Options(recorded.folder), chosen=chosen).results
    assert not [result for result in results if result.status is Status.ERROR]
    return {finding.code: finding for result in results for finding in result.findings}


def words_of(finding: Finding) -> str:
    parts = [finding.text, finding.detail, finding.remedy.text]
    parts += [each for evidence in finding.evidence for each in evidence]
    return " ".join(render(part) for part in parts if part)


def test_no_value_is_shown(registry: Registry) -> None:
    secret = "Zq7" * 16
    text = f'{IMAGE}    env_file: .env\n    environment:\n      - OPENAI_API_KEY="{secret}"\n      - {secret}="x"\n'
    text += f"      - OPENAI_API_BASE_URL=http://me:{secret}@x\n      - LLAMAFILE_API_BASE=http://localhost/{secret}\n"
    found = findings(registry, text, env=f"ANTHROPIC_API_KEY='{secret}'\n")
    assert {"compose.quotes", "compose.loopback"} <= set(found)
    for finding in found.values():
        assert "q7Zq7" not in words_of(finding)


def test_a_value_of_the_service_beats_the_file(registry: Registry) -> None:
    env = "LLAMAFILE_API_BASE=http://localhost:8080/v1\n"
    assert "compose.loopback" in findings(registry, IMAGE + "    env_file: .env\n", env=env)
    own = "    environment: {LLAMAFILE_API_BASE: http://host.docker.internal:8080/v1}\n"
    assert "compose.loopback" not in findings(registry, IMAGE + "    env_file: .env\n" + own, env=env)


def test_quotes_are_found_on_their_lines(registry: Registry) -> None:
    env = "A='a'\n# SMART_LLM='c'\nexport FAST_LLM = 'd' # why\nGOOGLE_API_KEY='e\nEXIT_KEY=\"f\"g\n"
    env += "LOG_LEVEL=\"\"\nGROQ_API_KEY='h'\r\n"
    found = findings(registry, IMAGE + "    env_file: .env\n", env=env)["compose.quotes"]
    assert [render(each.found).split()[0] for each in found.evidence] == ["FAST_LLM", "GROQ_API_KEY"]
    assert [render(each.where or each.found).rsplit(" ", 1)[1] for each in found.evidence] == ["3", "7"]


def test_a_container_that_has_the_env_itself_reads_it_itself(registry: Registry) -> None:
    mount = "    env_file: .env\n    volumes:\n      - ./.env:/app/.env\n"
    assert "compose.quotes" not in findings(registry, IMAGE + mount, env="SMART_LLM='b'\n")


def test_only_autogpts_own_container_can_hide_its_code(registry: Registry) -> None:
    mount = "    volumes: [./data:/app/]\n"
    assert "compose.hidden-code" in findings(registry, IMAGE + mount)
    assert "compose.hidden-code" not in findings(registry, IMAGE + "  other:\n    build: .\n" + mount)


def test_whoever_starts_autogpt_with_compose_hears_of_every_missing_file(registry: Registry) -> None:
    mount = "    volumes:\n      - ./azure.yaml:/app/azure.yaml\n"
    assert "compose.missing-source" in findings(registry, IMAGE + mount)


def test_linux_needs_a_name_for_the_host(registry: Registry) -> None:
    text = IMAGE + "    environment: {OPENAI_API_BASE_URL: http://localhost:1234/v1}\n"
    assert "host-gateway" in words_of(findings(registry, text)["compose.loopback"])
    assert "host-gateway" not in words_of(findings(registry, text, "macos")["compose.loopback"])


def test_the_files_that_came_with_autogpt_are_known_by_their_checksums() -> None:
    assert len(SHIPPED) == 8 and list(SHIPPED.values()).count(False) == 1


@given(text=LINES, env=st.text(max_size=40))
@settings(max_examples=15, deadline=None)
def test_whatever_stands_in_the_files(registry: Registry, text: str, env: str) -> None:
    findings(registry, IMAGE + text, env=env)
