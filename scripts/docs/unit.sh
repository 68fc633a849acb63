#!/bin/bash
# unit.sh REPOSITORY UNIT PACKAGES COMMAND... - in a machine of its own: the unit of the guide, and the guide's commands.
set -e
repository=$1 unit=$2 packages=$3
shift 3
mkdir -p /var/lib/hop3 /usr/local/bin
cp -r "$packages" /var/lib/hop3/packages
printf '#!/bin/sh\nexport PATH=%s\nexec %s/bin/hop3 "$@"\n' "$PATH" "$repository" >/usr/local/bin/hop3
chmod +x /usr/local/bin/hop3
export PATH=/usr/local/bin:$PATH
# Whoever edits sources meanwhile shall not have them built here: this view of them is our own.
touch "$repository/node_modules/.package-lock.json" "$repository/packages/web/dist/page/.built"
printf '%s' "$unit" >/etc/systemd/system/hop3.service

ready() {
  local last=$((SECONDS + 100))
  while [ $SECONDS -lt $last ]; do
    hop3 server status >/dev/null 2>&1 && return
    sleep 0.2
  done
  journalctl --unit hop3 --no-pager >&2
  return 1
}
page() { curl --silent --fail --header 'Host: hello.apps.example.org' http://127.0.0.1/; }

for command in "$@"; do bash -c "$command"; done
ready
journalctl --unit hop3 | grep --quiet '/welcome#'
mkdir /tmp/hello && cd /tmp/hello
echo '<h1>Hello</h1>' >index.html
hop3 deploy >/dev/null
page
pids() { hop3 ps hello --json | grep -o '"pid": *[0-9]*'; }
before=$(pids)
systemctl restart hop3
ready
[ "$(pids)" = "$before" ] && echo 'the same process'
systemctl stop hop3
page
