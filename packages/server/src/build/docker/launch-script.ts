/**
 * What stands between the Supervisor and a container. The scripts are constants: what differs from one image to the next
 * are files beside them, what differs from one Process to the next are variables, and neither ever becomes text of a
 * script. They are run by the host's own shell, as the engine is the host's own program.
 *
 * Variables of the App arrive under names with a prefix, because the launcher has the rights of the server: LD_PRELOAD
 * of an App must mean nothing here. The engine gets them by name, out of its own environment, and in a file where the
 * name would mean something to the engine itself; never as arguments, which everybody on the machine can read.
 *
 * The container ends with its service whatever happens: a second script, in a session of its own, waits for the end of
 * a pipe that only the launcher holds open, and removes what a killed launcher leaves.
 */
export const launchScript = `#!/bin/sh
set -u
h3_dir=\${0%/*}
{ read -r h3_engine && read -r h3_kind && read -r h3_image && read -r h3_port && read -r h3_owner && read -r h3_label; } < "$h3_dir/container"
umask 0077
h3_fail() {
  echo "hop3: $1" >&2
  exit 69
}
h3_remove() {
  if [ "$h3_kind" = podman ]; then set -- -t 0 "$@"; fi
  "$h3_engine" rm -f "$@" > /dev/null 2>&1
}

[ -x "$h3_engine" ] || h3_fail "this Release runs in a container, and $h3_engine is not there any more: install it again, or deploy again"
h3_problem=$("$h3_engine" image inspect "$h3_image" 2>&1 > /dev/null) ||
  h3_fail "$h3_engine does not give the image of this Release: $h3_problem"

h3_role=$HOP3_SET_HOP3_ROLE
h3_host_port=\${HOP3_SET_PORT:-}
h3_name=hop3-$HOP3_SET_HOP3_APP-$HOP3_SET_HOP3_RELEASE-\${h3_host_port:-$h3_role-$$}
[ -z "$h3_host_port" ] || h3_remove "$h3_name"

h3_volumes=$h3_dir/../../volumes
# Files of a container without root belong to users that exist in its own view only.
h3_inside() {
  if [ "$h3_kind" = podman ] && [ "$(id -u)" != 0 ]; then "$h3_engine" unshare "$@"; else "$@"; fi
}
h3_seed() {
  h3_fresh=$h3_volumes/.$1.$$
  mkdir -p "$h3_fresh"
  h3_made=$("$h3_engine" create --label "$h3_label" "$h3_image" - 2> /dev/null)
  if ! "$h3_engine" export "$h3_made" 2> /dev/null | h3_inside tar -x -p --numeric-owner -C "$h3_fresh" -f - "\${2#/}" 2> /dev/null; then
    mkdir -p "$h3_fresh$2"
    h3_inside chown "$h3_owner" "$h3_fresh$2"
  fi
  h3_remove -v "$h3_made"
  h3_inside mv -n -T "$h3_fresh$2" "$h3_volumes/$1"
  h3_inside rm -rf "$h3_fresh"
}

set -- "$h3_image" "$@"
while read -r h3_slug h3_path; do
  [ -d "$h3_volumes/$h3_slug" ] || h3_seed "$h3_slug" "$h3_path" < /dev/null
  set -- --mount "type=bind,source=$(realpath "$h3_volumes/$h3_slug"),target=$h3_path" "$@"
done < "$h3_dir/volumes"
if [ "$h3_role" = web ]; then
  set -- --publish "127.0.0.1:$h3_host_port:\${h3_port:-$h3_host_port}" "$@"
fi
if [ "$h3_role" = run ]; then set -- --interactive "$@"; fi

h3_run=$(mktemp -d "$HOP3_RUNTIME_DIR/launch.XXXXXX") || h3_fail "no directory for the launch"
: > "$h3_run/env"
for h3_variable in $(awk 'BEGIN { for (name in ENVIRON) if (name ~ /^HOP3_SET_[A-Za-z_][A-Za-z0-9_]*$/) print substr(name, 10) }'); do
  eval "h3_value=\\$HOP3_SET_$h3_variable"
  unset "HOP3_SET_$h3_variable"
  case $h3_variable in
    # The image's own, or nothing that a container could use.
    PATH | HOME | TMPDIR | HOP3_SOCKET) continue ;;
    BIND_ADDRESS) h3_value=0.0.0.0 ;;
    PORT) h3_value=\${h3_port:-$h3_value} ;;
    HOP3_DATA_DIR) h3_value=/data ;;
  esac
  case $h3_variable in
    LD_* | GLIBC_* | MALLOC_* | GCONV_PATH | GETCONF_DIR | LOCPATH | NLSPATH | NIS_PATH | RES* | HOSTALIASES | LOCALDOMAIN | TZ* | LC_* | LANG* | \\
      DOCKER_* | BUILDKIT_* | BUILDAH_* | CONTAINER* | PODMAN_* | STORAGE_* | REGISTRY_* | NETAVARK_* | CNI_* | XDG_* | DBUS_* | NOTIFY_* | LISTEN_* | \\
      GO* | SSL_* | SSH_* | IFS | ENV | PS[0-9] | OPT* | PPID | PWD | OLDPWD | LINENO | CDPATH | HIST* | FCEDIT | MAIL* | \\
      UID | EUID | GROUPS | HOSTNAME | RANDOM | SECONDS | SHELLOPTS | BASH* | DIRSTACK | FUNCNAME | h3_* | _*)
      case $h3_value in
        *"
"*) h3_fail "the value of $h3_variable has several lines, and the engine itself reads a variable of this name: choose another name" ;;
      esac
      printf '%s=%s\\n' "$h3_variable" "$h3_value" >> "$h3_run/env"
      ;;
    *)
      export "$h3_variable=$h3_value"
      set -- --env "$h3_variable" "$@"
      ;;
  esac
done

mkfifo "$h3_run/alive"
exec 4<> "$h3_run/alive" 5< "$h3_run/alive"
setsid /bin/sh "$h3_dir/reap" "$h3_engine" "$h3_kind" "$h3_run" <&5 4>&- 5<&- > /dev/null 2>&1 &
exec 5<&-
exec 3<&0
"$h3_engine" run --rm --pull never --name "$h3_name" --cidfile "$h3_run/id" --label "$h3_label" \\
  --log-driver none --no-healthcheck --security-opt no-new-privileges --env-file "$h3_run/env" --entrypoint "" "$@" <&3 3<&- 4>&- &
h3_child=$!
exec 3<&-
for h3_signal in TERM INT QUIT HUP USR1 USR2 WINCH; do
  trap "kill -s $h3_signal $h3_child 2> /dev/null" $h3_signal
done
while :; do
  wait "$h3_child"
  h3_code=$?
  kill -0 "$h3_child" 2> /dev/null || break
done
exit "$h3_code"
`;

/** Arguments: the engine, its kind, the directory of the launch. Ends at once where the container is gone already. */
export const reapScript = `cat > /dev/null
for pause in 1 1 3 0; do
  if [ -s "$3/id" ]; then
    read -r id < "$3/id"
    if [ "$2" = podman ]; then "$1" rm -f -v -t 0 "$id"; else "$1" rm -f -v "$id"; fi
    "$1" container inspect "$id" > /dev/null 2>&1 || break
  fi
  sleep "$pause"
done
rm -rf "$3"
`;
