"""What the form of a key tells. Every key here is made while the tests run; none is stored."""

from __future__ import annotations

import random
import string
from typing import Optional

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from checks.autogpt.placeholders import is_placeholder
from checks.key_forms import AZURE, ELSEWHERE, MARKER, OFFICIAL, TOKENS, fault_of, name_of, token_of
from checks.key_words import FORMS, REASONS, TEXTS, WHOSE
from doctor.machine.settings import is_plain
from doctor.machine.shapes import expand, mark_of
from doctor.secret import prefix_of

ALNUM = string.ascii_letters + string.digits
LOWER = string.ascii_lowercase + string.digits
HEX = "0123456789abcdef"
_DICE = random.Random()


def drawn(length: int, letters: str = ALNUM) -> str:
    """Characters drawn at random, of every kind there is among the letters, so that none looks like another form."""
    kinds = "c7" + ("Z" if "Z" in letters else "") + ("" if letters == HEX else "q")
    return "".join(_DICE.choice(letters) for _ in range(length - len(kinds))) + kinds


def openai(half: int = 74, prefix: str = "sk-proj-") -> str:
    own = ALNUM if half == 20 else ALNUM + "-_"
    return prefix + drawn(half, own) + MARKER + drawn(half, own)


def legacy() -> str:
    return openai(20, "sk-")


def anthropic(prefix: str = "sk-ant-api03-") -> str:
    return f"{prefix}{drawn(93, ALNUM + '-_')}AA"


def groq() -> str:
    return f"gsk_{drawn(52)}"


def kind_of(value: str, provider: str = "openai", goes_to: str = OFFICIAL) -> Optional[str]:
    """The kind of fault, with "?" behind what is only doubted; checked on the key, and on what a recording keeps."""
    faults = [fault_of(each, provider, goes_to) for each in (value, recorded(value))]
    kinds = [fault and fault.kind + ("" if fault.is_problem else "?") for fault in faults]
    assert kinds[0] == kinds[1], "the replay of a recording says something else"
    return kinds[0]


def recorded(value: str) -> str:
    """What a recording of the key expands to."""
    is_kept = is_plain("OPENAI_API_KEY", value, lambda _, text: is_placeholder(text))
    return value if is_kept else expand(mark_of(value))


# --- good keys ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("provider", "key"),
    [
        ("openai", legacy()),
        ("openai", openai(20)),
        ("openai", openai(58)),
        ("openai", openai(74)),
        ("openai", openai(58, "sk-svcacct-")),
        ("openai", openai(74, "sk-svcacct-")),
        ("openai", openai(20, "sk-service-")),
        ("openai", openai(20, "sk-None-")),
        ("openai", openai(20, "sk-my-first-project-")),
        ("openai", openai(90)),  # a form that nobody has seen yet, but of the same build
        ("anthropic", anthropic()),
        ("groq", groq()),
    ],
    ids=lambda value: prefix_of(value) or value,  # the same in every process, and no key among them
)
def test_a_key_of_a_known_form_is_not_doubted(provider: str, key: str) -> None:
    assert kind_of(key, provider) is None
    assert kind_of(key, provider, ELSEWHERE) is None


@pytest.mark.parametrize("value", ["sk-" + "x" * 60 + "1", "xxxx-" * 40 + "y", "a" * 900_000])
def test_what_is_almost_an_example_is_told_at_once(value: str) -> None:
    assert not is_placeholder(value)


def test_the_two_forms_of_azure() -> None:
    for key in (drawn(32, HEX), drawn(84)):
        assert kind_of(key, goes_to=AZURE) is None
        assert kind_of(key) == "azure-key?"
    assert kind_of(openai(), goes_to=AZURE) == "azure-form?"
    assert kind_of(drawn(40), goes_to=AZURE) == "azure-form?"


# --- faults ---------------------------------------------------------------------------------------------------------

NOBREAK, ZERO, MARK_, ELLIPSIS = "\u00a0", "\u200b", "\ufeff", "\u2026"

OPENAI_FAULTS = [
    ("", "blank"),
    ("  \t", "blank"),
    (ZERO, "blank"),
    ("your-openai-api-key", "placeholder"),
    ("sk-" + "x" * 48, "placeholder"),
    ("sk-proj-" + "x" * 48, "placeholder"),
    ("sk-your-key-here", "placeholder"),
    ("<your key>", "placeholder"),
    ("...", "placeholder"),
    ("changeme", "placeholder"),
    ("# put your key here", "only-remark"),
    (f"sk-...{drawn(4)}", "masked"),
    (f"sk-proj-{'*' * 20}{drawn(4)}", "masked"),
    (f"sk-proj-{ELLIPSIS}{drawn(4)}", "masked"),
    ("$OPENAI", "reference"),
    ("%OPENAI_API_KEY%", "reference"),
    (f"OPENAI_API_KEY={openai()}", "name-inside"),
    (f"export OPENAI_API_KEY={openai()}", "name-inside"),
    (f"OPENAI_API_KEY = {openai()}", "name-inside"),
    (f"\u201c{openai()}\u201d", "odd-character"),
    (f"{openai()}{NOBREAK}", "odd-character"),
    (f"{MARK_}{openai()}", "odd-character"),
    (f"sk-proj-{ZERO}{drawn(140)}", "odd-character"),
    (f"sk-pr\u043ej-{drawn(140)}", "odd-character"),  # a Cyrillic o
    (f"sk-proj-{drawn(40)}\x01{drawn(40)}", "odd-character"),
    (f"sk-proj-{drawn(40)}\t{drawn(40)}", "odd-character"),
    (f"{openai()[:80]}\n{drawn(80)}", "broken-over-lines"),
    (f"{openai()} ", "blank-around"),
    (f" {openai()}", "blank-around"),
    (f"{openai()}\r", "blank-around"),
    (f"{openai()}\n", "blank-around"),
    (f'"{openai()}"', "quotes"),
    (f"'{openai()}'", "quotes"),
    (f"`{openai()}`", "quotes"),
    (f'{openai()}"', "quotes"),
    (f"Bearer {openai()}", "word-before"),
    (f"bearer {openai()}", "word-before"),
    (f"Key: {openai()}", "word-before"),
    (f"{openai()} {openai()}", "blank-inside"),
    (f"sk-proj-{drawn(30)} {drawn(30)}", "blank-inside"),
    ("https://platform.openai.com/api-keys", "address"),
    (f"{openai()}#mine", "remark"),
    (f"{openai()}#my first key", "remark"),
    (f"{openai()},{openai()}", "two-keys"),
    (f"{legacy()};{legacy()}", "two-keys"),
    (f"{openai()},", "odd-character"),
    (f"{openai()}\\", "odd-character"),
    (anthropic(), "wrong-slot"),
    (groq(), "wrong-slot"),
    (f"sk-or-v1-{drawn(64, HEX)}", "wrong-slot"),
    (f"xai-{drawn(80)}", "wrong-slot"),
    (f"AIza{drawn(35)}", "wrong-slot"),
    (f"hf_{drawn(34)}", "wrong-slot"),
    (f"ghp_{drawn(36)}", "wrong-slot"),
    (f"tvly-{drawn(32)}", "wrong-slot"),
    (openai(58, "sk-admin-"), "admin"),
    (f"org-{drawn(24)}", "id"),
    (f"proj_{drawn(24)}", "id"),
    (f"sess-{drawn(40)}", "session?"),
    (f"ek_{drawn(32)}", "session?"),
    (f"eyJ{drawn(30)}.eyJ{drawn(60)}.{drawn(40)}", "session?"),
    (f"sk-{drawn(32, HEX)}", "looks-like-deepseek?"),
    (f"sk-{drawn(32, LOWER)}", "looks-like-deepseek?"),
    (openai()[:120], "unexpected-form?"),
    (openai()[:60], "unexpected-form?"),
    (f"sk-proj-{drawn(156)}", "unexpected-form?"),
    (f"sk-{drawn(48)}", "unexpected-form?"),
    (drawn(48), "unexpected-form?"),
    ("hunter2", "unexpected-form?"),
    (f"sk-{drawn(20)}!{drawn(20)}", "unexpected-form?"),
    (f"org-{drawn(5)}", "unexpected-form?"),
]


@pytest.mark.parametrize(("value", "kind"), OPENAI_FAULTS, ids=[f"{i}-{k}" for i, (_, k) in enumerate(OPENAI_FAULTS)])
def test_what_is_wrong_with_an_openai_key(value: str, kind: str) -> None:
    assert kind_of(value) == kind


OTHERS = [
    ("anthropic", openai(), "wrong-slot"),
    ("anthropic", legacy(), "wrong-slot"),
    ("anthropic", openai(58, "sk-admin-"), "wrong-slot"),
    ("anthropic", groq(), "wrong-slot"),
    ("anthropic", f"org-{drawn(24)}", "id"),
    ("anthropic", anthropic("sk-ant-admin01-"), "admin"),
    ("anthropic", anthropic("sk-ant-oat01-"), "sign-in"),
    ("anthropic", anthropic("sk-ant-ort01-"), "session?"),
    ("anthropic", anthropic("sk-ant-sid01-"), "session?"),
    ("anthropic", anthropic("sk-ant-api04-"), "unexpected-form?"),
    ("anthropic", anthropic()[:-1], "unexpected-form?"),
    ("anthropic", f"sk-{drawn(40)}", "unexpected-form?"),
    ("anthropic", f"{anthropic()} ", "blank-around"),
    ("groq", f"xai-{drawn(80)}", "wrong-slot"),
    ("groq", openai(), "wrong-slot"),
    ("groq", f"gsk_{drawn(40)}", "unexpected-form?"),
    ("groq", f"gsk_{drawn(25)}-{drawn(26)}", "unexpected-form?"),
    ("groq", f"{groq()}#mine", "remark"),
    ("groq", "gsk_" + "x" * 52, "placeholder"),
]


@pytest.mark.parametrize(("provider", "value", "kind"), OTHERS, ids=[f"{p}-{i}" for i, (p, _, _) in enumerate(OTHERS)])
def test_what_is_wrong_with_a_key_of_another_provider(provider: str, value: str, kind: str) -> None:
    assert kind_of(value, provider) == kind


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("sk-no-key-required", None),
        ("sk-dummy", None),
        ("lm studio", None),
        (anthropic(), None),
        (f"sk-or-v1-{drawn(64, HEX)}", None),
        ("***", None),
        ("", "blank"),
        (f"{drawn(20)} ", "blank-around"),
        (f"{drawn(20)}\u201d", "odd-character"),
        (f"sk-{ELLIPSIS}", "odd-character"),
    ],
    ids=map(str, range(10)),
)
def test_behind_a_base_url_anything_is_a_key_that_can_be_sent(value: str, kind: Optional[str]) -> None:
    assert kind_of(value, goes_to=ELSEWHERE) == kind


def test_the_place_of_an_odd_character_is_told_and_not_the_character() -> None:
    fault = fault_of(f"\u201c{legacy()}\u200b", "openai")
    assert fault is not None
    assert fault.odd == ((1, "U+201C LEFT DOUBLE QUOTATION MARK"), (53, "U+200B ZERO WIDTH SPACE"))
    ends = fault_of(f" {legacy()}\t\r", "openai")
    assert ends is not None
    assert ends.odd == ((1, "a blank"), (53, "a tab"), (54, "a carriage return"))
    cut = fault_of(legacy()[:40], "openai")
    other = fault_of(f"sk-{drawn(48)}", "openai")
    assert (cut and cut.reason, other and other.reason) == ("length", "marker")
    assert name_of("\ud800") == "U+D800 without a name"


def test_whose_key_it_is_is_told() -> None:
    assert (token_of(groq()) or TOKENS[0]).provider == "groq"
    assert (token_of(legacy()) or TOKENS[0]).provider == "openai"
    assert token_of(f"sk-{drawn(48)}") is None
    assert token_of("") is None
    fault = fault_of(f"xai-{drawn(80)}", "groq")
    assert fault is not None
    assert fault.token is not None
    assert "Grok" in fault.token.what


def test_every_known_prefix_survives_a_recording() -> None:
    for token in TOKENS:
        value = token.prefix + drawn(40)
        assert prefix_of(value) == token.prefix, token.prefix
        assert token_of(value) == token, "a longer prefix must stand before a shorter one"


def test_a_real_key_in_brackets_is_no_example() -> None:
    letters = "".join(random.choices(string.ascii_letters, k=20))
    for own in (legacy(), drawn(32, HEX), drawn(20), f"org-{drawn(20)}", letters):
        for value in (f"<{own}>", f"[{own}]", f"{{{own}}}", f"your-{own}", f"sk-{own}"):
            assert not is_placeholder(value)
    for value in ("<sk-...>", "<your key>", "<gpt-4-turbo-deployment-id>", "[your key]", "{{ your_key }}"):
        assert is_placeholder(value), value


# --- whatever stands there ------------------------------------------------------------------------------------------

PREFIXES = st.sampled_from(("", "sk-", *(token.prefix for token in TOKENS)))
BODIES = (
    st.text(ALNUM + "-_", max_size=170)
    | st.text(string.printable + "\u201c\u00a0\u200b\ufeff\u2026\u0430", max_size=60)
    | st.text(max_size=40)
    | st.text(HEX, min_size=28, max_size=36)
)
VALUES = st.builds(str.__add__, PREFIXES, BODIES)
SLOTS = st.sampled_from(("openai", "anthropic", "groq"))
PLACES = st.sampled_from((OFFICIAL, ELSEWHERE, AZURE))


@given(VALUES, SLOTS, PLACES)
def test_any_text_is_judged_and_there_are_words_for_it(value: str, provider: str, goes_to: str) -> None:
    fault = fault_of(value, provider, goes_to)
    if fault is not None:
        assert fault.kind in TEXTS
        assert fault.reason in REASONS
        assert provider in WHOSE
        assert provider in FORMS
        assert all(1 <= odd.place <= len(value) for odd in fault.odd)


@given(VALUES, SLOTS, PLACES)
def test_a_key_and_its_recording_are_judged_alike(value: str, provider: str, goes_to: str) -> None:
    assume(not any("\ud800" <= c <= "\udfff" for c in value))
    kind_of_it = fault_of(value, provider, goes_to)
    again = fault_of(recorded(value), provider, goes_to)
    assert (kind_of_it and kind_of_it[:3]) == (again and again[:3])
