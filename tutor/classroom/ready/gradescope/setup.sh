#!/usr/bin/env bash
# Gradescope runs this once, when the image is built. In the zip lie, all at its top: setup.sh, run_autograder,
# exercises.txt, if you like course/, a wheel of cnn-tutor, and a pip.conf that says where pip finds packages. PyTorch
# built for CPUs alone makes the image much smaller: a pip.conf can name an index that has it.
set -euo pipefail

AUTOGRADER=${AUTOGRADER:-/autograder}
SOURCE=${SOURCE:-$AUTOGRADER/source}

python=
for one in python3.14 python3.13 python3.12 python3.11 python3; do
    if command -v "$one" > /dev/null && "$one" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))'; then
        python=$one
        break
    fi
done
if [[ -z $python ]]; then
    apt-get update
    apt-get install -y python3.11 python3.11-venv
    python=python3.11
fi

[[ -f $SOURCE/pip.conf ]] && export PIP_CONFIG_FILE=$SOURCE/pip.conf
wheels=("$SOURCE"/cnn_tutor-*.whl)
[[ -f ${wheels[0]} ]] || wheels=(cnn-tutor)
"$python" -m venv "$AUTOGRADER/venv"
"$AUTOGRADER/venv/bin/python" -m pip install --no-cache-dir "${wheels[@]}"
