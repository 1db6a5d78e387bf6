"""Which AutoGPT a folder is, whether it is whole, and how it is brought in order."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from checks.autogpt.layouts import LAYOUTS, recognise
from checks.checkout import Git, Search, checkout, git, search
from checks.checkout_files import needed
from checks.checkout_git import safe_folders
from checks.checkout_layout import nearby
from doctor import Unavailable
from doctor.about import Options
from doctor.findings import Finding, Status
from doctor.machine.recorded import Recorded, parse, read
from doctor.registry import Registry
from doctor.shells import draw
from doctor.words import Place, render
from tests import patients
from tests.checks.healing import complaints, type_in
from tests.unprivileged import as_nobody

HERE = Path(__file__).parents[1] / "patients"
posix_shell = pytest.mark.skipif(sys.platform == "win32", reason="the commands are for a POSIX shell")


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.of_everything_installed()


def machine(tree: dict[str, Any], folder: str = "/home/user/AutoGPT", **more: Any) -> Recorded:
    """A bare machine with these files below the folder ~/AutoGPT."""
    state = {"system": {"kind": "linux", "name": "", "release": "6", "architecture": "x86_64"}, "complete": True}
    return parse({**state, "root": "/home/user/AutoGPT", "tree": tree, "folder": folder, **more})


def found_by(recorded: Recorded) -> Search:
    return search(recorded, Options(recorded.folder))


def told(name: str, code: str, registry: Registry) -> tuple[Finding, Place]:
    """One finding on a patient."""
    patient = patients.admit(name)
    report = patients.examined(patient.machine, registry)
    finding = next(f for result in report.results for f in result.findings if f.code == code)
    return finding, report.place


def commands(name: str, code: str, registry: Registry) -> list[str]:
    finding, place = told(name, code, registry)
    return [draw(command, place) for command in finding.remedy.commands]


# --- what a folder is ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "files",
    [
        ("scripts/main.py", "requirements.txt"),
        ("main.py", "requirements.txt", ".env.template"),
        ("autogpt/readme.md", ".env.template"),
        ("classic/index.html", "pyproject.toml"),
        ("classic/original_autogpt/notes.txt",),
        ("forge/pyproject.toml", "setup.sh"),
        ("autogpts/notes.txt", "run"),
    ],
)
def test_other_peoples_projects_are_no_autogpt(files: tuple[str, ...]) -> None:
    assert found_by(machine(dict.fromkeys(files, "x"))).kind == "none"


def test_a_checkout_of_2023_in_a_folder_called_autogpt_does_not_make_its_parent_one() -> None:
    tree = read(HERE / "checkouts" / "v0.4.yaml")["tree"]
    recorded = machine(tree, root="/home/user/autogpt", folder="/home/user/autogpt/autogpt/app")
    search_ = found_by(recorded)
    assert (search_.root, search_.layout) == (PurePosixPath("/home/user/autogpt"), LAYOUTS["L1"])


@pytest.mark.parametrize("name", ["v0.4", "2023-09", "2024-09", "classic-2024"])
def test_neither_does_it_where_capitals_do_not_count(name: str) -> None:
    state = read(HERE / "checkouts" / f"{name}.yaml")
    state["system"] = {"kind": "windows", "name": "", "release": "10", "architecture": "x86_64"}
    recorded = parse({**state, "complete": True, "root": "C:\\AUTOGPT", "folder": "C:\\AUTOGPT"})
    assert found_by(recorded).root == recorded.root


def test_an_agent_folder_of_early_september_2023_belongs_to_the_repository_around_it() -> None:
    """It still had its requirements.txt, and looks like a repository of the summer."""
    tree = dict(read(HERE / "checkouts" / "2023-09.yaml")["tree"], **{"autogpts/autogpt/requirements.txt": "openai\n"})
    del tree["autogpts/autogpt/pyproject.toml"]
    recorded = machine(tree, folder="/home/user/AutoGPT/autogpts/autogpt")
    search_ = found_by(recorded)
    assert (search_.root, search_.layout) == (recorded.root, LAYOUTS["L2a"])


def test_a_folder_that_is_no_checkout_has_no_checkout_and_says_which_finding_tells_why() -> None:
    with pytest.raises(Unavailable) as caught:
        checkout(found_by(machine({"notes.txt": ""})))
    assert caught.value.cause == "checkout.none"


def test_the_template_decides_nothing_alone() -> None:
    assert recognise(lambda name: name == ".env.template", lambda name: False) is None


def test_checkouts_close_by_are_named_few_at_a_time() -> None:
    tree = read(HERE / "checkouts" / "v0.1.yaml")["tree"]
    many = {f"AutoGPT-{i}/{name}": text for i in range(9) for name, text in tree.items()}
    recorded = machine(many, root="/home/user", folder="/home/user")
    assert [folder.name for folder in nearby(recorded, found_by(recorded)).folders] == [
        "AutoGPT-0",
        "AutoGPT-1",
        "AutoGPT-2",
    ]


# --- git, read from its files -------------------------------------------------------------------------------------

COMMIT = "3f2a91c0d4b5e6f708192a3b4c5d6e7f80912345"


def git_of(inside: dict[str, str], **more: Any) -> Git:
    tree = read(HERE / "checkouts" / "v0.1.yaml")["tree"]
    bare = {name: text for name, text in tree.items() if not name.startswith(".git/")}
    recorded = machine({**bare, **inside}, **more)
    return git(recorded, checkout(found_by(recorded)))


@pytest.mark.parametrize(
    ("files", "commit", "branch", "is_detached"),
    [
        ({".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/main": COMMIT + "\n"}, COMMIT, "main", False),
        (
            {".git/HEAD": "ref: refs/heads/a/b\n", ".git/packed-refs": f"# pack-refs\n{COMMIT} refs/heads/a/b\n"},
            COMMIT,
            "a/b",
            False,
        ),
        ({".git/HEAD": COMMIT + "\n"}, COMMIT, "", True),
        ({".git/HEAD": "ref: refs/heads/new\n"}, "", "new", False),
        ({".git/HEAD": ""}, "", "", False),
        ({".git/HEAD": "\0\1 no head at all"}, "", "", False),
        ({".git/HEAD": "ref: ../../../etc/passwd\n"}, "", "", False),
        (
            {
                ".git": "gitdir: ../main/.git/worktrees/AutoGPT\n",
                "../main/.git/worktrees/AutoGPT/HEAD": "ref: refs/heads/side\n",
                "../main/.git/worktrees/AutoGPT/commondir": "../..\n",
                "../main/.git/refs/heads/side": COMMIT,
            },
            COMMIT,
            "side",
            False,
        ),
    ],
)
def test_git_is_read_from_its_files(files: dict[str, str], commit: str, branch: str, is_detached: bool) -> None:
    absolute = {name[2:]: text for name, text in files.items() if name.startswith("..")}
    inside = {name: text for name, text in files.items() if not name.startswith("..")}
    git_ = git_of(inside, files={f"/home/user{name}": text for name, text in absolute.items()})
    assert (git_.commit, git_.branch, git_.is_detached) == (commit, branch, is_detached)


def test_a_download_has_no_git() -> None:
    assert git_of({}) == Git(None)


@pytest.mark.parametrize(
    ("text", "folders"),
    [
        ("[safe]\n\tdirectory = /srv/AutoGPT/\n", ["/srv/AutoGPT"]),
        ('[safe] directory = "*"\n', ["*"]),
        ("[user]\n\tdirectory = /srv\n[SAFE]\ndirectory=/a\n  Directory = /b\n", ["/a", "/b"]),
        ("[safe]\n# directory of mine\n", []),
        ("directory = /a\n", []),
    ],
)
def test_folders_that_git_was_told_to_trust(text: str, folders: list[str]) -> None:
    assert safe_folders(text) == folders


# --- what installing needs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("poetry", "projects", "sources"),
    [
        ({"dependencies": {"forge": {"path": "../forge", "develop": True}}}, ["../forge"], []),
        ({"dependencies": {"benchmark": {"path": "../benchmark", "optional": True}}}, [], []),
        ({"group": {"benchmark": {"dependencies": {"b": {"path": "../../b"}}}}}, ["../../b"], []),
        ({"group": {"b": {"optional": True, "dependencies": {"b": {"path": "../b"}}}}}, [], []),
        ({"group": {"dev": {"dependencies": {"b": {"path": "../b"}}}}}, [], []),
        ({"packages": [{"include": "forge", "from": "forge"}, {"include": "x"}]}, [], ["forge"]),
        ({"dependencies": ["a"], "group": 3, "packages": {"from": "x"}}, [], []),
        ({"dependencies": {"a": {"path": 7}}, "group": {"a": [], "b": {"dependencies": 1}}, "packages": [4]}, [], []),
        ("text", [], []),
    ],
)
def test_what_a_project_needs_of_its_repository(poetry: Any, projects: list[str], sources: list[str]) -> None:
    assert needed({"tool": {"poetry": poetry}}) == (projects, sources)


# --- what is said, and whether it helps ---------------------------------------------------------------------------


def test_the_way_to_the_agent_is_one_command(registry: Registry) -> None:
    assert commands("checkout/platform-folder", "checkout.platform", registry) == [
        "cd ~/AutoGPT/classic/original_autogpt"
    ]
    assert commands("checkout/repository-root", "checkout.wrong-folder", registry) == [
        "cd ~/AutoGPT/classic/original_autogpt"
    ]
    assert commands("checkout/nowhere-but-close-by", "checkout.none", registry) == [
        "cd $HOME\\Downloads\\AutoGPT-master\\AutoGPT-master"
    ]


def test_without_any_autogpt_the_doctor_says_how_to_get_it(registry: Registry) -> None:
    typed = commands("checkout/nowhere", "checkout.none", registry)
    assert typed == ["git clone https://github.com/Significant-Gravitas/AutoGPT.git", "cd AutoGPT"]
    finding, _ = told("checkout/nowhere", "checkout.none", registry)
    urls = [link.url for link in finding.remedy.links]
    assert "https://github.com/Significant-Gravitas/AutoGPT/releases" in urls


def test_a_folder_that_was_named_is_no_wrong_folder(registry: Registry) -> None:
    finding, _ = told("healthy/root-given", "checkout.wrong-folder", registry)
    assert finding.status is Status.NOTE


def test_nothing_that_is_missing_comes_back_from_a_git_that_is_not_there(registry: Registry) -> None:
    state = read(HERE / "checkout" / "forge-missing.yaml")
    del state["expect"]
    for name in [name for name in state["tree"] if name.startswith(".git/")]:
        del state["tree"][name]
    report = patients.examined(parse(state), registry)
    finding = report.problems[0].finding
    assert finding.code == "checkout.siblings-missing"
    assert draw(finding.remedy.commands[0]).startswith("git clone ")


def test_a_sparse_checkout_is_told_from_a_deleted_folder(registry: Registry) -> None:
    assert "git sparse-checkout disable" in commands("checkout/sparse", "checkout.siblings-missing", registry)
    assert "git checkout HEAD -- classic/forge" in commands(
        "checkout/forge-missing", "checkout.siblings-missing", registry
    )


def test_an_environment_called_env_is_moved_and_not_removed(registry: Registry) -> None:
    typed = commands("checkout/environment-called-env", "checkout.folder-for-file", registry)
    assert typed[0] == "mv ~/AutoGPT/classic/.env ~/AutoGPT/classic/.env-python"
    assert not [line for line in typed if "rm" in line]


def test_a_git_that_nobody_needs_is_not_a_problem(registry: Registry) -> None:
    """v0.1 does not use it, and a setting of GitPython makes it do without."""
    for name, environment in (("v0.1", {}), ("classic-2024", {"GIT_PYTHON_REFRESH": "quiet"})):
        state = read(HERE / "machines" / "ubuntu.yaml")
        state["tree"] = read(HERE / "checkouts" / f"{name}.yaml")["tree"]
        state["environment"].update(environment)
        del state["programs"]["/usr/bin/git"]
        report = patients.examined(parse(state), registry)
        assert "checkout.git-missing" not in report.causes
        assert "checkout.git-missing" in {cause.finding.code for cause in report.warnings}


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("    except InvalidGitRepositoryError:\n        return ''\n", Status.PROBLEM),
        ("    except (InvalidGitRepositoryError, TypeError):\n        return ''\n", None),
        ("    except Exception:\n        return ''\n", None),
        ("    except:\n        return ''\n", None),
    ],
)
def test_a_head_without_branch_is_judged_by_the_checkouts_own_source(
    source: str, status: Any, registry: Registry
) -> None:
    state = read(HERE / "checkout" / "detached-head.yaml")
    del state["expect"]
    head = "def get_current_git_branch():\n    try:\n        return Repo().active_branch.name\n"
    tail = "\n\ndef other():\n    try:\n        pass\n    except TypeError:\n        pass\n"
    state["tree"]["classic/original_autogpt/autogpt/app/utils.py"] = head + source + tail
    report = patients.examined(parse(state), registry)
    findings = [f for result in report.results for f in result.findings if f.code == "checkout.detached-head"]
    assert [f.status for f in findings] == ([status] if status else [])


@pytest.mark.parametrize("checkout_", ["v0.1", "v0.4", "2023-09"])
def test_a_head_without_branch_did_no_harm_before_winter_2023(checkout_: str, registry: Registry) -> None:
    """Even when the source does not tell: up to then every error was caught."""
    state = read(HERE / "machines" / "ubuntu.yaml")
    state["tree"] = read(HERE / "checkouts" / f"{checkout_}.yaml")["tree"]
    state["tree"][".git/HEAD"] = COMMIT + "\n"
    for name in [name for name in state["tree"] if name.endswith("utils.py")]:
        state["tree"][name] = ""
    report = patients.examined(parse(state), registry)
    assert "checkout.detached-head" not in {f.code for result in report.results for f in result.findings}


@pytest.mark.parametrize(
    ("environment", "elevated", "is_strange"),
    [({}, True, True), ({"SUDO_UID": "1000"}, True, False), ({"SUDO_UID": "²"}, True, True), ({}, False, False)],
)
def test_sudo_counts_as_the_user_who_called_it(
    environment: dict[str, str], elevated: bool, is_strange: bool, registry: Registry
) -> None:
    state = read(HERE / "machines" / "ubuntu.yaml")
    state["system"]["is_elevated"] = elevated
    state["environment"].update(environment)
    state["tree"] = read(HERE / "checkouts" / "v0.1.yaml")["tree"]
    state["tree"][".git"] = {"folder": True, "owner": 1000}
    report = patients.examined(parse(state), registry)
    assert ("checkout.dubious-ownership" in {c.finding.code for c in report.warnings}) is is_strange


@pytest.mark.parametrize(
    ("patient", "reason", "typed"),
    [
        ("root-owns-the-logs", "they belong to root", ['sudo chown -R "$(id -un)" ~/AutoGPT']),
        ("read-only-drive", "~/AutoGPT is mounted read-only", []),
    ],
)
def test_why_a_folder_may_not_be_written_to(patient: str, reason: str, typed: list[str], registry: Registry) -> None:
    finding, place = told(f"checkout/{patient}", "checkout.not-writable", registry)
    assert render(finding.evidence[0].found, place).endswith(reason)
    assert [draw(command, place) for command in finding.remedy.commands] == typed


def test_a_long_path_is_fine_where_windows_allows_it(registry: Registry) -> None:
    state = read(HERE / "checkout" / "too-deep.yaml")
    del state["expect"]
    state["registry"][r"HKLM\SYSTEM\CurrentControlSet\Control\FileSystem"]["LongPathsEnabled"] = 1
    assert patients.examined(parse(state), registry).warnings == ()


def test_an_administrator_is_only_warned_about_program_files(registry: Registry) -> None:
    state = read(HERE / "checkout" / "program-files.yaml")
    del state["expect"]
    state["system"]["is_elevated"] = True
    report = patients.examined(parse(state), registry)
    assert report.causes == ()
    assert [cause.finding.code for cause in report.warnings] == ["checkout.guarded-folder"]


def test_a_free_name_is_proposed_for_a_move(registry: Registry) -> None:
    state = read(HERE / "checkout" / "one-drive.yaml")
    del state["expect"]
    state["files"] = {**state.get("files", {}), "C:\\Users\\user\\AutoGPT": {"folder": True}}
    report = patients.examined(parse(state), registry)
    typed = draw(report.warnings[0].finding.remedy.commands[0], report.place)
    assert typed == "Move-Item $HOME\\OneDrive\\Desktop\\AutoGPT $HOME\\AutoGPT-2"


# --- on this machine ----------------------------------------------------------------------------------------------


def plant(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The smallest checkout that is whole, on disk; with the key in the shell."""
    monkeypatch.setenv("OPENAI_API_KEY", "for this test only")
    root = folder / "Auto GPT"
    for name, entry in read(HERE / "checkouts" / "classic-2024.yaml")["tree"].items():
        if not name.startswith(".git/"):
            entry = {"text": entry} if isinstance(entry, str) else entry
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(entry["text"], encoding="utf-8")
            path.chmod(int(entry.get("mode", "644"), 8))
    return root


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return plant(tmp_path, monkeypatch)


@posix_shell
def test_the_folders_that_docker_made_can_be_replaced(small: Path, registry: Registry) -> None:
    agent = small / "classic" / "original_autogpt"
    (agent / ".env").unlink()
    (agent / ".env").mkdir()
    finding = complaints(agent, registry, ["checkout"])["checkout.folder-for-file"]
    type_in(finding)
    assert (agent / ".env").is_file()
    assert "checkout.folder-for-file" not in complaints(agent, registry, ["checkout"])


@posix_shell
def test_a_real_head_without_branch_gets_one(small: Path, registry: Registry) -> None:
    quiet = {"check": True, "cwd": small, "capture_output": True}
    try:
        subprocess.run(["git", "init", "-q"], **quiet)  # type: ignore[call-overload]
    except FileNotFoundError:
        pytest.skip("there is no git on this machine")
    author = ["-c", "user.name=A. User", "-c", "user.email=user@example.invalid"]
    subprocess.run(["git", *author, "commit", "-q", "--allow-empty", "-m", "first"], **quiet)  # type: ignore[call-overload]
    subprocess.run(["git", "checkout", "-q", "--detach"], **quiet)  # type: ignore[call-overload]
    finding = complaints(small, registry, ["checkout"])["checkout.detached-head"]
    type_in(finding)
    assert "checkout.detached-head" not in complaints(small, registry, ["checkout"])


@posix_shell
def test_a_folder_that_may_not_be_written_to_is_seen_for_real(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        small = plant(Path(name), monkeypatch)
        said = as_nobody(lambda: " ".join(complaints(small, registry, ["checkout.writable"])))
        is_root = sys.platform != "win32" and os.geteuid() == 0
        assert said == ("checkout.not-writable" if is_root else "")
