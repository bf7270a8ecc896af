#!/bin/sh
# Creates Temporal's two databases, or brings them up to this version of the server. Harmless when there is nothing to do,
# so it runs before every start. Where the database is comes from SQL_*.
set -eu

for database in temporal temporal_visibility; do
  temporal-sql-tool --db "$database" create
  temporal-sql-tool --db "$database" setup-schema -v 0.0
done
temporal-sql-tool --db temporal update-schema --schema-name postgresql/v12/temporal
temporal-sql-tool --db temporal_visibility update-schema --schema-name postgresql/v12/visibility
