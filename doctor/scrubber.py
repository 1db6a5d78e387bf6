"""The last look at an output before it leaves: what must not be there goes, whoever put it there."""

from __future__ import annotations

import re
from typing import Callable, Iterable, Optional

from doctor.names import NOWHERE, Place, hide_paths
from doctor.secret import Secret, distinct_words, hide_tokens, prefix_of, tokens_in

_RUN = r"[A-Za-z0-9_\-+/=.]{5,}"
_SIMPLE = r"[A-Za-z0-9_\-+/=.]+\Z"
_JSON_PART = r'"(?:[^"\\]|\\[\s\S])*"|-?[0-9][0-9.eE+\-]*'
STAND_IN = "…"


class Unsafe(Exception):
    """The scrubber could not do its work, so the text must not leave."""


class Scrubber:
    """`hide()` either returns harmless text or raises `Unsafe`; nobody prints a text that it has not returned.

    What it promises of a text:

    - Of a secret that looks drawn (without its prefix 16 characters or more, more than 8 different ones, a digit among
      them) no `WINDOW` consecutive characters are left. Those that may be a word by themselves go only where they
      touch others of the secret: letters alone, all small, all capitals or with one capital first; no letter or digit
      at all; one character again and again. In a secret of hexadecimal digits and dashes nothing counts as a word.
    - Any other secret goes as a whole, unless it is a placeholder ("your-...", fewer than 5 characters or than 4
      different ones) or may be a word (fewer than 12 letters and nothing else).
    - Everything of a credential's form goes, whoever it belongs to, and so does every person's home folder.
    - A text that holds none of this comes out as it went in.

    Of a JSON document it promises all that of each string and number by itself: JSON stays JSON, and nothing is taken
    out between them.
    """

    WINDOW = 5

    def __init__(self, place: Place = NOWHERE, secrets: Iterable[Secret] = ()) -> None:
        self._place = place
        self._wholes: list[str] = []
        self._pieces: set[str] = set()
        self._weak: set[str] = set()
        self._odd: set[str] = set()
        self._harmless_runs: set[str] = set()
        for secret in secrets:
            self.learn(secret)

    def learn(self, secret: Secret) -> None:
        """From now on this secret is hidden too, as the class promises."""
        own = secret.reveal()[len(prefix_of(secret.reveal())) :]
        if own.startswith("your-") or len(own) < self.WINDOW or len(set(own)) < 4:
            return  # a placeholder
        taught: list[str] = []
        if len(own) >= 16 and len(set(own)) > 8 and any(c.isdigit() for c in own):
            is_hex = re.fullmatch(r"[0-9a-fA-F\-]+", own) is not None
            for place in range(len(own) - self.WINDOW + 1):
                piece = own[place : place + self.WINDOW]
                if _may_be_word(piece) and not is_hex:
                    self._weak.add(piece)
                else:
                    self._pieces.add(piece)
                    taught.append(piece)
        elif len(own) >= 12 or not own.isalpha():
            self._wholes.append(own)
            taught.append(own)
        self._harmless_runs.clear()
        self._odd.update(form for each in taught if not re.match(_SIMPLE, each) for form in _forms(each))

    def hide(self, text: str) -> str:
        try:
            if self._is_harmless(text):
                return text
            if text.lstrip()[:1] in ("{", "["):
                hidden = self._hide_in_json(text)
                if hidden is not None:
                    return hidden
            return self._hide(text)
        except Exception as problem:  # noqa: BLE001 - whatever happened, the text has not been made safe
            raise Unsafe(type(problem).__name__) from None

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where parts of the secrets that it knows stand in a text."""
        marked = bytearray(len(text))
        for whole in self._wholes:
            at = text.find(whole)
            while at >= 0:
                marked[at : at + len(whole)] = b"\x01" * len(whole)
                at = text.find(whole, at + 1)
        if self._pieces and self._has_pieces(text, distinct_words(text)):
            self._mark(text, marked)
        return [match.span() for match in re.finditer(b"\x01+", marked)]

    def _mark(self, text: str, marked: bytearray) -> None:
        """Mark every strong piece, then each weak one that touches what is marked."""
        width, weak = self.WINDOW, []
        for at in range(len(text) - width + 1):
            piece = text[at : at + width]
            if piece in self._pieces:
                marked[at : at + width] = b"\x01" * width
            elif piece in self._weak:
                weak.append(at)
        for places in (weak, reversed(weak)):
            for at in places:
                if any(marked[max(0, at - 1) : at + width + 1]):
                    marked[at : at + width] = b"\x01" * width

    def _is_harmless(self, text: str) -> bool:
        """Whether there is nothing to hide at all, which is the rule. Only this has to be quick."""
        words = distinct_words(text)
        if tokens_in(text, words) or hide_paths(text, self._place) != text:
            return False
        if any(whole in text for whole in self._wholes):
            return False
        return not self._has_pieces(text, words)

    def _has_pieces(self, text: str, words: str) -> bool:
        """Whether a strong piece stands there, or inside the quotes of JSON a whole that is written otherwise."""
        if any(odd in text for odd in self._odd):
            return True
        if not self._pieces:
            return False
        runs = set(re.findall(_RUN, words)) - self._harmless_runs
        width, pieces = self.WINDOW, self._pieces
        for run in runs:
            for at in range(len(run) - width + 1):
                if run[at : at + width] in pieces:
                    return True
        self._harmless_runs |= runs
        return False

    def _hide(self, text: str) -> str:
        text = _replaced(text, self.spans(text), lambda found: STAND_IN)
        return hide_paths(hide_tokens(text), self._place)

    def _hide_in_json(self, text: str) -> Optional[str]:
        """A JSON document with its strings made harmless, None when the text is none."""
        import json

        try:
            json.loads(text)
        except ValueError:
            return None
        is_ascii = text.isascii()

        def hide(found: re.Match[str]) -> str:
            value = json.loads(found[0]) if found[0][0] == '"' else found[0]
            hidden = self._hide(value)
            return found[0] if hidden == value else json.dumps(hidden, ensure_ascii=is_ascii)

        hidden = re.sub(_JSON_PART, hide, text)
        json.loads(hidden)
        return hidden


def _may_be_word(piece: str) -> bool:
    return (
        len(set(piece)) == 1
        or not any(map(str.isalnum, piece))
        or (piece.isalpha() and (piece.islower() or piece.isupper() or piece.istitle()))
    )


def _forms(piece: str) -> set[str]:
    """As it stands in a text, and inside the quotes of JSON."""
    import json

    return {piece, json.dumps(piece)[1:-1], json.dumps(piece, ensure_ascii=False)[1:-1]}


def _replaced(text: str, spans: list[tuple[int, int]], stand_in: Callable[[str], str]) -> str:
    out, done = [], 0
    for start, end in spans:
        out += [text[done:start], stand_in(text[start:end])]
        done = end
    return "".join([*out, text[done:]])
