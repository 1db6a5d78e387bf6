"""A secret's shape tells what judgements need, and nothing of the secret."""

from __future__ import annotations

import re
import secrets
import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from doctor.machine.shapes import MARKER, expand, fault_in, mark_of, protect
from doctor.secret import TOKEN_PREFIXES, prefix_of

ODD = " \t\n\r\"'`\u201c\u201d\u00a0\u200b\ufeff\u2026*<>#$,;\\%&?!~{}()é字\U0001f600"
OWN = (
    st.text(string.ascii_letters + string.digits + "-_", max_size=180)
    | st.text("0123456789abcdef", max_size=70)
    | st.text(string.digits, max_size=30)
    | st.text(string.printable + ODD, max_size=60)
    | st.text(max_size=40)
)
SECRETS = st.builds(str.__add__, st.sampled_from(("", *TOKEN_PREFIXES)), OWN)

# What is asked of a key's form by AutoGPT in one of its years, and by its configuration editor.
FORMS = (
    r"sk-(proj-)?\w{48}", r"sk-ant-api03-[\w\-]{95}", r"gsk_[a-zA-Z0-9]{48,}$", r"sk-[a-zA-Z0-9-_]{20,}$",
    r"(ghp_[a-zA-Z0-9]{36}|github_pat_[a-zA-Z0-9_]{80,})$", r"\s", r".*\s$", r"[\"'].*[\"']$", r".*[^\x00-\x7f]",
    r"[0-9a-f]{32}$", r"[0-9]{8,}$", r"<.*>$", r"[^\s]+:[^\s]+@", r".*\n.*",
)  # fmt: skip


@pytest.mark.parametrize(
    ("secret", "mark"),
    [
        ("", "{{secret length=0}}"),
        ("hunter2!", "{{secret length=8 exclamation@7}}"),
        ("sk-" + "a1" * 24, "{{secret prefix=sk- length=51 hex}}"),
        ("sk-proj-" + "Zq" * 10 + "-x_y ", "{{secret prefix=sk-proj- length=33 dash@28 underscore@30 space@32}}"),
        ("\u201cgsk_" + "Ab3" * 4, "{{secret length=17 left-quote@0 underscore@4}}"),
        ("12345678", "{{secret length=8 digits}}"),
        ("sk-" + "a1z9" * 8, "{{secret prefix=sk- length=35 lower}}"),
        ("sk-" + "Ab1" * 6 + MARKER + "x", "{{secret prefix=sk- length=30 marker@21}}"),
        ("caf\u00e9 1", "{{secret length=6 character-e9@3 space@4}}"),
        ("org-" + "Ab3" * 8, "{{secret prefix=org- length=28}}"),
        ("org-mode", "{{secret length=8 dash@3}}"),
    ],
)
def test_the_mark_of_a_secret(secret: str, mark: str) -> None:
    assert mark_of(secret) == mark
    assert fault_in(mark) == ""


@given(SECRETS)
def test_a_shape_stays_what_it_is(secret: str) -> None:
    mark = mark_of(secret)
    assert fault_in(mark) == ""
    invented = expand(mark)
    assert len(invented) == len(secret)
    assert mark_of(invented) == mark


@given(SECRETS)
def test_a_key_and_its_shape_are_judged_alike(secret: str) -> None:
    invented = expand(mark_of(secret))
    assert prefix_of(invented) == prefix_of(secret)
    for form in FORMS:
        assert bool(re.match(form, secret)) == bool(re.match(form, invented)), form


@pytest.mark.parametrize("prefix", ["", *TOKEN_PREFIXES])
def test_nothing_of_a_secret_is_in_its_shape(prefix: str) -> None:
    own = "".join(secrets.choice(string.ascii_letters + string.digits + "_-") for _ in range(120))
    mark = mark_of(prefix + own)
    for text in (mark, expand(mark)):
        assert not [own[i : i + 5] for i in range(len(own) - 4) if own[i : i + 5] in text]


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_text_that_looks_like_a_mark_is_kept(before: str, after: str) -> None:
    assume("{{secret" not in before + after)
    for text in (f"{before}{{{{secret length=12}}}}{after}", f"{before}{{{{secret{after}", before + "{{secret mark}}"):
        assert fault_in(protect(text)) == ""
        assert expand(protect(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "{{secret", "{{secretlength=3}}", "{{secret length=3}", "{{secret lenght=3}}", "{{secret length=x}}",
        "{{secret length=9999999}}", "{{secret length=20001}}", "{{secret comma@}}", "{{secret comma@x}}",
        "{{secret nothing@3}}", "{{secret character-110000@3}}", "{{secret character-zz@3}}", "{{secret  length=3}}",
        "{{secret length=\u0663}}", "fine {{secret length=3}} and not {{secret oops}}",
    ],
)  # fmt: skip
def test_a_mark_with_a_mistake_is_noticed(text: str) -> None:
    assert fault_in(text) != ""


@given(st.text(st.sampled_from("{}secret lngh=-@0123456789mark\n"), max_size=60))
def test_any_mark_expands_without_harm(text: str) -> None:
    assert len(expand("{{secret " + text + "}}")) <= 20_000 + len(text) + 20
