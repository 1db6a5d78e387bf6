"""A tiny model that llama.cpp's server loads: one layer, random weights, a vocabulary of bytes. It answers nonsense.

The form of the file: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import random
import struct
from array import array
from pathlib import Path
from typing import NamedTuple, Union

WORDS = ("hello", "world", "pong", "ok")
TEMPLATE = "{% for m in messages %}[INST] {{ m['content'] }} [/INST]{% endfor %}"
ALIGNMENT = 32
_NUMBER, _INTEGER, _REAL, _TEXT, _LIST = 4, 5, 6, 8, 9
_UNKNOWN, _CONTROL, _NORMAL, _BYTE = 2, 3, 1, 6


class Shape(NamedTuple):
    """Sizes of the model; the size of its file follows."""

    width: int = 32
    heads: int = 4
    layers: int = 1
    inner: int = 64
    context: int = 256


LARGE = Shape(width=1024, heads=16, layers=16, inner=4096)
"""About 1 GB, so that a server takes its time to load it."""

Value = Union[int, float, str, "list[int]", "list[float]", "list[str]"]


def write_model(path: Path, shape: Shape = Shape()) -> None:  # noqa: B008  it cannot be changed
    """Write the model. All weights of a large one are nought, and take no room on the disk."""
    tensors = _tensors(shape)
    settings = _settings(shape)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(settings))
    for name, value in settings.items():
        head += _text(name) + _typed(value)
    offset, numbers = 0, []
    for name, dimensions in tensors.items():
        count = 1
        for each in dimensions:
            count *= each
        head += _text(name) + struct.pack("<I", len(dimensions))
        head += b"".join(struct.pack("<Q", each) for each in dimensions) + struct.pack("<IQ", 0, offset)
        numbers.append((offset, name, count))
        offset += _aligned(4 * count)
    start = _aligned(len(head))
    source = random.Random(0)
    with path.open("wb") as file:
        file.write(head)
        file.truncate(start + offset)
        for place, name, count in numbers if shape == Shape() else ():
            file.seek(start + place)
            is_norm = "norm" in name
            file.write(array("f", (1.0 if is_norm else source.gauss(0, 0.05) for _ in range(count))).tobytes())


def _aligned(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT


def _vocabulary() -> tuple[list[str], list[float], list[int]]:
    """Three that are special, one for each byte, and a few words."""
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{value:02X}>" for value in range(256)), *("\u2581" + w for w in WORDS)]
    scores = [0.0] * 3 + [-1000.0] * 256 + [-float(rank) for rank in range(1, len(WORDS) + 1)]
    return tokens, scores, [_UNKNOWN, _CONTROL, _CONTROL] + [_BYTE] * 256 + [_NORMAL] * len(WORDS)


def _settings(shape: Shape) -> dict[str, Value]:
    tokens, scores, types = _vocabulary()
    return {
        "general.architecture": "llama",
        "general.name": "tiny",
        "general.file_type": 0,
        "llama.context_length": shape.context,
        "llama.embedding_length": shape.width,
        "llama.block_count": shape.layers,
        "llama.feed_forward_length": shape.inner,
        "llama.attention.head_count": shape.heads,
        "llama.attention.head_count_kv": shape.heads,
        "llama.rope.dimension_count": shape.width // shape.heads,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "llama.vocab_size": len(tokens),
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.scores": scores,
        "tokenizer.ggml.token_type": types,
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.ggml.unknown_token_id": 0,
        "tokenizer.chat_template": TEMPLATE,
    }


def _tensors(shape: Shape) -> dict[str, tuple[int, ...]]:
    """The dimensions of each, the one first that lies close together."""
    width, inner, words = shape.width, shape.inner, len(_vocabulary()[0])
    found: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (width, words), "output.weight": (width, words), "output_norm.weight": (width,),
    }  # fmt: skip
    for layer in range(shape.layers):
        at = f"blk.{layer}."
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            found[f"{at}{part}.weight"] = (width, width)
        found[f"{at}ffn_gate.weight"] = found[f"{at}ffn_up.weight"] = (width, inner)
        found[f"{at}ffn_down.weight"] = (inner, width)
        found[f"{at}attn_norm.weight"] = found[f"{at}ffn_norm.weight"] = (width,)
    return found


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _typed(value: Value) -> bytes:
    if isinstance(value, list):
        items = [_typed(each) for each in value]
        kind = items[0][:4] if not isinstance(value[0], int) else struct.pack("<I", _INTEGER)
        return struct.pack("<I", _LIST) + kind + struct.pack("<Q", len(value)) + b"".join(each[4:] for each in items)
    if isinstance(value, str):
        return struct.pack("<I", _TEXT) + _text(value)
    if isinstance(value, float):
        return struct.pack("<If", _REAL, value)
    return struct.pack("<II", _NUMBER, value)
