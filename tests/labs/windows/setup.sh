#!/usr/bin/env bash
# A real Windows CPython on Linux, under Wine, for running the suite and the installed command as Windows runs them.
#
#   setup.sh DEST VERSION      e.g. setup.sh /tmp/windows 3.11
#   DEST/winpy ARGS            runs that Python
#   DEST/winexe PROGRAM ARGS   runs a program, given as a Windows path or relative to the Python's folder
#
# Parts: python3XX.dll and the extension modules are python.org's own, as the wheel of panda3d carries them; the pure
# Python half of the standard library is that of a pyenv CPython of the same series; python.exe is a few lines of C.
# Needs Debian's wine, wine64 and gcc-mingw-w64-x86-64, and pyenv. Everything is fetched at run time, nothing is kept
# in the repository.
set -euo pipefail

dest=$1 version=$2
short=${version/./}
mkdir -p "$dest"
dest=$(cd "$dest" && pwd)
cd "$dest"
home=prefix/drive_c/Python$short

cat > environment <<TEXT
export WINEPREFIX=$dest/prefix WINEDEBUG=-all WINEDLLOVERRIDES="winedbg.exe=d;mscoree=d;mshtml=d"
export SSL_CERT_FILE='Z:\\etc\\ssl\\certs\\ca-certificates.crt' PIP_CERT='Z:\\etc\\ssl\\certs\\ca-certificates.crt'
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_WARN_SCRIPT_LOCATION=0
unset PIP_FIND_LINKS PIP_CONFIG_FILE SSL_CERT_DIR REQUESTS_CA_BUNDLE CURL_CA_BUNDLE VIRTUAL_ENV PYTHONPATH
TEXT
eval "$(head -n 1 environment)"  # Wine's own line only: pip on this side keeps its settings

# Standard streams must be pipes: with a plain file or /dev/null as a handle, Wine 8 makes Python give up at its start.
cat > winexe <<TEXT
#!/usr/bin/env bash
. "$dest/environment"
ulimit -n "\$(ulimit -Hn)"  # Wine takes several files a thread
program=\$1; shift
case \$program in *:*) ;; *) program="C:\\\\Python$short\\\\\$program" ;; esac
{ [ -t 0 ] || cat; } | { wine "\$program" "\$@" 2>&3 | cat; exit "\${PIPESTATUS[0]}"; } 3> >(cat >&2)
TEXT
cat > winpy <<TEXT
#!/usr/bin/env bash
exec "$dest/winexe" python.exe "\$@"
TEXT
chmod +x winexe winpy
[ -e "$home/ready" ] && exit 0

if [ ! -d prefix ]; then
  wineboot -i >/dev/null 2>&1
  wine winecfg -v win10 </dev/null >/dev/null 2>&1
  wineserver -w
fi

stdlib=$(find "$(pyenv root)/versions" -maxdepth 3 -type d -path "*/$version.*/lib/python$version" | sort | tail -n 1)
[ -n "$stdlib" ] || { echo "setup.sh: pyenv has no CPython $version" >&2; exit 1; }
mkdir -p wheels "$home/DLLs"
python3 -m pip download -q --no-deps --only-binary=:all: --platform win_amd64 \
  --python-version "$version" --implementation cp -d wheels panda3d==1.10.16
python3 - wheels/*-cp"$short"-*.whl "$home" <<'TEXT'
import os
import sys
import zipfile

wheel, home = zipfile.ZipFile(sys.argv[1]), sys.argv[2]
# Tcl is not needed; Wine's WMI crashes under _wmi from 3.12 on.
unwanted = {"tcl86t.dll", "tk86t.dll", "_tkinter.pyd", "_wmi.pyd"}
for member in wheel.namelist():
    name = os.path.basename(member)
    if not name or not member.startswith("deploy_libs/") or name.lower() in unwanted:
        continue
    if name.startswith("api-ms") or name.endswith("t-win_amd64.pyd"):
        continue
    folder = home if name.lower().startswith(("python", "vcruntime")) else os.path.join(home, "DLLs")
    with open(os.path.join(folder, name), "wb") as target:
        target.write(wheel.read(member))
TEXT
cp -r "$stdlib" "$home/Lib"
rm -rf "$home"/Lib/{test,site-packages,tkinter,idlelib,turtledemo,lib-dynload,lib2to3} \
  "$home"/Lib/config-* "$home"/Lib/_sysconfigdata*
find "$home/Lib" -name __pycache__ -prune -exec rm -rf {} +
mkdir -p "$home/Lib/site-packages" "$home/Lib/venv/scripts/nt"
# Wine 8 has no CopyFile2, which shutil.copy2 would use.
printf 'import _winapi\nif hasattr(_winapi, "CopyFile2"):\n    del _winapi.CopyFile2\n' > "$home/Lib/sitecustomize.py"

cat > python.c <<'TEXT'
#include <windows.h>
#include <stdio.h>
#include <wchar.h>
typedef int (*py_main)(int, wchar_t **);
/* In a virtual environment the DLL is not beside us but where the line "home = " of pyvenv.cfg says. */
static HMODULE from_home(void)
{
    wchar_t path[2048], line[2048], *end;
    HMODULE dll = NULL;
    FILE *settings;
    GetModuleFileNameW(NULL, path, 1024);
    for (int up = 0; up < 2; up++)
        if ((end = wcsrchr(path, L'\\'))) *end = 0;
    wcscat(path, L"\\pyvenv.cfg");
    if (!(settings = _wfopen(path, L"rt, ccs=UTF-8"))) return NULL;
    while (!dll && fgetws(line, 1024, settings))
        if (!wcsncmp(line, L"home = ", 7)) {
            line[wcscspn(line, L"\r\n")] = 0;
            wcscat(line, L"\\" PYDLL);
            dll = LoadLibraryExW(line + 7, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
        }
    fclose(settings);
    return dll;
}
int wmain(int argc, wchar_t **argv)
{
    HMODULE dll = LoadLibraryW(PYDLL);
    if (!dll) dll = from_home();
    py_main run = dll ? (py_main)GetProcAddress(dll, "Py_Main") : NULL;
    return run ? run(argc, argv) : 101;
}
TEXT
# Without a manifest that names Windows 10 the system passes itself off as Windows 8.
cat > python.manifest <<'TEXT'
<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0"><compatibility xmlns="urn:schemas-microsoft-com:compatibility.v1"><application><supportedOS Id="{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}"/></application></compatibility></assembly>
TEXT
echo '1 24 "python.manifest"' > python.rc
x86_64-w64-mingw32-windres python.rc -o python_rc.o
x86_64-w64-mingw32-gcc -O2 -s -municode "-DPYDLL=L\"python$short.dll\"" -o "$home/python.exe" python.c python_rc.o
cp "$home/python.exe" "$home/Lib/venv/scripts/nt/"

# python3.dll passes the stable interface on to the versioned DLL (psutil's wheel asks for it).
echo 'int __stdcall DllMainCRTStartup(void *a, unsigned b, void *c) { return 1; }' > forwarder.c
{
  echo "LIBRARY python3.dll"
  echo EXPORTS
  x86_64-w64-mingw32-objdump -p "$home/python$short.dll" | sed -n '/Ordinal\/Name Pointer/,$p' |
    awk '/^\t\[/{print $NF}' | grep -E '^_?Py' | sort -u |
    awk -v short="$short" '{print "  " $1 " = python" short "." $1}'
} > python3.def
x86_64-w64-mingw32-gcc -shared -nostdlib -e DllMainCRTStartup -o "$home/python3.dll" forwarder.c python3.def
./winpy -m ensurepip >/dev/null 2>&1
touch "$home/ready"
