#!/bin/sh
# Run once by the postgres image on an empty volume: the two roles, neither a superuser, the extensions and the database.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set owner_password="$WAYMARK_OWNER_PASSWORD" --set app_password="$WAYMARK_APP_PASSWORD" <<'SQL'
CREATE ROLE waymark_owner LOGIN NOSUPERUSER PASSWORD :'owner_password';
CREATE ROLE waymark_app LOGIN NOSUPERUSER PASSWORD :'app_password';
CREATE DATABASE waymark OWNER waymark_owner;
REVOKE CONNECT ON DATABASE waymark FROM PUBLIC;
GRANT CONNECT ON DATABASE waymark TO waymark_app;
\connect waymark
CREATE EXTENSION pg_trgm;
CREATE EXTENSION btree_gist;
CREATE EXTENSION fuzzystrmatch;
CREATE EXTENSION citext;
CREATE EXTENSION unaccent;
SQL
