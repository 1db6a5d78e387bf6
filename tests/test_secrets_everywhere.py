"""A key of any form in any place of a configuration: nothing of it is in any output, in a recording or in a trace.

The outputs are drawn without the last scrubber's knowledge of the secrets, so what holds is the construction.
"""

from __future__ import annotations

import json
import string
from random import Random
from typing import Any, Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from doctor.about import Options
from doctor.findings import Status
from doctor.machine.recorded import parse, read
from doctor.machine.recorder import Recorder
from doctor.machine.recording_writer import in_json
from doctor.readers import json as json_reader
from doctor.readers import markdown, text
from doctor.readers.layout import Look, plain
from doctor.visit import visit
from doctor.words import Scrubber
from tests import patients
from tests.machine.specimens import survivors

PLAIN = string.ascii_letters + string.digits
AGENT = "classic/original_autogpt/"
PREFIXES = (
    "sk-", "sk-proj-", "sk-svcacct-", "sk-admin-", "sk-None-", "sk-ant-api03-", "sk-ant-admin01-", "sk-ant-oat01-",
    "gsk_", "xai-", "sk-or-v1-", "AIza", "hf_", "ghp_", "org-", "proj_", "Bearer sk-", "",
)  # fmt: skip
ODD = ("", " ", "\u201d", "\u200b", "'", '"', ",", "#", "...", "*", "\t", "\u00a0")
NAMES = (
    "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GROQ_API_KEY", "SMART_LLM", "FAST_LLM", "TEMPERATURE", "LOG_LEVEL",
    "OPENAI_API_BASE_URL", "LLAMAFILE_API_BASE", "OPENAI_ORGANIZATION", "USE_AZURE", "AZURE_CONFIG_FILE",
    "COMPONENT_CONFIG_FILE", "GITHUB_API_KEY", "OPENAI_KEY", "MY_TOKEN", "EMBEDDING_MODEL", "RESTRICT_TO_WORKSPACE",
    "SD_WEBUI_AUTH", "AP_SERVER_DB_URL", "AP_SERVER_PORT", "OPENAI_AZURE_API_BASE", "SMART_LLM_MODEL",
)  # fmt: skip
LINES = (
    "{name}={key}", '{name}="{key}"', "{name}='{key}'", "{name}={key} # mine", "# {name}={key}", "{name}: {key}",
    "set {name}={key}", '$env:{name}="{key}"', '{name}="{key}', "{name} {key}", "{key}", "{key}={name}",
    "{name}=\n{key}", "{name}=https://user:{key}@gateway.example/v1", "{name}=https://gateway.example/{key}/v1",
    "\ufeff{name}={key}",
    "{name}={key}\n{name}=", "export {name}={key}", "\u200b{name}={key}", "{name}={key}={key}", "{name}-{key}=x",
)  # fmt: skip
FILES = (".env", ".env", ".env", ".env.template", ".env.txt", "azure.yaml", "config.json", "docker-compose.yml")


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A secret's own part, and a machine that holds it somewhere."""
    letters = draw(st.sampled_from([PLAIN, PLAIN + "-_", "0123456789abcdef", string.ascii_lowercase + string.digits]))
    chance = Random(draw(st.integers(0, 2**32)))  # keys are drawn at random, and no simpler one stands for them
    own = "".join(chance.choice(letters) for _ in range(draw(st.integers(32, 90))))
    middle = draw(st.sampled_from(ODD))
    key = draw(st.sampled_from(PREFIXES)) + own[:12] + middle + own[12:]
    name, line = draw(st.sampled_from(NAMES)), draw(st.sampled_from(LINES))
    state = read(patients.HERE / "machines" / f"{draw(st.sampled_from(['ubuntu', 'macos', 'windows', 'wsl']))}.yaml")
    tree = state["tree"] = dict(read(patients.HERE / "checkouts" / "classic-2024.yaml")["tree"])
    place = draw(st.sampled_from((*FILES, "shell", "registry")))
    switches = draw(st.sampled_from(["", "USE_AZURE=True\n", "COMPONENT_CONFIG_FILE=config.json\n"]))
    written = line.format(name=name, key=key)
    if place == ".env":
        tree[f"{AGENT}.env"] = f"{switches}{written}\nFAST_LLM=gpt-4o\n"
    elif place in ("shell", "registry"):
        state["environment"] = {**state["environment"], name: key}
        state.setdefault("registry", {})["HKCU\\Environment"] = {name: key if place == "registry" else key[::-1]}
    else:
        tree[f"{AGENT}.env"] = f"{switches}OPENAI_API_KEY=your-openai-api-key\n"
        endpoint = f"https://{own[:20]}.openai.azure.com"
        azure = f"azure_api_key: {key}\nazure_endpoint: {endpoint}\nazure_model_map:\n  gpt-4: {key}\n"
        components = {"GitOperationsConfiguration": {"github_api_key": key, "x": [key]}, key: {key: key}}
        service = {"environment": [f"{name}={key}"], "volumes": [f"{key}:/app"]}
        forms = {
            "azure.yaml": azure,
            "config.json": json.dumps(components),
            "docker-compose.yml": json.dumps({"services": {"auto-gpt": service}}),
        }
        tree[f"{AGENT}{place}"] = forms.get(place, f"{written}\n")
    return own[:12] + "\0" + own[12:], state


def outputs(state: dict[str, Any]) -> Iterator[tuple[str, str]]:
    inner = parse(state)
    recorder = Recorder(inner, inner.folder, True)
    report, _ = visit(recorder, patients.everything(), Options(inner.folder, True), version="0")
    crashed = [(result.id, result.trace) for result in report.results if result.status is Status.ERROR]
    assert not crashed, crashed
    yield "text", plain(text.draw(report, Look(100, is_verbose=True)))
    yield "markdown", markdown.draw(report)
    yield "json", json_reader.draw(report, Scrubber(report.place))
    yield "recording", in_json(recorder.state())


@settings(max_examples=60, deadline=None)
@given(cases())
def test_nothing_of_it_gets_out(case: tuple[str, dict[str, Any]]) -> None:
    own, state = case
    for name, output in outputs(state):
        for part in own.split("\0"):
            assert survivors(part, output) == [], name
