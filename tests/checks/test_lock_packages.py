"""Which packages of AutoGPT's own lock files a Python has no wheel for: the tables, and the packages by name.

The tables were made by two independent programs with `packaging`; the lock files are upstream's, read from the folder
beside the repository.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from checks.lock_packages import Missing, Package, applies, missing, packages, parsed
from checks.manifest import loads
from checks.markers import Judge
from checks.wheels import Fit, Target, linux_tags, mac_tags

SHARED = Path(os.environ.get("AUTOGPT_DOCTOR_SHARED") or Path(__file__).parents[3] / "shared") / "autogpt"
needs_locks = pytest.mark.skipif(not SHARED.is_dir(), reason="AutoGPT's own lock files are not in ../shared/autogpt")

PLATFORMS = {
    "linux x86_64": ("linux", "x86_64", linux_tags("x86_64", "glibc 2.39")),
    "linux aarch64": ("linux", "aarch64", linux_tags("aarch64", "glibc 2.39")),
    "mac arm64": ("darwin", "arm64", mac_tags("arm64", (15, 0))),
    "mac x86_64": ("darwin", "x86_64", mac_tags("x86_64", (15, 0))),
    "win_amd64": ("windows", "AMD64", frozenset({"win_amd64"})),
    "win32": ("windows", "x86", frozenset({"win32"})),
    "win_arm64": ("windows", "ARM64", frozenset({"win_arm64"})),
    "musl x86_64": ("linux", "x86_64", linux_tags("x86_64", "musl 1.2")),
    "glibc 2.17": ("linux", "x86_64", linux_tags("x86_64", "glibc 2.17")),
    "glibc 2.24": ("linux", "x86_64", linux_tags("x86_64", "glibc 2.24")),
    "glibc 2.28": ("linux", "x86_64", linux_tags("x86_64", "glibc 2.28")),
}
EVERY_SERIES = "3.10 3.11 3.12 3.13 3.14 3.15"
_READ: dict[str, tuple[tuple[Package, ...], dict[str, object]]] = {}


def target(platform: str, series: str, micro: int = 5) -> Target:
    kind, machine, tags = PLATFORMS[platform]
    return Target((3, int(series[2:]), micro), kind, machine, tags)


def read(version: str) -> tuple[tuple[Package, ...], dict[str, object]]:
    if version not in _READ:
        prefix = "classic-root_" if version == "classic-2026" else ""
        text = (SHARED / version / f"{prefix}poetry.lock").read_text(encoding="utf-8")
        manifest = loads((SHARED / version / f"{prefix}pyproject.toml").read_text(encoding="utf-8"))
        _READ[version] = (packages(text), manifest["tool"]["poetry"]["dependencies"])
    return _READ[version]


def lacking(version: str, platform: str, series: str, micro: int = 5) -> Missing:
    everything, roots = read(version)
    has_groups = version.startswith("classic")
    return missing(everything, target(platform, series, micro), has_groups=has_groups, roots=roots)


def count(found: Missing) -> str:
    """ "33!2": so many without a wheel, so many of them impossible."""
    number = len(found.pure) + len(found.compiled) + len(found.impossible)
    return f"{number}!{len(found.impossible)}" if found.impossible else str(number)


def names(found: tuple[Package, ...]) -> str:
    return " ".join(sorted(f"{each.name}-{each.version}" for each in found))


# --- Linux, by class and by name ------------------------------------------------------------------------------------

PURE_2024 = "demjson3-3.0.6 pylatexenc-2.10 pypika-0.48.9"
COMPILED_2024 = (
    "aiohttp-3.9.3 blis-0.7.11 chroma-hnswlib-0.7.3 cymem-2.0.8 google-crc32c-1.5.0 greenlet-3.0.3 grpcio-1.60.0"
    " httptools-0.6.1 lxml-5.1.0 markupsafe-2.1.3 mmh3-4.1.0 murmurhash-1.0.10 numpy-1.26.3 orjson-3.10.5 pillow-10.2.0"
    " preshed-3.0.9 pydantic-core-2.18.4 pyreqwest-impersonate-0.4.8 pyyaml-6.0.1 regex-2023.12.25 rpds-py-0.17.1"
    " spacy-3.7.4 srsly-2.4.8 thinc-8.2.3 tiktoken-0.7.0 tokenizers-0.15.0 uvloop-0.19.0 watchfiles-0.21.0"
)
COMPILED_2026 = (
    "blis-1.0.2 cymem-2.0.11 murmurhash-1.0.12 numpy-2.0.2 preshed-3.0.9 spacy-3.8.2 srsly-2.4.8 thinc-8.3.2"
)
ON_LINUX = {
    ("classic-2024", "3.10"): (PURE_2024, "", ""),
    ("classic-2024", "3.11"): (PURE_2024, "", ""),
    ("classic-2024", "3.12"): (PURE_2024, "chroma-hnswlib-0.7.3 google-crc32c-1.5.0", ""),
    ("classic-2024", "3.13"): (PURE_2024, COMPILED_2024, "onnxruntime-1.17.1 pulsar-client-3.4.0"),
    ("classic-2024", "3.14"): (PURE_2024, COMPILED_2024, "onnxruntime-1.17.1 pulsar-client-3.4.0"),
    ("classic-2026", "3.12"): ("demjson3-3.0.6 pylatexenc-2.10", "", ""),
    ("classic-2026", "3.13"): ("demjson3-3.0.6 pylatexenc-2.10", "", ""),
    ("classic-2026", "3.14"): ("demjson3-3.0.6 pylatexenc-2.10", COMPILED_2026, "onnxruntime-1.23.2"),
}


@needs_locks
@pytest.mark.parametrize(("version", "series"), ON_LINUX)
def test_what_has_no_wheel_on_linux(version: str, series: str) -> None:
    found = lacking(version, "linux x86_64", series)
    assert (names(found.pure), names(found.compiled), names(found.impossible)) == ON_LINUX[version, series]


APPLICABLE = {
    "classic-2024": (251, {"3.10": 181, "3.11": 178, "3.12": 178, "3.13": 178, "3.14": 178}),
    "classic-2026": (260, {"3.12": 189, "3.13": 189, "3.14": 190}),
}


@needs_locks
@pytest.mark.parametrize("version", APPLICABLE)
def test_how_many_packages_apply(version: str) -> None:
    everything, _ = read(version)
    total, by_series = APPLICABLE[version]
    assert len(everything) == total
    for series, expected in by_series.items():
        judge = Judge(target("linux x86_64", series))
        assert sum(applies(parsed(each), judge) for each in everything) == expected


# --- every platform -------------------------------------------------------------------------------------------------

BY_PLATFORM_2024 = {
    "linux x86_64": "3 3 5 33!2 33!2 33!2",
    "linux aarch64": "3 3 5 33!2 33!2 33!2",
    "mac arm64": "3 3 5 33!2 33!2 33!2",
    "mac x86_64": "3 3 5 34!2 34!2 34!2",
    "win_amd64": "3 3 6 34!3 34!3 34!3",
    "win32": "15!1 15!1 17!1 33!3 33!3 33!3",
    "win_arm64": "33!3 30!2 30!2 35!3 35!3 35!3",
    "musl x86_64": "13!1 13!1 14!1 34!2 34!2 34!2",
    "glibc 2.28": "3 3 5 33!2 33!2 33!2",
    "glibc 2.24": "4!1 4!1 6!1 33!2 33!2 33!2",
    "glibc 2.17": "4!1 4!1 6!1 33!2 33!2 33!2",
}
BY_PLATFORM_2026 = {
    "linux x86_64": "2 2 11!1 32!1",
    "linux aarch64": "2 2 11!1 32!1",
    "mac arm64": "2 2 12!1 33!1",
    "mac x86_64": "2 2 12!1 33!1",
    "win_amd64": "2 2 11!1 32!2",
    "win32": "16!1 16!1 18!1 34!2",
    "win_arm64": "16!1 16!1 22!1 35!2",
    "musl x86_64": "7!2 7!2 15!2 35!2",
}


@needs_locks
@pytest.mark.parametrize("platform", BY_PLATFORM_2024)
def test_classic_2024_on_every_platform(platform: str) -> None:
    found = [count(lacking("classic-2024", platform, series)) for series in EVERY_SERIES.split()]
    assert " ".join(found) == BY_PLATFORM_2024[platform]


@needs_locks
@pytest.mark.parametrize("platform", BY_PLATFORM_2026)
def test_classic_2026_on_every_platform(platform: str) -> None:
    found = [count(lacking("classic-2026", platform, series)) for series in EVERY_SERIES.split()[2:]]
    assert " ".join(found) == BY_PLATFORM_2026[platform]


@needs_locks
@pytest.mark.parametrize(
    ("platform", "expected"), [("glibc 2.24", (5, 5, 12)), ("glibc 2.17", (6, 6, 13))], ids=lambda value: str(value)
)
def test_classic_2026_on_an_old_linux(platform: str, expected: tuple[int, ...]) -> None:
    found = [lacking("classic-2026", platform, series) for series in ("3.12", "3.13", "3.14")]
    assert tuple(len(each.pure) + len(each.compiled) + len(each.impossible) for each in found) == expected


@needs_locks
def test_the_last_number_of_the_version_changes_nothing() -> None:
    assert {count(lacking("classic-2024", "linux x86_64", "3.12", micro)) for micro in (0, 7, 20)} == {"5"}


@needs_locks
def test_impossible_packages_by_name() -> None:
    assert names(lacking("classic-2024", "win_amd64", "3.13").impossible).startswith(
        "onnxruntime-1.17.1 pulsar-client-3.4.0"
    )
    assert "pywin32-306" in names(lacking("classic-2024", "win_amd64", "3.13").impossible)
    assert names(lacking("classic-2024", "musl x86_64", "3.11").impossible) == "onnxruntime-1.17.1"
    assert names(lacking("classic-2026", "musl x86_64", "3.12").impossible) == "onnxruntime-1.23.2 playwright-1.57.0"
    assert names(lacking("classic-2024", "win32", "3.11").impossible) == "pulsar-client-3.4.0"
    assert names(lacking("classic-2026", "win32", "3.12").impossible) == "onnxruntime-1.23.2"


# --- lock files without groups --------------------------------------------------------------------------------------

WALKED = {
    ("2023-09", "linux x86_64"): "2 2 14 23 23",
    ("2023-09", "win_amd64"): "2 2 16 25!1 25!1",
    ("v0.5.0", "linux x86_64"): "3 3 11!2 34!2 34!2",
    ("v0.5.0", "win_amd64"): "3 3 12!2 34!3 34!3",
    ("2024-05", "linux x86_64"): "4 4 7 35!2 35!2",
    ("2024-05", "win_amd64"): "4 4 8 35!3 35!3",
}


@needs_locks
@pytest.mark.parametrize(("version", "platform"), WALKED)
def test_old_lock_files_are_walked(version: str, platform: str) -> None:
    found = [count(lacking(version, platform, series)) for series in EVERY_SERIES.split()[:5]]
    assert " ".join(found) == WALKED[version, platform]


@needs_locks
@pytest.mark.parametrize("platform", ["linux x86_64", "win_amd64", "win32", "mac arm64", "mac x86_64"])
def test_walking_finds_what_the_groups_tell(platform: str) -> None:
    """The lock file of September 2024 has the same content as that of classic-2024, in the older form."""
    for series in EVERY_SERIES.split():
        walked, told = lacking("2024-09", platform, series), lacking("classic-2024", platform, series)
        assert [names(each) for each in walked] == [names(each) for each in told]


@needs_locks
def test_v050_by_name() -> None:
    found = lacking("v0.5.0", "linux x86_64", "3.12")
    assert names(found.impossible) == "onnxruntime-1.16.3 pulsar-client-3.3.0"
    assert names(found.pure) == "bs4-0.0.1 pylatexenc-2.10 pypika-0.48.9"
    assert names(found.compiled) == (
        "chroma-hnswlib-0.7.3 frozenlist-1.4.0 google-crc32c-1.5.0 multidict-6.0.4 spacy-3.5.4 thinc-8.1.12"
    )


# --- our own tags and markers against packaging's -------------------------------------------------------------------


@needs_locks
@pytest.mark.parametrize("platform", ["linux x86_64", "mac arm64", "mac x86_64", "win_amd64"])
@pytest.mark.parametrize("series", ["3.10", "3.13"])
def test_every_wheel_is_judged_as_packaging_does(platform: str, series: str) -> None:
    from packaging.tags import compatible_tags, cpython_tags
    from packaging.utils import parse_wheel_filename

    tags = PLATFORMS[platform][2]
    version = (3, int(series[2:]))
    supported = {*cpython_tags(version, platforms=tags), *compatible_tags(version, f"cp3{version[1]}", tags)}
    fit = Fit(target(platform, series))
    for version_of_autogpt in ("classic-2024", "classic-2026"):
        for package in read(version_of_autogpt)[0]:
            for line in package.text.splitlines():
                if line.strip().startswith("{file =") and ".whl" in line:
                    wheel = line.split('"')[1]
                    assert fit(line + "\n") is bool(parse_wheel_filename(wheel)[3] & supported), wheel


def test_platform_tags_are_those_of_packaging() -> None:
    from packaging import tags

    for machine in ("arm64", "x86_64"):
        for version in ((10, 15), (11, 0), (15, 1), (26, 0)):
            if machine == "x86_64" or version >= (11, 0):
                theirs = frozenset(tags.mac_platforms(version, machine))
                ours = mac_tags(machine, version)
                assert {each for each in theirs ^ ours if "fat" not in each} == set()  # of PowerPC's time


MARKERS = (
    'python_version >= "3.12"',
    '(python_version <= "3.11" or python_version >= "3.12") and sys_platform == "win32"',
    'extra == "benchmark"',
    'python_full_version < "3.11.3"',
    'platform_machine == "aarch64" or platform_machine in "x86_64 AMD64"',
    'sys_platform not in "win32 cygwin"',
    '"3.12" <= python_version',
    'platform_python_implementation != "PyPy" and (os_name == \'nt\' or implementation_name == "cpython")',
    'python_version ~= "3.10"',
    'python_version in "3.10 3.11"',
)


@pytest.mark.parametrize("marker", MARKERS)
def test_markers_are_judged_as_packaging_does(marker: str) -> None:
    from packaging.markers import Marker

    for platform in PLATFORMS:
        for series in EVERY_SERIES.split():
            judge = Judge(target(platform, series))
            names = {**judge._names, "extra": "benchmark"}
            assert judge.is_true(marker, "benchmark") is Marker(marker).evaluate(names)


@needs_locks
def test_all_markers_of_the_lock_files_are_judged_as_packaging_does() -> None:
    from packaging.markers import Marker

    found = {str(parsed(each).get("markers", "")) for v in ("classic-2024", "classic-2026") for each in read(v)[0]}
    found = {marker for marker in found if marker and not marker.startswith("{")}
    assert len(found) > 5
    for platform in ("linux x86_64", "win_amd64", "mac arm64"):
        for series in ("3.10", "3.12", "3.14"):
            judge = Judge(target(platform, series))
            for marker in found:
                assert judge.is_true(marker) is Marker(marker).evaluate({**judge._names, "extra": ""}), marker


@pytest.mark.parametrize(
    "marker", ["", "nonsense", 'python_version >= "', "((((", 'unknown == "x"', "9" * 5000, 7, None]
)
def test_what_is_no_marker_holds(marker: object) -> None:
    assert Judge(target("win_amd64", "3.11")).is_true(marker) is True


def test_free_threaded_python_takes_no_stable_abi() -> None:
    wheel = '{file = "quick-1-cp38-abi3-win_amd64.whl"}'
    ordinary = target("win_amd64", "3.13")
    assert Fit(ordinary)(wheel)
    assert not Fit(ordinary._replace(is_free_threaded=True))(wheel)
    assert Fit(ordinary._replace(is_free_threaded=True))(wheel.replace("cp38-abi3", "cp313-cp313t"))


def test_a_circle_of_dependencies_comes_to_an_end() -> None:
    entries = "".join(
        f'[[package]]\nname = "{name}"\nversion = "1"\nfiles = []\n\n[package.dependencies]\n{other} = "*"\n\n'
        for name, other in (("one", "two"), ("two", "one"))
    )
    assert missing(packages(entries), target("win_amd64", "3.11"), has_groups=False, roots={"one": "*"}) == Missing()
