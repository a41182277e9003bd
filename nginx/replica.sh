#!/bin/sh
# Take a replica out of nginx, or let it in again: sh replica.sh out|in HOST:PORT
# When `out` has ended nothing is on its way to the replica, and it can be stopped: the system resets connections that a
# replica has not yet taken when it ends. deploy/replace.sh calls it in the container.
# API_CONF, NGINX_PID, NGINX_COMMAND: the filled in api.conf.template, nginx's pid and the program, where not as there.
set -eu
conf=${API_CONF:-/etc/nginx/conf.d/api.conf}
nginx=${NGINX_COMMAND:-nginx}
master=$(cat "${NGINX_PID:-/run/nginx.pid}")
patience=60 # seconds: longer than a replica gives its requests
refuse() {
    echo "replica.sh: $1" >&2
    exit 2
}

[ $# = 2 ] || refuse "expected out or in, and HOST:PORT"
address=$(printf %s "$2" | sed 's/[].[\*^$/]/\\&/g')
known=$(sed -n 's/^ *server \([^ ;]*\).*/\1/p' "$conf" | xargs)
grep -q "^ *server $address[ ;]" "$conf" || refuse "'$2' is no replica: expected one of $known"
case $1 in
    out)
        sed "/server $address[ ;]/d" "$conf" | grep '^ *server ' | grep -qv ' down' ||
            refuse "$2 is the last one that is asked: let another one in before"
        down=" down"
        ;;
    in) down="" ;;
    *) refuse "'$1': expected out or in" ;;
esac

before=$(cat "$conf")
workers=$(cat "/proc/$master"/task/*/children)
printf '%s\n' "$before" | sed -e "s/server $address down/server $2/" -e "s/server $address/&$down/" > "$conf"
if ! $nginx -t -q; then
    printf '%s\n' "$before" > "$conf"
    refuse "nothing was changed: nginx refuses its files"
fi
kill -HUP "$master"

# the workers of before end when they have answered what they hold
for one in $workers; do
    while kill -0 "$one" 2> /dev/null; do
        patience=$((patience - 1))
        [ "$patience" -gt 0 ] || refuse "changed for what comes; a request from before, an upload perhaps, still runs"
        sleep 1
    done
done
