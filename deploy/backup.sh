#!/bin/sh
# A backup of the database to BACKUP_URL every BACKUP_HOURS; with BACKUP_HOURS=0 once, with the command's exit code.
# BACKUP_TEXTFILE: where node_exporter's textfile collector finds when that was.
set -u
case ${BACKUP_HOURS:-24} in
    *[!0-9]* | 0?*) echo "backup.sh: BACKUP_HOURS is $BACKUP_HOURS, expected whole hours, 0 for once" >&2; exit 2 ;;
esac
while :; do
    python -m ops.backup create ${BACKUP_TEXTFILE:+--textfile "$BACKUP_TEXTFILE"}
    code=$?
    [ "${BACKUP_HOURS:-24}" = 0 ] && exit $code
    sleep $((${BACKUP_HOURS:-24} * 3600)) &
    trap 'kill $!; exit 0' TERM INT
    wait $!
done
