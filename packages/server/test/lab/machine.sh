#!/bin/bash
# machine.sh COMMAND... - a machine of its own over a copy-on-write view of this one, with systemd as its first process
# and limits of its own; runs COMMAND in it, ends it and leaves nothing. As root: unshare -m -p -f --kill-child
# --propagation private --mount-proc machine.sh COMMAND...
set -e
name=lab$(tr -d - </proc/sys/kernel/random/uuid | head -c 8)
dir=$(mktemp -d)
mount -t tmpfs tmpfs "$dir"
mkdir "$dir/up" "$dir/work" "$dir/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$dir/up,workdir=$dir/work" "$dir/root"
root=$dir/root
# Nothing that this machine has enabled starts there, and a name that nobody knows fails at once.
rm -rf "$root"/etc/systemd/system/*.wants "$root/etc/resolv.conf"
tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
ln -sf /dev/null "$root/etc/systemd/system/console-getty.service"
echo 'nameserver 127.0.0.1' >"$root/etc/resolv.conf"

# Each controller of the first version gives the machine a group; memory's lies below our own.
groups=()
for controller in cpu cpuacct cpuset pids blkio devices freezer systemd unified memory; do
  group=/sys/fs/cgroup/$controller
  [ -d "$group" ] || continue
  [ $controller = memory ] && group+=$(sed -n 's/^[0-9]*:memory://p' /proc/self/cgroup)
  mkdir -p "$group/$name"
  if [ $controller = cpuset ]; then
    cat "$group/cpuset.cpus" >"$group/$name/cpuset.cpus"
    cat "$group/cpuset.mems" >"$group/$name/cpuset.mems"
  fi
  groups+=("$group/$name")
done

inside() {
  set -e
  hostname "$2"
  ip link set lo up
  mount --rbind "$1" "$1"
  cd "$1"
  mount -t proc -o nosuid,nodev,noexec proc proc
  mount -t sysfs -o ro,nosuid,nodev,noexec sysfs sys
  mount -t tmpfs -o mode=755,nosuid tmpfs dev
  for device in null zero full random urandom tty fuse; do
    [ -e "/dev/$device" ] || continue
    touch dev/$device
    mount --bind /dev/$device dev/$device
  done
  mkdir dev/pts dev/shm
  ln -s pts/ptmx dev/ptmx
  ln -s null dev/kmsg
  ln -s /proc/self/fd dev/fd
  ln -s /proc/self/fd/0 dev/stdin
  ln -s /proc/self/fd/1 dev/stdout
  ln -s /proc/self/fd/2 dev/stderr
  touch dev/console
  mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5,nosuid,noexec devpts dev/pts
  mount -t tmpfs -o mode=1777 tmpfs dev/shm
  mount -t tmpfs -o mode=755,nosuid,nodev tmpfs run
  mount -t tmpfs -o mode=1777 tmpfs tmp
  # An engine's layers cannot lie on an overlay.
  for store in docker containerd containers; do
    mkdir -p var/lib/$store
    mount -t tmpfs tmpfs var/lib/$store
  done
  mount -t tmpfs -o mode=755,nosuid,nodev,noexec tmpfs sys/fs/cgroup
  for controller in cpu cpuacct cpuset memory pids blkio devices freezer; do
    mkdir sys/fs/cgroup/$controller
    mount -t cgroup -o $controller,nosuid,nodev,noexec cgroup sys/fs/cgroup/$controller
  done
  mkdir sys/fs/cgroup/systemd sys/fs/cgroup/unified
  mount -t cgroup -o none,name=systemd cgroup sys/fs/cgroup/systemd
  mount -t cgroup2 cgroup2 sys/fs/cgroup/unified
  mkdir -p old
  pivot_root . old
  umount -l /old
  mount --make-rshared /
  exec env -i container=lab PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=linux /lib/systemd/systemd --log-target=journal
}

(
  for group in "${groups[@]}"; do echo $BASHPID >"$group/cgroup.procs"; done
  export -f inside
  exec setsid unshare -m -C -p -f -i -u -n --propagation private --kill-child=SIGKILL \
    bash -c 'inside "$@"' machine "$root" "$name" >"$dir/log" 2>&1
) &
outer=$!

into() { nsenter -t "$leader" -a "$@"; }
for _ in $(seq 500); do
  leader=$(pgrep -P $outer | head -n 1) || true
  [ -n "$leader" ] && state=$(into systemctl is-system-running 2>/dev/null) || true
  case $state in running | degraded) break ;; esac
  kill -0 $outer 2>/dev/null || { cat "$dir/log" >&2; exit 70; }
  sleep 0.02
done

code=0
into "$@" || code=$?
# All at once: nothing in it is worth a farewell, and its containers would take their time.
kill -KILL "$leader" || true
wait $outer 2>/dev/null || true
for group in "${groups[@]}"; do find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || true; done
umount -l "$root" "$dir"
rmdir "$dir"
exit $code
