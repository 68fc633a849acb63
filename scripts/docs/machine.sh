#!/bin/bash
# machine.sh near|apart DIR COMMAND... - runs COMMAND with an /etc of its own, in which the names of DIR/hosts lead where
# they say and the authority of DIR/ca.pem is trusted; apart it has a network of its own, too. Started by unshare.
set -e
where=$1 dir=$2
shift 2
etc=$(mktemp -d)
mount -t tmpfs tmpfs "$etc"
cp -a /etc/. "$etc"
cat "$dir/hosts" >>"$etc/hosts"
mkdir -p "$etc/ssl/certs"
cat "$dir/ca.pem" >>"$etc/ssl/certs/ca-certificates.crt"
# Where useradd makes directories.
mkdir -p "$dir/home" "$etc/default"
printf 'HOME=%s\n' "$dir/home" >>"$etc/default/useradd"
mount --move "$etc" /etc
rmdir "$etc"
if [ "$where" = apart ]; then
  ip link set lo up
  mount -t tmpfs -o mode=755 tmpfs /run
  mkdir /run/sshd
fi
exec "$@"
