#!/bin/sh
# New secrets for docker-compose.prod.yml, where there are none: sh deploy/secrets.sh [FOLDER]
# The folder is closed to others, the files are not: in a container another user reads them.
set -eu
folder=${1:-secrets}
mkdir -p "$folder"
chmod 700 "$folder"
once() {
    [ -e "$folder/$1" ] || printf '%s\n' "$2" > "$folder/$1"
}
once api_secret_key "$(openssl rand -hex 32)"
# whose tokens are good as well; nobody has any, but while a key is replaced: docs/operations.md
once api_secret_key_previous "$(openssl rand -hex 32)"
once postgres_password "$(openssl rand -hex 24)"
once database_url "postgresql://redux:$(cat "$folder/postgres_password")@db/redux"
chmod 644 "$folder"/*
