"""A fresh machine: `python3 -m doctor` makes what it needs, says what it lacks, and outlives what went wrong before.

A small repository stands in for the real one: the same bootstrap.py, and a project that builds without a network.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from doctor import bootstrap

ROOT = Path(__file__).parent.parent
PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "autogpt-doctor"
version = "1"
"""
# Builds a wheel that holds every module that is looked for, each one empty.
BACKEND = """
import os, zipfile

def build_editable(folder, config_settings=None, metadata_directory=None):
    if os.path.exists("broken"):
        raise SystemExit("the backend has no luck today")
    open("built", "a").write("x")
    name = "autogpt_doctor-1-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        for module in %r:
            wheel.writestr(module + ".py", "")
        info = "autogpt_doctor-1.dist-info/"
        wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: autogpt-doctor\\nVersion: 1\\n")
        tag = "Root-Is-Purelib: true\\nTag: py3-none-any\\n"
        wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: x\\n" + tag)
        wheel.writestr(info + "RECORD", "")
    return name
"""
MAIN = """
import sys
from doctor.bootstrap import prepare
prepare("doctor")
print("examined by", sys.prefix, sys.argv[1:])
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "a repository"
    (root / "doctor").mkdir(parents=True)
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / "backend.py").write_text(BACKEND % ([*bootstrap.NEEDED, "tomli"],))
    (root / "doctor" / "__init__.py").touch()
    (root / "doctor" / "__main__.py").write_text(MAIN)
    shutil.copy(bootstrap.__file__, root / "doctor" / "bootstrap.py")
    return root


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
    return {**kept, **more}


def base_python() -> str:
    """An interpreter that has nothing installed: the tests' own, without its virtual environment."""
    return os.path.realpath(sys.executable) if sys.platform != "win32" else sys._base_executable  # type: ignore[attr-defined]


def started(repository: Path, *argv: str, python: str = "", **more: str) -> subprocess.CompletedProcess[str]:
    command = [python or base_python(), "-S", "-m", "doctor", *argv]
    return subprocess.run(command, cwd=repository, env=environment(**more), capture_output=True, text=True)


def by_hand(repository: Path, *, is_whole: bool) -> Path:
    """A virtual environment that somebody made, without pip; the folder of its packages."""
    subprocess.run([base_python(), "-m", "venv", "--without-pip", repository / ".venv"], check=True)
    venv = repository / ".venv"
    packages = next(iter([*venv.glob("lib/python*/site-packages"), *venv.glob("Lib/site-packages")]))
    if is_whole:
        for module in (*bootstrap.NEEDED, "tomli"):
            (packages / f"{module}.py").touch()
        (packages / "autogpt_doctor-1.dist-info").mkdir()
    return packages


def test_from_a_failed_installation_to_one_that_is_kept(repository: Path) -> None:
    (repository / "broken").touch()
    failed = started(repository)
    assert failed.returncode == 2
    assert "the backend has no luck today" in failed.stderr
    assert failed.stderr.splitlines()[-1] == "autogpt-doctor: what is needed could not be installed; above is why"

    # The next run begins anew, and a second one at the same time waits for it.
    (repository / "broken").unlink()
    left_over = repository / ".venv" / "half-made"
    left_over.touch()
    with ThreadPoolExecutor() as pool:
        runs = list(pool.map(lambda words: started(repository, *words), [["--json", "two words"]] * 2))
    for run in runs:
        assert run.returncode == 0, run.stderr
        assert run.stdout.strip() == f"examined by {repository / '.venv'} ['--json', 'two words']"
    assert not left_over.exists()
    assert (repository / "built").read_text() == "x", "it was made once"

    # From then on it says nothing and does nothing, from outside and from inside.
    for python in ("", str(bootstrap.Venv(repository / ".venv", "").python)):
        again = started(repository, python=python)
        assert again.stderr == ""
        assert str(repository / ".venv") in again.stdout
    assert (repository / "built").read_text() == "x"

    # Other dependencies than yesterday: the same environment gets what is new.
    (repository / "pyproject.toml").write_text(PYPROJECT + "# changed\n")
    changed = started(repository)
    assert changed.stderr.count("\n") == 1
    assert "preparing .venv" in changed.stderr
    assert (repository / "built").read_text() == "xx"


def test_its_own_environment_is_made_anew_when_its_python_is_gone(repository: Path) -> None:
    by_hand(repository, is_whole=True)
    assert started(repository).returncode == 0  # and it is marked as ready
    python = bootstrap.Venv(repository / ".venv", "").python
    python.unlink()
    assert started(repository).returncode == 0
    assert python.exists()
    assert (repository / "built").exists()


def test_an_environment_that_somebody_else_made_is_used_as_it_is(repository: Path) -> None:
    by_hand(repository, is_whole=True)
    treasure = repository / ".venv" / "treasure"
    treasure.touch()
    ended = started(repository)
    assert ended.returncode == 0
    assert str(repository / ".venv") in ended.stdout
    assert treasure.exists()
    assert not (repository / "built").exists()


def test_an_environment_of_somebody_else_that_does_not_run_is_left_alone(repository: Path) -> None:
    (repository / ".venv").mkdir()
    (repository / ".venv" / "pyvenv.cfg").touch()
    ended = started(repository)
    assert ended.returncode == 2
    assert "its Python does not run; delete that folder and try again" in ended.stderr
    assert (repository / ".venv" / "pyvenv.cfg").exists()


@pytest.mark.parametrize("sign", [bootstrap.READY, bootstrap.UNFINISHED, ""])
def test_what_another_system_made_in_a_shared_folder_is_left_alone(repository: Path, sign: str) -> None:
    """Windows and WSL look at one folder: each makes its own environment there, and neither clears the other's."""
    theirs = repository / ".venv" / ("bin" if sys.platform == "win32" else "Scripts")
    theirs.mkdir(parents=True)
    (theirs / "python.exe").touch()
    if sign:
        (theirs.parent / sign).write_text("another test\n")
    for _ in range(2):
        ended = started(repository)
        assert ended.returncode == 0, ended.stderr
        assert f".venv-{sys.platform}" in ended.stdout
    assert (theirs / "python.exe").exists()
    assert (repository / "built").read_text() == "x", "it was made once"


def test_an_environment_of_somebody_else_without_pip(repository: Path) -> None:
    by_hand(repository, is_whole=False)
    ended = started(repository)
    assert ended.returncode == 2
    assert "No module named pip" in ended.stderr


@pytest.mark.parametrize("sign", bootstrap.UNREACHABLE)
def test_without_a_network_it_is_one_sentence(repository: Path, sign: str) -> None:
    script = f"""
        import sys
        from pathlib import Path
        from doctor.bootstrap import Venv
        Venv(Path("x"), "")._run([sys.executable, "-c", "print({sign!r}); raise SystemExit(1)"], "it failed")
    """
    command = [base_python(), "-S", "-c", textwrap.dedent(script)]
    ended = subprocess.run(command, cwd=repository, env=environment(), capture_output=True, text=True)
    assert ended.returncode == 2
    assert ended.stderr == (
        "autogpt-doctor: it failed: the package index cannot be reached; with a network, or the proxy set, try again\n"
    )


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="nobody forbids anything to root")
def test_a_repository_that_cannot_be_written(repository: Path) -> None:
    repository.chmod(0o555)
    ended = started(repository)
    repository.chmod(0o755)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1


def test_it_never_goes_round_in_a_circle(repository: Path) -> None:
    ended = started(repository, **{bootstrap.GUARD: "1"})
    assert ended.returncode == 2
    assert "lacks something" in ended.stderr
    assert not (repository / ".venv").exists()


@pytest.mark.parametrize(("module", "os_release", "words"), [
    ("ensurepip", 'ID=ubuntu\nID_LIKE=debian\n', "sudo apt install python{}-venv"),
    ("venv", 'ID="rocky"\nID_LIKE="rhel centos fedora"\n', "sudo dnf install"),
    ("ensurepip", "ID=nixos\n", "https://www.python.org/downloads/"),
])  # fmt: skip
def test_a_python_without_its_parts_names_the_package(
    repository: Path, module: str, os_release: str, words: str
) -> None:
    release = repository / "os-release"
    release.write_text(os_release)
    script = f"""
        import sys
        sys.modules[{module!r}] = None
        from pathlib import Path
        from doctor import bootstrap
        bootstrap.OS_RELEASE = Path({str(release)!r})
        bootstrap.prepare("doctor")
    """
    ended = subprocess.run(
        [base_python(), "-S", "-c", textwrap.dedent(script)],
        cwd=repository,
        env=environment(),
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 2
    assert f"comes without {module}" in ended.stderr
    assert words.format(".".join(str(n) for n in sys.version_info[:2])) in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert not (repository / ".venv").exists()


def test_it_looks_for_every_dependency() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.search(r"^dependencies = \[(.*?)^\]", text, re.MULTILINE | re.DOTALL)
    assert listed
    names = set(re.findall(r'^ *"([A-Za-z0-9-]+)', listed[1], re.MULTILINE)) - {"tomli"}
    assert {name.lower().replace("pyyaml", "yaml") for name in names} == set(bootstrap.NEEDED)


OLD = [
    path
    for path in sorted(Path.home().glob(".pyenv/versions/*/bin/python"))
    if re.search(r"/(2\.7|3\.[5-8])\.", str(path))
]


@pytest.mark.parametrize("module", ["doctor", "tests"])
@pytest.mark.parametrize(
    "python", OLD or [pytest.param(None, marks=pytest.mark.skip(reason="no old Python here"))], ids=str
)
def test_an_old_python_is_told_which_one_is_needed(python: Path, module: str) -> None:
    environment_ = {**environment(), "PYTHONDONTWRITEBYTECODE": "1"}
    ended = subprocess.run([python, "-m", module], cwd=ROOT, env=environment_, capture_output=True, text=True)
    assert ended.returncode == 2
    assert ended.stdout == ""
    version = re.search(r"/(\d\.\d+)\.", str(python))
    assert version
    assert ended.stderr == (
        "autogpt-doctor needs Python 3.9 or newer, and this is Python "
        f"{version[1]}: https://www.python.org/downloads/\n"
    )
