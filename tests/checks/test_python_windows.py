"""Python on Windows: placeholders, aliases, the install manager, the registry. Nothing of it is started."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from checks.interpreters import Interpreters, Mute
from checks.python_path import on_path
from checks.python_question import Candidate
from checks.python_sources import look
from doctor.about import Options
from doctor.checkup import examine
from doctor.registry import Registry
from tests import patients
from tests.checks.motionless import RUN, WINDOWS, machine, names

ALIAS = {"size": 0, "reparse": 0x8000001B}
LOCAL = "C:\\Users\\user\\AppData\\Local"
APPS = LOCAL + "\\Microsoft\\WindowsApps"
MANAGED = LOCAL + "\\Python"


def meant_on_windows(path: str, files: dict[str, Any]) -> dict[str, str]:
    found = machine(WINDOWS, path, files, environment={"LOCALAPPDATA": LOCAL, "PATHEXT": ".COM;.EXE;.BAT;.CMD"})
    return names(found, "C:\\AutoGPT")


def test_an_alias_may_be_python_and_is_asked() -> None:
    found = machine(WINDOWS, APPS, {f"{APPS}\\python.exe": ALIAS}, environment={"LOCALAPPDATA": LOCAL})
    (candidate,) = on_path(found, found.path("C:\\AutoGPT"))
    assert isinstance(candidate, Candidate)
    assert candidate.is_store_alias


def test_the_install_managers_own_python_is_never_started() -> None:
    files = {f"{APPS}\\python.exe": ALIAS, f"{APPS}\\pymanager.exe": ALIAS}
    assert meant_on_windows(APPS, files) == {"python": "manager"}
    tags = ("3.9-64", "3.12-64", "3.12-32", "3.14-dev-64")
    runtimes = {f"{MANAGED}\\pythoncore-{tag}\\python.exe": RUN for tag in tags}
    newest = f"{MANAGED}\\pythoncore-3.12-64\\python.exe"
    assert meant_on_windows(APPS, {**files, **runtimes}) == {"python": newest}
    store = {f"{APPS}\\PythonSoftwareFoundation.Python.3.11_qbz5n2kfra8p0\\python.exe": ALIAS}
    assert meant_on_windows(APPS, {**files, **store}) == {"python": "manager"}


def test_an_alias_of_the_install_manager_says_what_it_starts() -> None:
    target, alias = f"{MANAGED}\\pythoncore-3.12-64\\python.exe", f"{MANAGED}\\bin\\python3.exe"
    files = {alias: RUN, alias + ".__target__": target, target: RUN}
    assert meant_on_windows(f"{MANAGED}\\bin", files) == {"python3": target}


def test_one_python_under_two_names_is_listed_once() -> None:
    patient = patients.admit("python/healthy-store-python")
    options = Options(patient.machine.folder, is_given=True)
    registry = Registry.of_everything_installed()
    outcome = examine(patient.machine, registry, options, chosen=(), extra_facts=(Interpreters,))
    asked = [each for each in outcome.values[Interpreters].found if each.is_asked]
    assert [each.names for each in asked] == [("python3", "python")]


def test_a_batch_file_is_not_started() -> None:
    assert meant_on_windows("C:\\tools", {"C:\\tools\\python.bat": "@echo off"}) == {"python": "shim-unknown"}


def test_shims_of_pyenv_for_windows() -> None:
    root = "C:\\Users\\user\\.pyenv\\pyenv-win"
    program = f"{root}\\versions\\3.11.9\\python.exe"
    files = {f"{root}\\shims\\python.bat": "@echo off", f"{root}\\version": "3.11.9\r\n", program: RUN}
    assert meant_on_windows(f"{root}\\shims", files) == {"python": program}


def test_the_registry_in_both_views() -> None:
    registry = {
        "HKCU\\Software\\Python\\PythonCore\\3.11": {"Version": "3.11.9", "SysArchitecture": "64bit"},
        "HKCU\\Software\\Python\\PythonCore\\3.11\\InstallPath": {"": "C:\\A\\"},
        "32:HKLM\\Software\\Python\\PythonCore\\3.10-32": {"SysVersion": "3.10"},
        "32:HKLM\\Software\\Python\\PythonCore\\3.10-32\\InstallPath": {"ExecutablePath": "C:\\B\\python.exe"},
        "64:HKLM\\Software\\Python\\Other\\39-64": {"SysVersion": "3.9"},
        "64:HKLM\\Software\\Python\\Other\\39-64\\InstallPath": {"ExecutablePath": "C:\\C\\python.exe"},
        "64:HKLM\\Software\\Python\\PythonCore\\3.13t": {"Version": "3.13.1"},
        "64:HKLM\\Software\\Python\\PythonCore\\3.13t\\InstallPath": {"ExecutablePath": "C:\\D\\python3.13t.exe"},
        "64:HKLM\\Software\\Python\\PythonCore\\3.7": {"SysVersion": "3.7"},
        "64:HKLM\\Software\\Python\\PythonCore\\3.7\\InstallPath": {"": "C:\\Gone"},
        "HKLM\\Software\\Python\\PyLauncher\\3.12\\InstallPath": {"": "C:\\E"},
    }
    files = {f"C:\\{folder}\\python.exe": RUN for folder in "ABCE"}
    files["C:\\D\\python3.13t.exe"] = RUN
    found = look(machine(WINDOWS, "", files, registry=registry), PurePosixPath("/"))
    assert [(str(each.path), each.version, each.bits, each.is_free_threaded) for each in found.candidates] == [
        ("C:\\A\\python.exe", (3, 11, 9), 64, False),
        ("C:\\C\\python.exe", (3, 9), 64, False),
        ("C:\\D\\python3.13t.exe", (3, 13, 1), 64, True),
        ("C:\\B\\python.exe", (3, 10), 32, False),
    ]
    stale = [each for each in found.mute if isinstance(each, Mute)]
    assert [(each.reason, each.detail) for each in stale] == [("stale", "PythonCore\\3.7")]
