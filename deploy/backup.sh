#!/bin/sh
# A backup of the database to BACKUP_URL every BACKUP_HOURS; with BACKUP_HOURS=0 once, with the command's exit code.
set -u
while :; do
    python -m ops.backup create
    code=$?
    [ "${BACKUP_HOURS:-24}" = 0 ] && exit $code
    sleep $((${BACKUP_HOURS:-24} * 3600)) &
    trap 'kill $!; exit 0' TERM INT
    wait $!
done
