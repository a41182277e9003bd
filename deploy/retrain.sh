#!/bin/sh
# Learn again from what listeners played, every RETRAIN_HOURS; with RETRAIN_HOURS=0 once, with the commands' exit code.
# The gate decides whether the new set serves. What was said is kept in ARTIFACTS_DIR/last-training.log.
set -u
hours=${RETRAIN_HOURS:-24}
case $hours in
    *[!0-9]* | 0?* | ?????*) echo "retrain.sh: RETRAIN_HOURS is $hours, expected whole hours, 0 for once" >&2; exit 2 ;;
esac
umask 022
log="$ARTIFACTS_DIR/last-training.log"

retrain() {
    echo "began $(date -u +%Y-%m-%dT%H:%M:%SZ)"
    # shellcheck disable=SC2086  # DATA and OPTIONS are several words
    python main.py --database ${DATA:+--data $DATA} --tracking-uri "sqlite:///$ARTIFACTS_DIR/mlflow.db" ${OPTIONS:-} \
        && python build_vector_db.py
    code=$?
    python -m artifact_set prune --keep "${KEEP_SETS:-5}" || code=$?
    echo "ended $(date -u +%Y-%m-%dT%H:%M:%SZ) with exit code $code"
    return $code
}

trap 'kill ${!:-} 2> /dev/null; exit 0' TERM INT  # whatever is waited for, a stop of the container ends at once
while :; do
    retrain > "$log.part" 2>&1 &
    wait $!
    code=$?
    cat "$log.part"
    mv "$log.part" "$log"
    [ "$hours" = 0 ] && exit $code
    sleep $((hours * 3600)) &
    wait $!
done
