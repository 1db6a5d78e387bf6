"""The last look: whatever went wrong before it, no secret gets past, and JSON stays JSON."""

from __future__ import annotations

import json
import secrets
import string
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doctor.words import TOKEN_PREFIXES, Place, Scrubber, Secret, Unsafe

LETTERS = string.ascii_letters + string.digits
JANE = Place(PurePosixPath("/home/jane"), "jane", "thinkbox")
DOE = Place(PureWindowsPath("C:\\Users\\Jane Doe"), "Jane Doe", "JANES-PC")

OWN_PARTS = st.one_of(
    st.text(LETTERS + "-_", min_size=16, max_size=80),
    st.text("0123456789abcdef", min_size=16, max_size=64),
    st.text(string.ascii_letters + string.digits + string.punctuation + " é\u200b\n", min_size=16, max_size=60),
).filter(lambda own: len(set(own)) > 8 and any(c.isdigit() for c in own) and not own.startswith("your-"))
SECRETS = st.builds(str.__add__, st.sampled_from(("", *TOKEN_PREFIXES)), OWN_PARTS)


def own_part(secret: str) -> str:
    return secret[len(Secret(secret).prefix) :]


def survivors(secret: str, text: str) -> list[str]:
    """Pieces of five characters that are still there; what only repeats or might be a word is none of it."""
    own = own_part(secret)
    pieces = {own[i : i + 5] for i in range(len(own) - 4)}
    return [piece for piece in pieces if piece in text and any(c.isdigit() for c in piece) and len(set(piece)) > 2]


@given(SECRETS, st.text(max_size=40), st.text(max_size=40))
def test_no_piece_of_a_secret_gets_past(secret: str, before: str, after: str) -> None:
    scrubber = Scrubber(secrets=[Secret(secret)])
    for text in (before + secret + after, before + own_part(secret) + after, f"{before}'{secret[4:-2]}'{after}"):
        assert survivors(secret, scrubber.hide(text)) == []


@given(st.text("0123456789abcdef", min_size=24, max_size=64).filter(lambda s: len(set(s)) > 9), st.integers(0, 40))
def test_not_even_five_characters_of_it(own: str, at: int) -> None:
    piece = own[at % (len(own) - 5) :][:5]
    if any(c.isdigit() for c in own) and len(set(piece)) > 1:
        assert Scrubber(secrets=[Secret(own)]).hide(f"it begins with {piece}") == "it begins with …"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(SECRETS, JSON, st.booleans(), st.sampled_from((None, 2)), st.sampled_from((JANE, DOE)))
def test_json_stays_json(secret: str, value: Any, is_ascii: bool, indent: Any, place: Place) -> None:
    leak = {"leak": f"the key {secret} of {place.home}", secret: [secret, {"path": f"{place.home}/x"}]}
    document = {"value": value, **leak}
    text = json.dumps(document, ensure_ascii=is_ascii, indent=indent)
    hidden = Scrubber(place, [Secret(secret)]).hide(text)
    read = json.loads(hidden)
    assert survivors(secret, json.dumps(read, ensure_ascii=False)) == []  # repr() would spell out odd characters
    assert str(place.home) not in str(read)
    own = own_part(secret)
    is_touched = any(own[at : at + 5] in str(value) for at in range(len(own) - 4))
    assert read["value"] == value or is_touched


@given(st.text(max_size=300), st.lists(SECRETS, max_size=3))
def test_what_it_returns_it_returns_again(text: str, values: list[str]) -> None:
    scrubber = Scrubber(JANE, map(Secret, values))
    once = scrubber.hide(text)
    assert scrubber.hide(once) == once


def test_a_secret_may_hold_what_is_structure_in_json() -> None:
    secret = 'aZ9", "b\\": [1, {"c3'
    document = json.dumps({"a": f"x{secret}y", "b": [1, {"c3": 1}]})
    hidden = Scrubber(secrets=[Secret(secret)]).hide(document)
    assert json.loads(hidden) == {"a": "x…y", "b": [1, {"c3": 1}]}


def test_an_escape_is_not_cut_in_two() -> None:
    secret = "n5abcQ7defZ8ghiW9jkl"
    text = json.dumps({"a": "x\n5abcQ7", "b": "\\" + secret, "c": secret + '"'})
    hidden = json.loads(Scrubber(secrets=[Secret(secret)]).hide(text))
    assert hidden == {"a": "x\n…", "b": "\\…", "c": '…"'}


def test_a_number_may_be_a_secret_too() -> None:
    secret = "1029384756610293"
    hidden = Scrubber(secrets=[Secret(secret)]).hide('{"a": 1029384756610293, "b": 12}')
    assert json.loads(hidden) == {"a": "…", "b": 12}


@pytest.mark.parametrize("value", ["docker", "python", "true", "your-api-key-1234567", "x" * 20, "admin", ""])
def test_a_value_that_is_a_word_or_a_placeholder_garbles_no_report(value: str) -> None:
    text = "docker and python are true; admin put your-api-key-1234567 or xxxxxxxxxxxxxxxxxxxx there"
    assert Scrubber(secrets=[Secret(value)]).hide(text) == text


def test_words_inside_a_passphrase_stay_words_elsewhere() -> None:
    scrubber = Scrubber(secrets=[Secret("correct-horse-battery-staple-1")])
    assert scrubber.hide("a horse is correct, a battery flat") == "a horse is correct, a battery flat"
    assert "battery" not in scrubber.hide("password correct-horse-battery-staple-1!")


def test_a_long_run_of_letters_goes_with_what_it_stands_in() -> None:
    scrubber = Scrubber(secrets=[Secret("Q7-qwfpgjluyarstdhnei-X9")])
    assert scrubber.hide("it is Q7-qwfpgjluyarstdhnei-X9.") == "it is …."
    assert scrubber.hide("the letters fpgjluy alone") == "the letters fpgjluy alone"


@pytest.mark.parametrize("value", ["p4ssw0rd!", "hunter2", "s3cr3t"])
def test_a_short_secret_goes_as_a_whole(value: str) -> None:
    assert Scrubber(secrets=[Secret(value)]).hide(f"login:{value}.") == "login:…."


def test_unknown_tokens_and_home_go_too() -> None:
    token = "gsk_" + "a7Q" + "".join(secrets.choice(LETTERS) for _ in range(49))
    assert Scrubber(JANE).hide(f"{token} in /home/jane/x") == "gsk_… (56 characters) in ~/x"
    assert json.loads(Scrubber(DOE).hide(json.dumps({"p": "C:\\Users\\Jane Doe\\x", "k": token}))) == {
        "p": "~\\x",
        "k": "gsk_… (56 characters)",
    }


def test_our_own_words_are_left_alone() -> None:
    text = "You will find it: /home/you/x, $HOME/x, https://example.com/home/page, will (user) jane"
    assert Scrubber(Place(PurePosixPath("/home/will"), "will", "page")).hide(text) == text


class Broken(str):
    """A text that cannot be looked at."""

    def find(self, *unused: Any) -> int:
        raise MemoryError

    lower = find  # type: ignore[assignment]


def test_it_fails_closed() -> None:
    with pytest.raises(Unsafe):
        Scrubber(JANE).hide(None)  # type: ignore[arg-type]
    with pytest.raises(Unsafe) as caught:
        Scrubber(JANE).hide(Broken("key"))
    assert "key" not in repr(caught.value)
    assert caught.value.__cause__ is None


def test_a_large_clean_report_is_returned_as_it_is() -> None:
    text = json.dumps({f"check{i}": "nothing to complain about in folder " + str(i) for i in range(5000)}, indent=2)
    known = [Secret("sk-proj-" + "".join(secrets.choice(LETTERS) for _ in range(156))) for _ in range(5)]
    assert Scrubber(JANE, known).hide(text) is text


def test_what_is_learned_later_counts() -> None:
    scrubber = Scrubber()
    text = "a7Qx9Zb4Wk2Lm8Tv5Rc3"
    assert scrubber.hide(text) == text
    scrubber.learn(Secret(text))
    assert scrubber.hide(text) == "…"
