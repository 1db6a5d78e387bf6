"""The last look: whatever went wrong before it, no secret gets past, and JSON stays JSON."""

from __future__ import annotations

import json
import secrets
import string
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doctor.words import TOKEN_PREFIXES, Place, Scrubber, Secret, Unsafe, hide_tokens

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


def may_be_word(piece: str) -> bool:
    letters_in_order = piece.islower() or piece.isupper() or piece.istitle()
    return len(set(piece)) == 1 or not any(map(str.isalnum, piece)) or (piece.isalpha() and letters_in_order)


def survivors(secret: str, text: str) -> set[str]:
    """The five characters in a row of a secret that are in a text and must not be, as the scrubber promises."""
    own = own_part(secret)
    pieces = {own[at : at + 5] for at in range(len(own) - 4)} & {text[at : at + 5] for at in range(len(text) - 4)}
    is_hex = set(own) <= set(string.hexdigits + "-")
    return {piece for piece in pieces if is_hex or not may_be_word(piece)}


def holds_nothing(secret: str, text: str, place: Place) -> bool:
    """Whether a text has nothing of a secret, of any credential's form, and of a home folder."""
    return not survivors(secret, text) and hide_tokens(text) == text and str(place.home) not in text


@st.composite
def secrets_and_texts(draw: Any, most: int = 6) -> tuple[str, list[str]]:
    """A secret, and texts with shorter and longer parts of it in them."""
    secret = draw(SECRETS)
    places = st.tuples(st.integers(0, len(secret)), st.integers(0, 12))
    part = places.map(lambda place: secret[place[0] : place[0] + place[1]])
    text = st.lists(part | st.text(max_size=8) | st.sampled_from((secret, own_part(secret), " ")), max_size=5)
    return secret, draw(st.lists(text.map("".join), max_size=most))


@given(secrets_and_texts())
def test_no_piece_of_a_secret_gets_past_and_nothing_else_goes(drawn: tuple[str, list[str]]) -> None:
    secret, texts = drawn
    scrubber = Scrubber(JANE, [Secret(secret)])
    for text in (*texts, f"'{secret[4:-2]}'"):
        hidden = scrubber.hide(text)
        assert not survivors(secret, hidden)
        assert (hidden == text) == holds_nothing(secret, text, JANE)


@given(st.text("0123456789abcdef", min_size=24, max_size=64).filter(lambda s: len(set(s)) > 9), st.integers(0, 40))
def test_not_even_five_characters_of_it(own: str, at: int) -> None:
    piece = own[at % (len(own) - 5) :][:5]
    if any(c.isdigit() for c in own) and len(set(piece)) > 1:
        assert Scrubber(secrets=[Secret(own)]).hide(f"it begins with {piece}") == "it begins with …"


def json_values(texts: list[str]) -> st.SearchStrategy[Any]:
    text = st.sampled_from(texts) if texts else st.text(max_size=20)
    return st.recursive(
        st.none() | st.booleans() | st.integers() | text,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
        max_leaves=12,
    )


def parts_of(document: str) -> list[Any]:
    """Every name, text, number and word of a JSON document, in order."""

    def walk(value: Any) -> Iterator[Any]:
        if isinstance(value, (list, tuple)):
            for each in value:
                yield from walk(each)
        else:
            yield value

    # Names that have become the same are still two.
    return list(walk(json.loads(document, object_pairs_hook=tuple, parse_int=int)))


@given(secrets_and_texts(), st.data(), st.booleans(), st.sampled_from((None, 2)), st.sampled_from((JANE, DOE)))
def test_json_stays_json(
    drawn: tuple[str, list[str]], data: st.DataObject, is_ascii: bool, indent: Any, place: Place
) -> None:
    secret, texts = drawn
    leak = {"leak": f"the key {secret} of {place.home}", secret: [secret, {"path": f"{place.home}/x"}]}
    document = json.dumps(
        {"value": data.draw(json_values(texts)), **leak}, ensure_ascii=is_ascii, indent=indent
    )
    hidden = Scrubber(place, [Secret(secret)]).hide(document)
    before, after = parts_of(document), parts_of(hidden)
    assert len(before) == len(after)
    for old, new in zip(before, after):
        assert not survivors(secret, str(new))
        assert str(place.home) not in str(new)
        assert (new == old and type(new) is type(old)) == holds_nothing(secret, str(old), place)


@pytest.mark.parametrize("is_ascii", [True, False])
@pytest.mark.parametrize("value", ['p"4ss', "hunter\\2", "pässw0rt", 'correct-horse-"battery"-staple', 'pä"ss1'])
def test_a_short_secret_that_json_writes_otherwise_goes_too(value: str, is_ascii: bool) -> None:
    document = json.dumps({"login": f"it is {value}."}, ensure_ascii=is_ascii)
    assert json.loads(Scrubber(secrets=[Secret(value)]).hide(document)) == {"login": "it is …."}


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


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Qwert asdfg YXCVB ---+- alone", "Qwert asdfg YXCVB ---+- alone"),
        ("x7Qwert", "…"), ("qWert", "qWert"), ("dFGHJ", "…"), ("Qwert7", "Qwert7"), ("x7Qwertb", "…b"),
        ("7Qwertasdfg", "…"), ("7Qwer asdfg", "… asdfg"), ("asdfG", "asdfG"), ("asdfg4YXCVB---+-", "…"),
        ("11111", "11111"), ("+-111", "…"), ("-11111", "…"),
    ],
)  # fmt: skip
def test_what_may_be_a_word_goes_with_what_it_touches(text: str, hidden: str) -> None:
    assert Scrubber(secrets=[Secret("x7QwertasdFGHJasdfg4YXCVB---+-11111")]).hide(text) == hidden


@pytest.mark.parametrize(
    ("text", "hidden"), [("abcde", "…"), ("DECAF", "DECAF"), ("an 1111", "an 1111"), ("11111", "…"), ("-----", "…")]
)
def test_in_hexadecimal_digits_nothing_is_a_word(text: str, hidden: str) -> None:
    assert Scrubber(secrets=[Secret("0fabcde911111-----872")]).hide(text) == hidden


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
