"""What the doctor tells about itself: which checks there are, and what one of them, or a finding, is about."""

from __future__ import annotations

import argparse

from doctor.arguments import nearest, wrong
from doctor.choosing import names_of
from doctor.delivery import look_for, send_json, send_lines
from doctor.readers.explain import OWN_FINDINGS, document, draw_explanation, draw_list, draw_own_finding
from doctor.readers.json import dump
from doctor.registry import Registry


def list_checks(asked: argparse.Namespace, program: str) -> int:
    """`list`. `program` is how the person started the doctor."""
    checks = list(Registry.of_everything_installed().checks.values())
    if asked.format == "json":
        send_json(dump(document(checks)), asked)
    else:
        send_lines(draw_list(checks, look_for(asked, program)), asked)
    return 0


def explain(asked: argparse.Namespace, program: str) -> int:
    """`explain WORD`: a check, a group, a pattern or a finding. Raises `WrongUsage` when there is none."""
    registry = Registry.of_everything_installed()
    checks = [registry.checks[id] for id in registry.matching([asked.word])]
    if asked.word in OWN_FINDINGS:
        send_lines(draw_own_finding(asked.word, look_for(asked, program)), asked)
    elif not checks:
        hint = nearest(asked.word, [*names_of(registry), *OWN_FINDINGS]) or f"; {program} list names all checks"
        wrong("there is no check or finding {name}{hint}", name=asked.word, hint=hint)
    elif asked.format == "json":
        send_json(dump(document(checks)), asked)
    else:
        send_lines(draw_explanation(checks, look_for(asked, program), asked.word), asked)
    return 0
