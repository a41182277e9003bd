#!/bin/sh
# A backup of the database to BACKUP_URL every BACKUP_HOURS; with BACKUP_HOURS=0 once, with the command's exit code.
# BACKUP_TEXTFILE: where node_exporter's textfile collector finds when that was.
set -u
hours=${BACKUP_HOURS:-24}
case $hours in
    *[!0-9]* | 0?* | ?????*) echo "backup.sh: BACKUP_HOURS is $hours, expected whole hours, 0 for once" >&2; exit 2 ;;
esac
# whatever is waited for, a stop of the container ends soon: once a backup under way has removed its copy of the database
trap 'kill ${!:-} 2> /dev/null; wait; exit 0' TERM INT
# where that was cut off
find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'redux-backup-*' -mmin +1440 -exec rm -rf {} +
# after a restart not before the newest one is that old: a backup of what a loss left over would take a good one's place
if [ "$hours" != 0 ] && seconds=$(python -m ops.backup due --hours "$hours"); then
    sleep "$seconds" &
    wait $!
fi
while :; do
    python -m ops.backup create ${BACKUP_TEXTFILE:+--textfile "$BACKUP_TEXTFILE"} &
    wait $!
    code=$?
    [ "$hours" = 0 ] && exit $code
    seconds=$((hours * 3600))
    [ $code = 0 ] || seconds=600  # the database may start later than this, or the other side answer again
    sleep $seconds &
    wait $!
done
