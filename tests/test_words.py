"""Sentences are safe to paste: no secret, no name, nothing that moves the cursor."""

from __future__ import annotations

import copy
import json
import pickle
import secrets
import string
import traceback
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doctor.secret import tokens_in
from doctor.words import TOKEN_PREFIXES, Place, Secret, Url, clean, hide_tokens, render, say, show, show_path

JANE = Place(PurePosixPath("/home/jane"), "jane", "thinkbox.lan")
DOE = Place(PureWindowsPath("C:\\Users\\Jane Doe"), "Jane Doe", "JANES-PC")
LETTERS = string.ascii_letters + string.digits


def key(prefix: str = "sk-proj-", length: int = 60) -> str:
    """A key that nobody has ever had; it always holds a digit and both kinds of letters."""
    return prefix + "a7Q" + "".join(secrets.choice(LETTERS) for _ in range(length - 3))


# --- secrets ------------------------------------------------------------------------------------------------------


class Holder(NamedTuple):
    name: str
    secret: Secret


def test_a_secret_has_no_printable_form() -> None:
    value = key()
    secret = Secret(value)
    holder = Holder("key", secret)
    try:
        raise ValueError(secret, holder)
    except ValueError as problem:
        # With all local variables, as a debugging tool shows them; `value` is not one of the called function.
        trace = "".join(traceback.format_exception(type(problem), problem, problem.__traceback__))
    shown = [
        str(secret), repr(secret), f"{secret}", f"{secret!r:>200}", "%s %r" % (secret, secret),  # noqa: UP031
        "{} {!r}".format(secret, [secret]),  # noqa: UP032
        repr(holder), str(holder), f"{holder}", repr(holder._asdict()), trace, repr(copy.deepcopy(holder)),
        json.dumps(holder, default=str), " ".join(map(str, dir(secret))), str([getattr(secret, n) for n in dir(secret)
        if n not in ("reveal", "_reveal")]),
        show(secret), render(say("{key} {all}", key=secret, all=[secret])),
    ]  # fmt: skip
    own = value[len("sk-proj-") :]
    for text in shown:
        assert not [own[i : i + 5] for i in range(len(own) - 4) if own[i : i + 5] in text], text
    assert str(secret) == "sk-proj-… (68 characters)"
    assert str(Secret("x")) == "… (1 character)"


def test_a_secret_is_neither_stored_nor_laid_open() -> None:
    secret = Secret(key())
    for attempt in (pickle.dumps, json.dumps, vars, lambda each: each.__getstate__(), lambda each: each.__reduce__()):
        with pytest.raises(TypeError):
            attempt(secret)
    with pytest.raises(TypeError):
        pickle.dumps(Holder("key", secret))
    assert copy.copy(secret) is secret
    assert copy.deepcopy(Holder("key", secret)).secret is secret
    assert secret == Secret(secret.reveal())
    assert len({secret, Secret(secret.reveal())}) == 1
    assert secret != secret.reveal()


# --- tokens in texts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", TOKEN_PREFIXES)
@pytest.mark.parametrize(
    "around",
    [
        "{}", "key={}", '"{}",', "error: {}.", "\x1b[32m{}\x1b[0m", "line\\n{}\\nline", "a%3D{}", "({})", "x\t{}\r\n",
        "{}\u2026", "\u201c{}\u201d", "export KEY='{}'", "\\u001b{}", "my{}",
    ],
)  # fmt: skip
def test_a_token_is_found_wherever_it_stands(prefix: str, around: str) -> None:
    value = key(prefix)
    shown = hide_tokens(around.format(value))
    assert value[len(prefix) :][:5] not in shown
    assert value[-5:] not in shown
    assert f"{prefix}… ({len(value)} characters)" in shown


@pytest.mark.parametrize("escape", ["\\n", "\\u000a", "\\x0a", "%0A", "\x1b[1m", " ", '"', "_"])
def test_a_token_may_follow_an_escape(escape: str) -> None:
    value = "sk-" + secrets.token_hex(24)
    assert value[3:8] not in hide_tokens(f"line{escape}{value}")
    assert hide_tokens("disk-" + value[3:]) == "disk-" + value[3:]


@pytest.mark.parametrize("gap", ["\u200b", "\u00a0", "\u2011", " ", "\n", "\r\n    ", " | "])
def test_a_token_that_was_broken_in_two_goes_whole(gap: str) -> None:
    first, second = key(), "b8W" + key("", 40)
    shown = hide_tokens(f"key {first}{gap}{second} and more words follow")
    assert second[:5] not in shown
    assert second[-5:] not in shown
    assert shown.endswith("and more words follow")


@pytest.mark.parametrize(
    "text",
    [
        "hf_transfer-0.1.8-cp38-abi3-manylinux_2_17_x86_64.whl", "pypi-attestations-0.0.12.tar.gz",
        "task-force-of-three", "xai-components-library",
        "npm_config_user_agent", "sess-manager-service", "disk-space-usage-monitor",
        "basic information about authentication", "Bearer authentication is needed", "http://127.0.0.1:8080/v1",
        "ssh://git@github.com/someone/something.git", "git@github.com:someone/something.git", "http://[::1]:11434/",
        "see https://example.com/a@b", "a8b5dcc4a9d37e0f1c7e7d6c5b4a39281706f5e4", "ASIA-PACIFIC-REGION-2",
    ],
)  # fmt: skip
def test_what_only_looks_a_little_like_a_token_stays(text: str) -> None:
    assert hide_tokens(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://jane:{}@example.com/x", "https://example.com/x"),
        ("http://{}@proxy:3128", "http://proxy:3128"),
        ("https://jane:p@ss{}@example.com", "https://example.com"),
        ("https://jane:p/ss{}@example.com", "https://example.com"),
        ("Authorization: Bearer {}", "Authorization: Bearer …"),
        ("authorization: basic {}==", "authorization: basic …"),
    ],
)
def test_credentials_go(text: str, shown: str) -> None:
    assert hide_tokens(text.format("x4" + key("", 20))) == shown


def test_a_private_key_goes_whole() -> None:
    lines = ["-----BEGIN OPENSSH " + "PRIVATE KEY-----", *(key("", 64) for _ in range(20))]
    end = "-----END OPENSSH " + "PRIVATE KEY-----"
    for text in ("\n".join([*lines, end]), "\\n".join([*lines, end]), "\r\n  ".join([*lines, end]), "\n".join(lines)):
        shown = hide_tokens(f"before {text}")
        assert shown == "before (a private key)"
    document = json.dumps({"a": "\n".join([*lines, end]), "b": "kept"})
    assert hide_tokens(document) == '{"a": "(a private key)", "b": "kept"}'


@given(st.text(max_size=200))
def test_hiding_tokens_never_fails_and_settles(text: str) -> None:
    once = hide_tokens(text)
    assert hide_tokens(once) == once
    assert all(0 <= each.start < each.end <= len(text) for each in tokens_in(text))


@pytest.mark.parametrize(
    "piece",
    ["ask-", "hf_", "sk-", "://a:x@", "x://a:", "-----BEGIN PRIVATE KEY-----", "bearer ", "eyJ", "\x1b]", "\x1b[",
     "/home/", "\\Users\\", "a@", "jane", " ", "\n", "%", "\u200b"],
)  # fmt: skip
def test_a_flood_of_anything_is_cleaned_in_one_go(piece: str) -> None:
    """Each of these would take minutes if some pattern looked at the same text again and again."""
    flood = piece * (400_000 // len(piece)) + "@ x"
    assert clean(flood, JANE).isprintable()
    assert clean(flood.replace("@", ""), DOE).isprintable()


# --- names --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/home/jane/x", "~/x"),
        ("in /home/jane, and", "in ~, and"),
        ("/home/jane.", "~."),
        ("/home/janet/x", "/home/(user)/x"),
        ("/home/jane-old/x", "/home/(user)/x"),
        ("PATH=/home/jane/bin:/home/bob/bin:/usr/bin", "PATH=~/bin:/home/(user)/bin:/usr/bin"),
        ("-I/home/jane/include", "-I/home/(user)/include"),
        ("file:///home/jane/a", "file:///home/(user)/a"),
        ("/mnt/c/Users/Jane Doe/AppData", "/mnt/c/Users/(user)/AppData"),
        ("/mnt/c/Users/jdoe: no", "/mnt/c/Users/(user): no"),
        ("/c/Users/jdoe/x", "/c/Users/(user)/x"),
        ("\\\\wsl.localhost\\Ubuntu\\home\\bob\\x", "\\\\wsl.localhost\\Ubuntu\\home\\(user)\\x"),
        ("\\\\wsl$\\Ubuntu\\home\\bob", "\\\\wsl$\\Ubuntu\\home\\(user)"),
        ("uid=1000(jane) gid=1000(jane)", "uid=1000((user)) gid=1000((user))"),
        ("jane@thinkbox:~$", "(user)@(host):~$"),
        ("THINKBOX thinkbox.lan thinkbox", "(host) (host) (host)"),
        ("janeway, mjane, jane_doe", "janeway, mjane, jane_doe"),
        ("/home/linuxbrew/.linuxbrew /home/runner/x", "/home/linuxbrew/.linuxbrew /home/runner/x"),
        ("https://example.com/home/page/1", "https://example.com/home/page/1"),
        ("GET /users/octocat", "GET /users/octocat"),
    ],
)
def test_names_on_linux(text: str, shown: str) -> None:
    assert clean(text, JANE) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("C:\\Users\\Jane Doe\\x", "~\\x"),
        ("c:\\users\\JANE DOE\\x", "~\\x"),
        ("C:/Users/Jane Doe/x", "~/x"),
        ("C:\\\\Users\\\\Jane Doe\\\\x", "~\\\\x"),
        ("C:\\\\\\\\Users\\\\\\\\Jane Doe\\\\\\\\x", "~\\\\\\\\x"),
        ("file:///C:/Users/Jane%20Doe/x", "file:///C:/Users/(user)/x"),
        ("C:\\Users\\JANEDO~1\\AppData", "C:\\Users\\(user)\\AppData"),
        ("TEMP=JANEDO~1", "TEMP=(user)"),
        ("\\\\?\\C:\\Users\\Jane Doe\\x", "\\\\?\\C:\\Users\\(user)\\x"),
        ("\\\\server\\Users\\bob\\x", "\\\\server\\Users\\(user)\\x"),
        ("C:\\Users\\bob is missing and D:\\x", "C:\\Users\\(user) is missing and D:\\x"),
        ("C:\\Users\\Public\\x C:\\Users\\All Users\\y", "C:\\Users\\Public\\x C:\\Users\\All Users\\y"),
        ("C:\\Documents and Settings\\bob\\x", "C:\\Documents and Settings\\(user)\\x"),
        ("JANES-PC\\jane doe", "(host)\\(user)"),
    ],
)
def test_names_on_windows(text: str, shown: str) -> None:
    assert clean(text, DOE) == shown


def test_names_beyond_ascii_in_every_form() -> None:
    place = Place(PureWindowsPath("C:\\Users\\José"), "José", "")
    escaped = json.dumps("C:\\Users\\José\\x")
    for text in ("C:\\Users\\José\\x", escaped, "C:/Users/Jos%C3%A9/x", "C:\\Users\\Jose\u0301\\x"):
        shown = clean(text, place)
        assert "Jos" not in shown, shown
    assert clean("Joséphine", place) == "Joséphine"


@pytest.mark.parametrize("user", ["will", "dev", "root", "max", "mark", "python", "ubuntu", "test"])
def test_a_name_that_is_a_word_garbles_no_sentence(user: str) -> None:
    place = Place(PurePosixPath(f"/home/{user}"), user, "ubuntu")
    for sentence in (
        f"It {user} be on Ubuntu ubuntu 22.04, /dev/null and {user} too.",
        f"the {user} (of course) is {user}: all right",
        f"{user}-tools {user}.txt /opt/{user}/bin",
    ):
        assert clean(sentence, place) == sentence
    assert clean(f"/home/{user}/x", place) == "~/x"
    assert clean(f"/mnt/c/Users/{user}/x", place) == "/mnt/c/Users/(user)/x"


def test_a_name_that_the_checks_use_as_a_word_garbles_no_sentence() -> None:
    place = Place(PurePosixPath("/home/scan"), "scan", "scan", ("scan",))
    assert clean("/home/scan/Scan/scan: scan it on SCAN", place) == "~/Scan/scan: scan it on SCAN"
    on_windows = Place(PureWindowsPath("C:\\Users\\scan"), "scan", "", ("scan",))
    assert clean("C:\\Users\\scan\\Scan\\scan\\x, CORP\\Scan", on_windows) == "~\\Scan\\scan\\x, CORP\\(user)"
    assert clean("uid=1000(scan) scan@scan", place) == "uid=1000((user)) (user)@(host)"


def test_a_word_that_is_the_persons_name_goes_where_it_is_meant() -> None:
    place = Place(PurePosixPath("/home/will"), "will", "rose")
    shown = clean("uid=1000(will) will@rose user=will login: will, will:x:1000 owner 'will' CORP\\will", place)
    assert "will" not in shown
    assert "rose" not in shown


@pytest.mark.parametrize("home", [PurePosixPath("/"), PureWindowsPath("C:\\"), PurePosixPath("."), None])
def test_a_home_that_is_everything_hides_nothing(home: PurePath) -> None:
    assert clean("/usr/bin and C:\\x", Place(home)) == "/usr/bin and C:\\x"


@given(st.text(max_size=100), st.text(max_size=12), st.text(max_size=12))
def test_no_name_and_no_text_breaks_it(text: str, user: str, host: str) -> None:
    for home in (PurePosixPath("/home", user), PureWindowsPath("C:\\Users", user)):
        assert clean(text, Place(home, user, host)).isprintable()


# --- what is shown ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31;1mred\x1b[0m", "ared"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;https://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("bell\x07 back\x08 nul\0", "bell? back nul"),
        ("one\r\ntwo\tthree", "one  two three"),
        ("right\u202eleft\u2066x", "right?left?x"),
        ("zero\u200bwidth\ufeff", "zero?width?"),
        ("no\u00a0break\u3000wide", "no break wide"),
        ("half\udc80", "half?"),
        ("filler\u3164", "filler?"),
        ("字 é ✔ \U0001f600", "字 é ✔ \U0001f600"),
        ("sk-" + "\0".join("proj-a7Q" + "x1Y" * 12), "sk-proj-… (47 characters)"),
    ],
)
def test_nothing_that_a_program_printed_moves_the_cursor(text: str, shown: str) -> None:
    assert show(text) == shown


def test_a_long_value_is_cut_after_it_was_hidden() -> None:
    value = key(length=150)
    text = "x" * 150 + " " + value + " " + "y" * 5000
    shown = show(text)
    assert len(shown) <= 330
    assert value[8:13] not in shown
    assert shown.startswith("xxx")
    assert shown.endswith("characters)")
    assert len(show(PurePosixPath("/a" * 500))) <= 330
    assert len(show(b"z" * 5000)) <= 330
    assert show("x" * 300) == "x" * 300


def test_a_long_list_is_cut() -> None:
    assert show([f"n{i}" for i in range(20)]).endswith("n19")
    assert show([f"n{i}" for i in range(25)]).endswith("n19 and 5 more")
    assert show(f"n{i}" for i in range(25)).endswith("n19 and more")


@pytest.mark.parametrize(
    ("path", "place", "shown"),
    [
        (PurePosixPath("/home/jane"), JANE, "~"),
        (PurePosixPath("/home/jane/a b/c"), JANE, "~/a b/c"),
        (PurePosixPath("/home/jane/jane/x"), JANE, "~/(user)/x"),
        (PurePosixPath("/usr/bin"), JANE, "/usr/bin"),
        (PureWindowsPath("c:/users/jane doe/x"), DOE, "~\\x"),
        (PureWindowsPath("D:\\x"), DOE, "D:\\x"),
        (PurePosixPath("/home/jane/x"), DOE, "/home/(user)/x"),
        (PurePosixPath("relative"), JANE, "relative"),
        (PurePosixPath("/x"), Place(PurePosixPath("/")), "/x"),
    ],
)
def test_paths_are_drawn_relative_to_home(path: PurePath, place: Place, shown: str) -> None:
    assert show_path(path, place) == shown


def test_a_url_is_drawn_without_credentials_query_and_fragment() -> None:
    assert show(Url("https://jane:pw@example.com/a?key=1#token")) == "https://example.com/a"


def test_a_sentence_is_never_an_error() -> None:
    template = "{file}, line {line}: {missing} {{x}}"
    assert render(say(template, file=PurePosixPath("/a"), line=3)) == "/a, line 3: {missing} {x}"
    assert render(say("a brace { too many", x=1)) == "a brace { too many"
    assert render(say("{inner}", inner=say("{key}", key=Secret("x")))) == "… (1 character)"
    assert render(say("{a} {b} {c} {d}", a=True, b=None, c=1.5, d=[])) == "True None 1.5 "  # type: ignore[arg-type]
    assert render(say("will {name}", name="will"), Place(None, "jane")) == "will will"
