"""Bytes in a recording: as text that a person can read wherever they are one, in base64 otherwise."""

from __future__ import annotations

import base64
from typing import Callable, NamedTuple, Optional

from doctor.machine.masking import Mask
from doctor.machine.settings import Span

Find = Callable[[str], list[Span]]


class Written(NamedTuple):
    """Bytes as they stand in a recording, under `name`."""

    name: str
    text: str
    encoding: str
    """"utf-8", "utf-16-le", "utf-16-be"; "" for bytes that are no text."""
    data: bytes

    @property
    def is_text(self) -> bool:
        """Whether the text alone tells everything."""
        return self.encoding == "utf-8"

    @property
    def base64(self) -> str:
        return base64.b64encode(self.data).decode("ascii")

    def keys(self) -> dict[str, str]:
        if not self.encoding:
            return self.as_base64()
        return {self.name: self.text, **({} if self.is_text else {"encoding": self.encoding})}

    def as_base64(self) -> dict[str, str]:
        return {"base64" if self.name == "text" else f"{self.name}_base64": self.base64}


def written(data: bytes, name: str, mask: Optional[Mask], find: Optional[Find] = None) -> Written:
    """Bytes without what is private in them; `find` tells where more of it stands. Without a mask as they are."""
    for encoding in ("utf-16-le", "utf-16-be") if _may_be_wide(data) else ("utf-8",):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        hidden = _hidden(text, mask, find)
        return Written(name, hidden, encoding, data if mask is None else mask.expanded(hidden).encode(encoding))
    text = data.decode("latin-1")
    if mask is None:
        return Written(name, text, "", data)
    hidden = mask.expanded(_hidden(text, mask, find))
    return Written(name, hidden, "", hidden.encode("latin-1", "replace"))


def _may_be_wide(data: bytes) -> bool:
    """UTF-16, with its mark or without: text in Latin letters has a NUL in every other place."""
    if len(data) % 2 or len(data) < 2:
        return False
    return data[:2] in (b"\xff\xfe", b"\xfe\xff") or data.count(0) * 4 > len(data)


def _hidden(text: str, mask: Optional[Mask], find: Optional[Find]) -> str:
    return text if mask is None else mask.text(text, find(text) if find else ())
