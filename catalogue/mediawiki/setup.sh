# Makes the tables, or brings them up to the version of MediaWiki that is here.
set -eu
umask 077
mkdir -p "$HOP3_DATA_DIR/images"
database=$HOP3_DATA_DIR/wiki
if [ -d "$database" ]; then
  exec php "$MEDIAWIKI/maintenance/update.php" --quick
fi
rm -rf "$database.new"
mkdir "$database.new"
printf %s "$WIKI_PASSWORD" > "$TMPDIR/password"
# It writes settings of its own, which nobody reads.
MW_CONFIG_FILE=$TMPDIR/LocalSettings.php php "$MEDIAWIKI/maintenance/install.php" \
  --dbtype sqlite --dbpath "$database.new" --dbname wiki --confpath "$TMPDIR" \
  --server "$HOP3_PUBLIC_URL" --scriptpath "" --lang "${WIKI_LANGUAGE:-en}" \
  --passfile "$TMPDIR/password" "${WIKI_NAME:-Our wiki}" "${WIKI_ADMIN:-Admin}"
rm "$TMPDIR/password"
mv "$database.new" "$database"
