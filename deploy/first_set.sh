#!/bin/sh
# The first artifact set, where there is none: of the built-in sample, or of the files that DATA names.
set -eu
# one whose folder is gone is for a person to see to: a sample must not take a community's model's place
[ -L "$ARTIFACTS_DIR/current" ] && exit 0
mkdir -p "$ARTIFACTS_DIR"
# shellcheck disable=SC2086  # DATA and OPTIONS are several words
python main.py --tracking-uri "sqlite:///$ARTIFACTS_DIR/mlflow.db" ${DATA:+--data $DATA} ${OPTIONS:-}
python build_vector_db.py
