# makeWrapper PROGRAM WRAPPER OPTIONS... writes a script that sets up an environment and becomes the
# program; wrapProgram PROGRAM OPTIONS... puts such a script in the program's own place.
makeWrapper() {
  local original=$1 wrapper=$2 argv0= inherit= before= flags= after= name value
  shift 2
  if [ ! -x "$original" ]; then die "makeWrapper: $original is not an executable file"; fi
  _wrapperLine() { before+="$1"$'\n'; }
  # Adds $3 before or after the present value of variable $1, unless it is in it.
  _wrapperSearch() {
    local variable=$2 separator value
    printf -v separator '%q' "$3"
    printf -v value '%q' "$4"
    if [ "$1" = prefix ]; then
      _wrapperLine "$variable=$value\${$variable:+$separator\$$variable}"
    else
      _wrapperLine "$variable=\${$variable:+\$$variable$separator}$value"
    fi
    _wrapperLine "export $variable"
  }
  while [ $# -gt 0 ]; do
    case $1 in
      --set) printf -v value '%q' "$3"; _wrapperLine "export $2=$value"; shift 3 ;;
      --set-default) printf -v value '%q' "$3"; _wrapperLine "export $2=\${$2-$value}"; shift 3 ;;
      --unset) _wrapperLine "unset $2"; shift 2 ;;
      --chdir) printf -v value '%q' "$2"; _wrapperLine "cd $value"; shift 2 ;;
      --run) _wrapperLine "$2"; shift 2 ;;
      --prefix) _wrapperSearch prefix "$2" "$3" "$4"; shift 4 ;;
      --suffix) _wrapperSearch suffix "$2" "$3" "$4"; shift 4 ;;
      --prefix-each | --suffix-each)
        name=${1#--}
        for value in $4; do _wrapperSearch "${name%-each}" "$2" "$3" "$value"; done
        shift 4
        ;;
      --add-flag) printf -v value '%q' "$2"; flags+=" $value"; shift 2 ;;
      --add-flags) flags+=" $2"; shift 2 ;;
      --append-flag) printf -v value '%q' "$2"; after+=" $value"; shift 2 ;;
      --append-flags) after+=" $2"; shift 2 ;;
      --argv0) argv0=$2; shift 2 ;;
      --inherit-argv0) inherit=1; shift ;;
      --resolve-argv0) shift ;;
      *) die "makeWrapper: unknown option $1" ;;
    esac
  done
  local start=
  if [ -n "$inherit" ]; then start='-a "$0" '; fi
  if [ -n "$argv0" ]; then printf -v start -- '-a %q ' "$argv0"; fi
  mkdir -p "$(dirname "$wrapper")"
  printf '#!%s -e\n%sexec %s%q%s "$@"%s\n' "@shell@" "$before" "$start" "$original" "$flags" "$after" > "$wrapper"
  chmod +x "$wrapper"
}
makeShellWrapper() { makeWrapper "$@"; }
makeBinaryWrapper() { makeWrapper "$@"; }

wrapProgram() {
  local program=$1 hidden
  shift
  if [ ! -x "$program" ]; then die "wrapProgram: $program is not an executable file"; fi
  hidden=$(dirname "$program")/.$(basename "$program")-wrapped
  while [ -e "$hidden" ]; do hidden=${hidden}_; done
  mv "$program" "$hidden"
  makeWrapper "$hidden" "$program" --inherit-argv0 "$@"
}
wrapProgramShell() { wrapProgram "$@"; }
