#!/usr/bin/env bash
# PrairieLearn runs this in its container for each submission, without a network. It always leaves a results.json; one
# that is not gradable costs no attempt. Beside the question's own tests/exercises.txt, tests/course/ may hold a course.
#
# The questions of exercises by hand are drawn from the learner's name: data["params"]["learner"], which the question's
# server.py sets; without it everybody gets those of "learner".
set -uo pipefail

GRADE=${GRADE:-/grade}
PYTHON=${PYTHON:-/opt/cnn-tutor/bin/python}
results=$GRADE/results/results.json

learner() {
    "$PYTHON" -I - "$GRADE/data/data.json" <<'END'
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    print(json.load(file).get("params", {}).get("learner") or "learner")
END
}

judge() {
    local name words=()
    name=$(learner) || return
    if [[ -f $GRADE/tests/exercises.txt ]]; then
        while IFS= read -r line || [[ -n $line ]]; do
            [[ -n $line && $line != \#* ]] && words+=("--exercise=$line")
        done < "$GRADE/tests/exercises.txt"
    fi
    [[ -d $GRADE/tests/course ]] && words+=("--course=$GRADE/tests/course")
    "$PYTHON" -P -m tutor grade "$GRADE/student" "--learner=$name" --format prairielearn "${words[@]}"
}

mkdir -p "$GRADE/results"
cd / && judge > "$results.new"
if "$PYTHON" -I -m json.tool "$results.new" > /dev/null; then
    mv -f "$results.new" "$results"
else
    rm -f "$results.new"
    cat > "$results" <<'END'
{"gradable": false, "message": "Nothing could be judged.", "format_errors": ["Nothing could be judged. Files must have the names that the exercises gave them. If they have, tell your instructor: the grader itself failed, and this cost you no attempt."]}
END
fi
exit 0
