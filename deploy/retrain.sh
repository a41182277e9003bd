#!/bin/sh
# Learn again from what listeners played, every RETRAIN_HOURS; with RETRAIN_HOURS=0 once, with the commands' exit code.
# The gate decides whether the new set serves. What was said is kept in ARTIFACTS_DIR/last-training.log.
set -u
case ${RETRAIN_HOURS:-24} in
    *[!0-9]* | 0?*) echo "retrain.sh: RETRAIN_HOURS is $RETRAIN_HOURS, expected whole hours, 0 for once" >&2; exit 2 ;;
esac
umask 022
log="$ARTIFACTS_DIR/last-training.log"

retrain() {
    echo "began $(date -u +%Y-%m-%dT%H:%M:%SZ)"
    # shellcheck disable=SC2086  # DATA and OPTIONS are several words
    python main.py --database ${DATA:+--data $DATA} --tracking-uri "sqlite:///$ARTIFACTS_DIR/mlflow.db" ${OPTIONS:-} \
        && python build_vector_db.py \
        && python -m artifact_set prune --keep "${KEEP_SETS:-5}"
    code=$?
    echo "ended $(date -u +%Y-%m-%dT%H:%M:%SZ) with exit code $code"
    return $code
}

while :; do
    retrain > "$log.part" 2>&1
    code=$?
    cat "$log.part"
    mv "$log.part" "$log"
    [ "${RETRAIN_HOURS:-24}" = 0 ] && exit $code
    # a sleep that a stop of the container ends at once
    sleep $((${RETRAIN_HOURS:-24} * 3600)) &
    trap 'kill $!; exit 0' TERM INT
    wait $!
done
