#!/bin/sh
# New secrets for docker-compose.prod.yml, where there are none: sh deploy/secrets.sh [FOLDER]
# The folder is closed to others, the files are not: in a container another user reads them.
set -eu
folder=${1:-secrets}
mkdir -p -m 700 "$folder"
password=$(openssl rand -hex 24)
once() {
    [ -e "$folder/$1" ] || printf '%s\n' "$2" > "$folder/$1"
}
once api_secret_key "$(openssl rand -hex 32)"
# whose tokens are good as well; nobody has any, but while a key is replaced: docs/operations.md
once api_secret_key_previous "$(openssl rand -hex 32)"
if [ ! -e "$folder/postgres_password" ]; then
    once postgres_password "$password"
    once database_url "postgresql://redux:$password@db/redux"
fi
chmod 644 "$folder"/*
