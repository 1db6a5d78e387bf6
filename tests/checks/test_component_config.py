"""The component configuration: its JSON, the names and values that AutoGPT takes, and that no value of it is shown.

What is taken was asked of pydantic 2.7.4 and 2.12.5, which classic-2024 and classic-2026 pin.
"""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.autogpt.components import Field, classes_of, fields_ever, is_harmless
from checks.autogpt.versions import VERSIONS
from checks.component_json import Document, Mistake, parse
from checks.component_source import classes_in, fields_in
from checks.component_values import is_taken, kind_in_words, wanted
from doctor.about import Options
from doctor.checkup import examine
from doctor.findings import Finding, Status
from doctor.machine.recorded import parse as machine_of
from doctor.machine.recorded import read
from doctor.registry import Registry
from doctor.visit import visit
from doctor.words import render

HERE = Path(__file__).parents[1] / "patients"
AGENT = "classic/original_autogpt"
NEWEST = {version.id: version for version in VERSIONS}["classic-2026"]
BEFORE = {version.id: version for version in VERSIONS}["classic-2024"]

# --- values -------------------------------------------------------------------------------------------------------

INT, BOOL = Field("int"), Field("bool")
TAKEN: list[tuple[Field, list[Any]]] = [
    (INT, [0, -1, 1.0, True, "1", " 1 ", "+1", "1.0", "1.00 ", "1_000", "01", 10**30]),
    (Field("float"), [0, 1.5, True, "1.5", " 1 ", "1e3", ".5", "5.", "inf", "NaN", float("inf")]),
    (BOOL, [0, 1, 1.0, True, False, "1", "true", "TRUE", "t", "y", "yes", "no", "Off", "on", "f", "0"]),
    (Field("str"), ["", "x", "3"]),
    (Field("str", is_optional=True), [None, "x"]),
    (Field("list"), [[], ["a", "b"]]),
    (Field("choice", ("on", "off")), ["on", "off"]),
    (Field("int", lowest=1, highest=20), [1, 20, "20", 20.0]),
    (Field("model"), ["gpt-3.5-turbo"]),
    (Field("any"), [None, 3, {}, "x"]),
]
REFUSED: list[tuple[Field, list[Any]]] = [
    (INT, [1.5, None, "1.5", "1.", "", "abc", "_", "0x1", "1e3", "inf", [], {}, float("nan"), float("inf")]),
    (Field("float"), [None, "", "abc", "1,5", [], {}]),
    (BOOL, [2, -1, 1.5, None, "", " true", "enabled", "2", [], {}]),
    (Field("str"), [None, 3, True, 1.5, [], {}]),
    (Field("list"), [None, "a", ["a", 1], [None], {}, 3]),
    (Field("choice", ("on", "off")), ["On", " on", "", None, 1, True, ["on"]]),
    (Field("int", lowest=1, highest=20), [0, 21, "21", 10**30]),
    (Field("model"), ["gpt-9", "", None, 3]),
]


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in TAKEN for value in values])
def test_what_pydantic_takes_is_taken(field: Field, value: Any) -> None:
    assert is_taken(field, value, ("gpt-3.5-turbo",))


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in REFUSED for value in values])
def test_what_pydantic_refuses_is_refused(field: Field, value: Any) -> None:
    assert not is_taken(field, value, ("gpt-3.5-turbo",))
    assert render(wanted(field)) and render(kind_in_words(value))


def test_a_model_is_not_judged_where_the_source_is_not_known() -> None:
    assert is_taken(Field("model"), "of-my-own", None)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_any_value_is_judged(value: Any) -> None:
    for field, _ in TAKEN:
        assert is_taken(field, value) in (True, False)
    assert render(kind_in_words(value))


# --- JSON ---------------------------------------------------------------------------------------------------------

MISTAKES = [
    ("", "empty", 1, 1),
    (" \r\n\t", "empty", 1, 1),
    ("\ufeff{}", "mark", 1, 1),
    ('{\n  "A": {},\n}', "trailing-comma", 2, 10),
    ('{"A": [1,]}', "trailing-comma", 1, 9),
    ('{"A": {}, // the first\n}', "comment", 1, 11),
    ('# settings\n{"A": {}}', "comment", 1, 1),
    ('{"A": {} /* one */}', "comment", 1, 10),
    ("{'A': {}}", "single-quotes", 1, 2),
    ("{\u201cA\u201d: {}}", "curly-quotes", 1, 2),
    ('{"A": {"b": True}}', "python-word", 1, 13),
    ('{"A": {"b": 1}\n "C": {}}', "missing-comma", 2, 2),
    ('{"A": {"b": "C:\\path"}}', "backslash", 1, 16),
    ('{"A": {"b": "two\nlines"}}', "line-break", 1, 17),
    ('{"A": {"b": 1}', "unfinished", 1, 15),
    ('{"A": "never closed}', "unfinished", 1, 7),
    ('{"A": {}}\n{"B": {}}', "extra", 2, 1),
    ('{"A": {"b": ]}', "other", 1, 13),
    ('{"A": {"b": "\\ud800"}}', "other", 1, 14),
    ("[" * 201 + "]" * 201, "too-deep", 1, 1),
]


@pytest.mark.parametrize(("text", "kind", "line", "column"), MISTAKES)
def test_a_mistake_is_found_where_it_is(text: str, kind: str, line: int, column: int) -> None:
    assert parse(text) == Mistake(kind, line, column)


DEEP = "[" * 200 + "]" * 200


@pytest.mark.parametrize(
    "text",
    ['{"A": NaN}', '{"A": "\\ud83d\\ude00"}', '{"A": "\\\\ud800"}', '{"A": "//"}', '{"A": "{[:,"}', DEEP],
)
def test_what_pydantic_reads_is_read(text: str) -> None:
    assert isinstance(parse(text), Document)


def test_names_are_found_on_their_lines() -> None:
    text = '{\n "A": {"b": "c: {", "d":\n {"e": 1}},\n "F\\u0047": {\n  "b": 2},\n "A": {"d": 3}}'
    document = parse(text)
    assert isinstance(document, Document)
    assert [document.line("A"), document.line("FG"), document.line("FG", "b"), document.line("A", "d")] == [6, 4, 5, 6]
    assert document.line("A", "e") == 0  # too deep to be a field
    assert document.repeated == ("A",)
    assert "1" not in repr(document)[9:-10]


@given(st.one_of(JSON.map(json.dumps), st.text(), st.text(alphabet='{}[]":,\\ \n/1utrenl#\'\ud800\ufeff')))
@settings(max_examples=200)
def test_any_text_is_read_as_python_reads_it_or_refused(text: str) -> None:
    parsed = parse(text)
    if isinstance(parsed, Document):
        json.loads(text)
        for name in parsed.names:
            assert parsed.line(name)
    else:
        assert 1 <= parsed.line <= text.count("\n") + 1 and parsed.column >= 1


NASTY = ['"' + '\\"' * 200_000, "{" * 250_000, '{"a":' * 50_000, '"\\ud800"' * 30_000, "[" * 199]


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_a_nasty_text_is_no_trouble(text: str) -> None:
    parse(text)


# --- classes ------------------------------------------------------------------------------------------------------


def test_the_table_knows_what_came_and_what_went() -> None:
    before, now = classes_of(BEFORE), classes_of(NEWEST)
    assert "WebSeleniumConfiguration" in before and "WebSeleniumConfiguration" not in now
    assert "WebPlaywrightConfiguration" in now and "WebPlaywrightConfiguration" not in before
    assert "ddgs_backend" in now["WebSearchConfiguration"] and "ddgs_backend" not in before["WebSearchConfiguration"]
    assert set(before["WebSearchConfiguration"]) < fields_ever("WebSearchConfiguration")
    assert now["SkillConfiguration"]["max_loaded_skills"] == Field("int", lowest=1, highest=20)
    assert now["GitOperationsConfiguration"]["github_api_key"] == Field("str", is_optional=True)
    assert all(classes_of(version) == {} for version in VERSIONS if version.place < BEFORE.place - 1)


def test_values_of_keys_are_never_harmless() -> None:
    assert is_harmless("web_browser", "Chrome") and is_harmless("llm_name", "gpt-4")
    for name in ("github_api_key", "google_api_key", "proxy", "sd_webui_auth", "user_agent", "unheard_of"):
        assert not is_harmless(name, "Chrome")
    assert not is_harmless("web_browser", "sk-" + "Aa1" * 9)


SOURCE = '''
"""A module."""
class GreeterConfiguration(BaseModel):
    """Of the greeter."""

    words: list[str] = Field(
        default_factory=list,
    )
    loud: bool = False
    # how often
    times: int = Field(default=5, ge=1, le=9)
    factor: float = 1.0
    tone: Literal["high", "low"] = "low"
    key: Optional[SecretStr] = UserConfigurable(None, from_env="KEY")
    by: str | None = None
    model: ModelName = OpenAIModelName.GPT3
    other: dict[str, Any] = {}
    ahead: "int" = 3

    def greet(self) -> None: ...


class Derived(GreeterConfiguration, BaseModel):
    more: int = 1


class Broken(BaseModel):
    this is no Python


class GreeterComponent(ConfigurableComponent[GreeterConfiguration]):
    config_class = GreeterConfiguration
'''


def test_classes_are_read_from_source() -> None:
    classes = dict(classes_in(SOURCE))
    assert list(classes) == ["GreeterConfiguration", "Derived", "Broken"]
    assert fields_in(classes["GreeterConfiguration"]) == {
        "words": Field("list"),
        "loud": BOOL,
        "times": Field("int", lowest=1, highest=9),
        "factor": Field("float"),
        "tone": Field("choice", ("high", "low")),
        "key": Field("str", is_optional=True),
        "by": Field("str", is_optional=True),
        "model": Field("model"),
        "other": Field("any"),
        "ahead": Field("any"),
    }
    assert fields_in(classes["Derived"]) is None and fields_in(classes["Broken"]) is None


@given(st.text() | st.text(alphabet="class A(BaseModel):\n  b:int=[]").map("class A(BaseModel):\n".__add__))
def test_any_source_is_survived(text: str) -> None:
    for _, segment in classes_in(text):
        fields_in(segment)


# --- the whole way ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.of_everything_installed()


@cache
def checkout() -> Any:
    return read(HERE / "checkouts" / "classic-2024.yaml")["tree"]


@cache
def healthy(machine: str) -> Any:
    return read(HERE / "machines" / f"{machine}.yaml")


def findings(
    text: str, registry: Registry, machine: str = "ubuntu", path: str = "c.json", **tree: str
) -> dict[str, Finding]:
    state = deepcopy(healthy(machine))
    state["tree"] = deepcopy(checkout())
    state["tree"].update({f"{AGENT}/.env": f"COMPONENT_CONFIG_FILE={path}\n", f"{AGENT}/c.json": text, **tree})
    separator = "\\" if machine == "windows" else "/"
    state["folder"] = separator.join((state["root"], *AGENT.split("/")))
    state.pop("expect", None)
    recorded = machine_of(state)
    chosen = tuple(id_ for id_ in registry.checks if id_.startswith("components."))
    results = examine(recorded, registry, Options(recorded.folder), chosen=chosen).results
    assert not [result for result in results if result.status is Status.ERROR]
    return {f.code: f for r in results for f in r.findings}


def words_of(finding: Finding) -> str:
    parts = [finding.text, finding.detail, finding.remedy.text]
    parts += [each for evidence in finding.evidence for each in evidence]
    return " ".join(render(part) for part in parts if part)


@pytest.mark.parametrize("field", ["github_api_key", "github_username", "unheard_of"])
def test_a_wrong_value_is_never_shown(field: str, registry: Registry) -> None:
    secret = "Zq7" * 4
    text = json.dumps({"GitOperationsConfiguration": {field: [secret]}, "ClassOf" + secret * 3: {secret: secret}})
    found = findings(text, registry)
    for finding in found.values():
        assert "q7Zq7" not in words_of(finding)


@pytest.mark.parametrize("key", ["cd18fc9f" + "b6494384" + "932af3bd" + "a6fe8102", "Zq7" * 9])
def test_a_key_in_the_place_of_a_name_is_never_shown(key: str, registry: Registry) -> None:
    text = json.dumps({key: {key: key}, "CodeExecutorConfiguration": {key: 1}})
    found = findings(text, registry)
    assert {"components.unknown-class", "components.unknown-field"} <= set(found)
    for finding in found.values():
        assert not [at for at in range(len(key) - 5) if key[at : at + 5] in words_of(finding)]


def test_without_a_file_nothing_stands_in_it(registry: Registry) -> None:
    state = read(HERE / "components" / "blank.yaml")
    state.pop("expect")
    recorded = machine_of(state)
    results = examine(recorded, registry, Options(recorded.folder), chosen=("components.file", "components.content"))
    assert [result.id for result in results.results] == ["components.file"]


def test_its_keys_are_known_to_the_last_scrubber() -> None:
    document = parse(json.dumps({"A": {"github_api_key": "Zq7" * 12, "headless": "Zq8" * 12}, "B": ["Zq9" * 12]}))
    assert isinstance(document, Document)
    assert [secret.reveal() for secret in document.secrets()] == ["Zq7" * 12]
    assert not list(Document([1], {}, ()).secrets())


def test_the_file_may_be_named_in_the_report(registry: Registry) -> None:
    state = read(HERE / "components" / "missing.yaml")
    state.pop("expect")
    machine = machine_of(state)
    report, scrubber = visit(machine, registry, Options(machine.folder), version="0", is_strict=False)
    assert "components.missing" in {f.code for r in report.results for f in r.findings}
    assert scrubber.hide("COMPONENT_CONFIG_FILE = config.json") == "COMPONENT_CONFIG_FILE = config.json"


def test_the_right_name_is_said(registry: Registry) -> None:
    found = findings('{"CodeExecutorConfig": {},\n "WebSearchConfiguration": {"ddgs_backend": 3}}', registry)
    assert "CodeExecutorConfiguration" in words_of(found["components.unknown-class"])
    assert "another version" in words_of(found["components.unknown-field"])
    assert "line 2" in words_of(found["components.unknown-field"])
    assert "components.wrong-value" not in found


def test_a_model_is_judged_by_the_checkouts_own_list(registry: Registry) -> None:
    text = '{"ActionHistoryConfiguration": {"llm_name": "gpt-5000"}}'
    assert "components.wrong-value" not in findings(text, registry)
    own = "class OpenAIModelName(str, enum.Enum):\n    A = \"gpt-4\"\n"
    found = findings(text, registry, **{"classic/forge/forge/llm/providers/openai.py": own})
    assert 'is "gpt-5000"' in words_of(found["components.wrong-value"])


PATHS = st.text(alphabet="cC:\\/~.%$\"' \t{}*?x", max_size=12) | st.text(max_size=20) | st.just("x" * 5000)


@pytest.mark.parametrize("machine", ["ubuntu", "windows", "wsl"])
@given(path=PATHS)
@settings(max_examples=20, deadline=None)
def test_whatever_the_setting_says(registry: Registry, machine: str, path: str) -> None:
    findings("{}", registry, machine=machine, path=path.replace("\0", ""))


@given(st.text(max_size=60) | JSON.map(json.dumps))
@settings(max_examples=15, deadline=None)
def test_whatever_stands_in_the_file(registry: Registry, text: str) -> None:
    findings(text.replace("\ud800", ""), registry)
