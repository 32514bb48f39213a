#!/bin/sh
# Installs the course from the wheels beside this file; nothing is downloaded.
#   sh install.sh [FOLDER]                 FOLDER: of the environment, smwm_lab_room here by default
#   PYTHON=/path/to/python sh install.sh   with another Python than the one that is found
set -eu
wheels=$(cd "$(dirname "$0")" && pwd)
folder=${1:-smwm_lab_room}
python=${PYTHON:-python@PYTHON@}
command -v "$python" >/dev/null 2>&1 || python=python3
found=$("$python" -c 'import platform; print(platform.python_version())' 2>/dev/null) || found=none
if ! "$python" -c 'import sys
version, least = sys.version_info[:3], tuple(map(int, "@LEAST@".split(".")))
sys.exit(version[:2] != least[:2] or version < least)' 2>/dev/null; then
    echo "error: these wheels are for Python @PYTHON@ from @LEAST@ on, found: $found; name one with PYTHON=..." >&2
    exit 1
fi
if command -v sha256sum >/dev/null 2>&1; then
    (cd "$wheels" && sha256sum --quiet -c SHA256SUMS) || {
        echo "error: the files above are damaged or missing; copy the folder again" >&2
        exit 1
    }
fi
"$python" -m venv "$folder"
"$folder/bin/python" -m pip install -q --disable-pip-version-check --no-index --find-links "$wheels" 'smwm_lab[@EXTRA@]'
test -e "$folder/course" || "$folder/bin/smwm-lab" course "$folder/course"
echo "installed; is this machine ready?    $folder/bin/smwm-lab doctor"
echo "open the course:                     $folder/bin/jupyter lab $folder/course"
