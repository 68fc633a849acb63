/**
 * The few lines of shell that stand between s6 and a Process. They are constants: what differs from one Process to the
 * next reaches them as arguments and as files of the service directory, never as text. Their first argument is busybox,
 * because not every busybox shell finds its own programs.
 *
 * Restarts with back-off must go on while the control plane is dead, hence here. The pause lies in `run`, not in
 * `finish`: s6-supervise sends the stop signal to `run`, so that a stop need not wait for the end of the pause.
 *
 * Files in the service directory: `group` process group of the running instance; `started` its start in seconds of
 * uptime; `penalty` length of the next pause; `backing-off` from the death until the pause is over; `deliberate` the next death was asked for;
 * `once` do not start again.
 */
export const startScript = `exec 2>&1
busybox=$1
directory=$2
sockets=$3
shift 3
echo $$ > group
if [ -e penalty ]; then
  read -r pause < penalty
  if [ "$pause" -gt 0 ]; then
    "$busybox" sleep "$pause"
    "$busybox" rm -f backing-off
  fi
fi
read -r up rest < /proc/uptime
echo "\${up%.*}" > started
[ -n "$sockets" ] && "$busybox" rm -rf "$sockets"/*
umask 0007
cd -- "$directory" || exit 111
exec "$@"
`;

/**
 * Run by s6-supervise after each death; after busybox come exit code (256: killed) and signal. Ends what the dead instance left of its
 * process group: stop signal, then SIGKILL. An instance that had to be killed has had its time; its children get none.
 * Zombies do not count: some hosts' first process is in no hurry to collect them.
 */
export const finishScript = `busybox=$1
shift
group=
[ -e group ] && read -r group < group
lives() {
  kill -0 "-$group" 2>/dev/null || return 1
  for stat in /proc/[0-9]*/stat; do
    read -r line 2>/dev/null < "$stat" || continue
    set -- \${line##*) }
    [ "$3" = "$group" ] && [ "$1" != Z ] && return 0
  done
  return 1
}
if [ -n "$group" ] && lives; then
  read -r signal < down-signal
  read -r limit < timeout-kill
  waited=0
  if [ "$2" != 9 ]; then
    kill -s "\${signal#SIG}" "-$group" 2>/dev/null
    while [ "$waited" -lt "$limit" ] && lives; do
      "$busybox" usleep 20000
      waited=$((waited + 30))
    done
  fi
  kill -s KILL "-$group" 2>/dev/null
fi
"$busybox" rm -f group
if [ -e once ]; then exit 125; fi
if [ -e deliberate ]; then
  "$busybox" rm -f deliberate penalty backing-off started
  exit 0
fi
if [ -e backing-off ]; then
  "$busybox" rm -f backing-off
  exit 0
fi
started=0
[ -e started ] && read -r started < started
read -r now rest < /proc/uptime
if [ "$((\${now%.*} - started))" -ge 60 ] || [ ! -e penalty ]; then
  echo 0 > penalty
  exit 0
fi
read -r penalty < penalty
penalty=$((penalty * 2))
[ "$penalty" -eq 0 ] && penalty=1
[ "$penalty" -gt 30 ] && penalty=30
echo "$penalty" > penalty
: > backing-off
`;

/**
 * Status of many services in one go: arguments are the directory of the programs and the links in the scan directory.
 * For each: a line `=name`, a line of s6-svstat (none: not supervised), and one line per death, oldest first.
 */
export const statusScript = `bin=$1
shift
for service; do
  echo "=\${service##*/}"
  line=$("$bin/s6-svstat" -o up,wantedup,pid,updownfor "$service" 2>/dev/null) || continue
  pausing=no
  [ -e "$service/backing-off" ] && pausing=yes
  echo "$line $pausing"
  "$bin/s6-svdt" "$service" 2>/dev/null
done
exit 0
`;
