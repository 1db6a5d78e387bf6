"""With --offline the network is asked nothing: not by any check, on any machine that is known here."""

from __future__ import annotations

from pathlib import PurePath
from typing import Mapping, NoReturn, Optional, Sequence, Union

import pytest

from doctor.about import Options
from doctor.findings import Status
from doctor.machine import QUESTION_LIMIT_S, Argument, Failure, Machine, Ran
from doctor.machine.offline import Offline
from doctor.machine.through import Through
from doctor.registry import Registry
from doctor.visit import visit
from tests import patients


class Refusing(Through):
    """A recorded machine that takes note of every question to the network, and answers none."""

    def __init__(self, inner: Machine) -> None:
        super().__init__(inner)
        self.asked: list[str] = []

    def _refuse(self, *question: object, **more: object) -> NoReturn:
        self.asked.append(str(question[:2]))
        raise AssertionError("the network was asked")

    request = resolve = connect = certificate = _refuse

    def run(
        self,
        argv: Sequence[Argument],
        timeout_s: float = QUESTION_LIMIT_S,
        cwd: Optional[PurePath] = None,
        environment: Optional[Mapping[str, str]] = None,
    ) -> Union[Ran, Failure]:
        if "curl" in str(argv[0]):  # Windows' own, from WSL
            self._refuse(*argv)
        return super().run(argv, timeout_s, cwd, environment)


@pytest.fixture(scope="module")
def registry() -> Registry:
    return patients.everything()


ONLINE = ("network/", "openai/", "anthropic/", "groq/", "azure_online/", "billing/", "llamafile/", "resources/")


@pytest.mark.parametrize("name", [name for name in patients.some() if name.startswith(ONLINE)])
def test_no_check_asks_the_network(name: str, registry: Registry) -> None:
    recorded = patients.admit(name).machine
    machine = Refusing(recorded)
    options = Options(recorded.folder, recorded.is_given, is_offline=True)
    report, _ = visit(Offline(machine), registry, options, version="0")
    assert machine.asked == []
    assert not [result for result in report.results if result.status is Status.ERROR]


def test_who_is_asked_is_noticed(registry: Registry) -> None:
    """The same without the wall: else the test above would hold whatever happens."""
    recorded = patients.admit("network/healthy").machine
    machine = Refusing(recorded)
    visit(machine, registry, Options(recorded.folder, recorded.is_given), version="0")
    assert machine.asked
