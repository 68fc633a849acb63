/**
 * The few lines of shell that stand between s6 and a Process. They are constants: what differs from one Process to the
 * next reaches them as arguments and as files of the service directory, never as text.
 *
 * Restarts with back-off must go on while the control plane is dead, hence here. The pause lies in `run`, not in
 * `finish`: s6-supervise sends the stop signal to `run`, so that a stop need not wait for the end of the pause.
 *
 * Files in the service directory: `group` process group of the running instance; `started` its start in seconds of
 * uptime; `penalty` length of the next pause; `backing-off` while pausing; `deliberate` the next death was asked for;
 * `once` do not start again.
 */
export const startScript = `exec 2>&1
echo $$ > group
if [ -e penalty ]; then
  read -r pause < penalty
  if [ "$pause" -gt 0 ]; then
    : > backing-off
    sleep "$pause"
    rm -f backing-off
  fi
fi
read -r up rest < /proc/uptime
echo "\${up%.*}" > started
umask 0007
cd -- "$1" || exit 111
shift
exec "$@"
`;

/**
 * Run by s6-supervise after each death with exit code (256: killed) and signal. Ends what the dead instance left of its
 * process group: stop signal, then SIGKILL. An instance that had to be killed has had its time; its children get none.
 */
export const finishScript = `group=
[ -e group ] && read -r group < group
if [ -n "$group" ] && kill -0 -- "-$group" 2>/dev/null; then
  read -r signal < down-signal
  read -r limit < timeout-kill
  waited=0
  if [ "$2" != 9 ]; then
    kill -s "\${signal#SIG}" -- "-$group" 2>/dev/null
    while [ "$waited" -lt "$limit" ] && kill -0 -- "-$group" 2>/dev/null; do
      usleep 10000
      waited=$((waited + 10))
    done
  fi
  kill -s KILL -- "-$group" 2>/dev/null
fi
rm -f group
if [ -e once ]; then exit 125; fi
if [ -e deliberate ]; then
  rm -f deliberate penalty backing-off started
  exit 0
fi
if [ -e backing-off ]; then
  rm -f backing-off
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
