#!/bin/sh
# New replicas in the place of those that run, one after the other, without losing a request: sh deploy/replace.sh
# Of the image as it was built last and of the secrets as they are now. Stops at the first one that does not get ready:
# the other one goes on answering.
set -eu
cd "$(dirname "$0")/.."
export COMPOSE_FILE="${COMPOSE_FILE:-docker-compose.prod.yml}"

in_nginx() {
    docker compose exec -T nginx sh /usr/share/redux/replica.sh "$1" "$2"
}

replace() {
    in_nginx out "$2"
    docker compose up --detach --no-deps --force-recreate --wait "$1" || {
        echo "replace.sh: $1 does not get ready: see docker compose logs $1, then run this again; nginx does not ask it" >&2
        exit 1
    }
    in_nginx in "$2"
    echo "$1 is replaced"
}

# where docker-compose.prod.yml has them
a="api-a 10.119.0.11:8000"
b="api-b 10.119.0.12:8000"
# the one that did not get ready the last time goes first: nginx asks the other one alone
if docker compose exec -T nginx grep -q "server ${b#* } down" /etc/nginx/conf.d/api.conf; then
    set -- "$b" "$a"
else
    set -- "$a" "$b"
fi
for one; do
    replace "${one% *}" "${one#* }"
done
