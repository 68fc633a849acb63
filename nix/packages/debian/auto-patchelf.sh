# Points programs and libraries that others built at those of the set: what they expect of a host is in
# the store. nixpkgs has a hook of this name; the messages are the same.
_autoPatchelfUnmet=0

# autoPatchelf [--no-recurse] [--] PATH…
autoPatchelf() {
  local library dir file root
  local -a options=() libraries=(@libc@/lib/@triplet@)
  local -A ownLibraries=()
  while [[ ${1:-} == --* ]]; do
    case $1 in
      --no-recurse) options+=(-maxdepth 1) ;;
      --) shift; break ;;
      *) die "autoPatchelf: unknown option $1" ;;
    esac
    shift
  done
  for dir in ${buildInputs:-} ${propagatedBuildInputs:-}; do
    for dir in "$dir"/lib "$dir"/lib/@triplet@; do
      if [ -d "$dir" ]; then libraries+=("$dir"); fi
    done
  done
  for root in "$@"; do
    while IFS= read -r -d '' file; do
      library=${file##*/}
      if [ -z "${ownLibraries[$library]:-}" ]; then ownLibraries[$library]=${file%/*}; fi
    done < <(find "$root" "${options[@]}" -name '*.so*' -print0)
  done
  for root in "$@"; do
    while IFS= read -r -d '' file; do
      if _autoPatchelfIsOurs "$file"; then _autoPatchelfFile "$file"; fi
    done < <(find "$root" "${options[@]}" -type f \
      \( -perm -0100 -o -name '*.so*' -o -name '*.node' \) -print0)
  done
  if [ "$_autoPatchelfUnmet" -gt 0 ]; then
    die "auto-patchelf: $_autoPatchelfUnmet dependencies could not be satisfied"
  fi
}

# True for a program or library of this kind of machine.
_autoPatchelfIsOurs() {
  local magic=
  IFS= read -r -n 4 magic < "$1" 2>/dev/null || true
  [ "$magic" = $'\177ELF' ] || return 1
  [ "$(od -An -tx1 -j4 -N1 "$1")$(od -An -tx1 -j18 -N2 "$1")" = "$_autoPatchelfMachine" ]
}
_autoPatchelfLoader=$(echo @libc@/lib/@triplet@/ld-linux-*.so.*)
_autoPatchelfMachine=$(od -An -tx1 -j4 -N1 "$_autoPatchelfLoader")$(od -An -tx1 -j18 -N2 "$_autoPatchelfLoader")

_autoPatchelfFile() {
  local file=$1 interpreter needed library dir found old rpath= own
  interpreter=$(@patchelf@ --print-interpreter "$file" 2>/dev/null || true)
  needed=$(@patchelf@ --print-needed "$file" 2>/dev/null || true)
  # Static programs need nobody.
  if [ -z "$interpreter$needed" ]; then return; fi
  old=$(@patchelf@ --print-rpath "$file" 2>/dev/null || true)
  IFS=: read -r -a own <<< "$old" || true
  for dir in "${own[@]}"; do
    case $dir in '$ORIGIN'*) rpath=$rpath:$dir ;; esac
  done
  for library in $needed; do
    found=$(_autoPatchelfFind "$file" "$library" "${own[@]}")
    case $found in
      own) ;;
      '') _autoPatchelfMissing "$file" "$library" ;;
      *) case $rpath: in *":$found:"*) ;; *) rpath=$rpath:$found ;; esac ;;
    esac
  done
  chmod u+w "$file"
  if [ -n "$interpreter" ]; then
    echo "$file: $interpreter -> $_autoPatchelfLoader"
    @patchelf@ --set-interpreter "$_autoPatchelfLoader" "$file"
  fi
  @patchelf@ --set-rpath "${rpath#:}" "$file"
}

# Where library $2 of file $1 is: "own" where the search path that the file has leads there.
_autoPatchelfFind() {
  local file=$1 library=$2 dir
  shift 2
  for dir in "$@"; do
    case $dir in
      '$ORIGIN'*) if [ -e "${file%/*}${dir#'$ORIGIN'}/$library" ]; then echo own; return; fi ;;
    esac
  done
  for dir in "${libraries[@]}"; do
    if [ -e "$dir/$library" ]; then
      dir=$(readlink -f "$dir/$library")
      echo "${dir%/*}"
      return
    fi
  done
  echo "${ownLibraries[$library]:-}"
}

_autoPatchelfMissing() {
  local pattern
  for pattern in ${autoPatchelfIgnoreMissingDeps:-}; do
    # shellcheck disable=SC2053 # a pattern
    if [[ $2 == $pattern ]]; then
      echo "warn: auto-patchelf ignoring missing $2 wanted by $1" >&2
      return
    fi
  done
  _autoPatchelfUnmet=$((_autoPatchelfUnmet + 1))
  echo "error: auto-patchelf could not satisfy dependency $2 wanted by $1" >&2
}

_autoPatchelfOutputs() {
  local name
  if [ -n "${dontAutoPatchelf:-}" ]; then return; fi
  for name in $outputs; do
    if [ -e "${!name}" ]; then autoPatchelf -- "${!name}"; fi
  done
}
postFixupHooks+=(_autoPatchelfOutputs)
