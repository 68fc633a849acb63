# The standard environment: what $stdenv/setup gives a builder. Phases, hooks and the functions that
# package expressions call, under the names that nixpkgs uses. Written for bash and GNU tools.
set -eu -o pipefail
shopt -s nullglob

: "${outputs:=out}"
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-315532800}
export HOME=/homeless-shelter TZ=UTC LC_ALL=C
export CONFIG_SHELL=$shell SHELL=$shell
export PATH=@path@

runHook() {
  local hookName=$1 hook
  shift
  local -n hooks=${hookName%Hook}Hooks 2>/dev/null || true
  for hook in "${hooks[@]:-}"; do
    if [ -n "$hook" ]; then _callImplicit "$hook" "$@"; fi
  done
  if declare -F "$hookName" >/dev/null; then
    "$hookName" "$@"
  elif [ -n "${!hookName:-}" ]; then
    eval "${!hookName}"
  fi
}

_callImplicit() {
  local name=$1
  shift
  if declare -F "$name" >/dev/null; then "$name" "$@"; else eval "$name"; fi
}

echoCmd() {
  local label=$1
  shift
  printf '%s:' "$label"
  printf ' %q' "$@"
  echo
}

die() {
  echo "$*" >&2
  exit 1
}

addToSearchPathWithCustomDelimiter() {
  local delimiter=$1 variable=$2 dir=$3
  if [ -d "$dir" ]; then export "$variable=${!variable:+${!variable}$delimiter}$dir"; fi
}
addToSearchPath() { addToSearchPathWithCustomDelimiter ":" "$@"; }
appendToVar() { local -n variable=$1; shift; variable="${variable:+$variable }$*"; }
prependToVar() { local -n variable=$1; shift; variable="$*${variable:+ $variable}"; }

# Inputs: each once, with what it propagates; then its programs on PATH and its setup hook.
declare -a allInputs=() envHooks=() envHostHooks=()
declare -A _seenInput=()
_addInput() {
  local input=$1 more
  if [ -n "${_seenInput[$input]:-}" ]; then return; fi
  _seenInput[$input]=1
  allInputs+=("$input")
  for more in "$input"/nix-support/propagated-*build-inputs; do
    for more in $(<"$more"); do _addInput "$more"; done
  done
}
addEnvHooks() { shift; envHooks+=("$@"); }
_activateInputs() {
  local input hook
  for input in ${buildInputs:-} ${propagatedBuildInputs:-}; do _addInput "$input"; done
  # Only these may end up in the search path of what is built, not the tools that build it.
  local hostCount=${#allInputs[@]}
  for input in ${nativeBuildInputs:-} ${propagatedNativeBuildInputs:-} ${nativeCheckInputs:-} \
    ${checkInputs:-}; do
    _addInput "$input"
  done
  _inputPath=
  for input in "${allInputs[@]}"; do
    if [ -d "$input/bin" ]; then _inputPath=$_inputPath$input/bin:; fi
    addToSearchPath PKG_CONFIG_PATH "$input/lib/pkgconfig"
    addToSearchPath PKG_CONFIG_PATH "$input/share/pkgconfig"
    addToSearchPath XDG_DATA_DIRS "$input/share"
    addToSearchPath NODE_PATH "$input/lib/node_modules"
    if [ -d "$input/include" ]; then
      export NIX_CFLAGS_COMPILE="${NIX_CFLAGS_COMPILE:-} -isystem $input/include"
    fi
    if [ $((hostCount--)) -gt 0 ] && [ -d "$input/lib" ]; then
      export NIX_LDFLAGS="${NIX_LDFLAGS:-} -L$input/lib -rpath $input/lib"
    fi
    for hook in "$input"/lib/python3*/*-packages; do addToSearchPath PYTHONPATH "$hook"; done
  done
  export PATH=$_inputPath$PATH
  for input in "${allInputs[@]}"; do
    for hook in "$input"/nix-support/setup-hook; do if [ -e "$hook" ]; then source "$hook"; fi; done
    for hook in "${envHooks[@]}"; do "$hook" "$input"; done
  done
}

# substitute FILE OUT --replace-fail OLD NEW, --replace, --replace-quiet, --subst-var, --subst-var-by
substitute() {
  local input=$1 output=$2 content old new mode
  shift 2
  IFS= read -r -d '' content < "$input" || true
  while [ $# -gt 0 ]; do
    mode=$1
    case $mode in
      --replace | --replace-fail | --replace-warn | --replace-quiet) old=$2 new=$3; shift 3 ;;
      --subst-var) old=@$2@ new=${!2}; shift 2 ;;
      --subst-var-by) old=@$2@ new=$3; shift 3 ;;
      *) die "substitute: unknown option $1" ;;
    esac
    if [[ $content != *"$old"* ]]; then
      if [ "$mode" = --replace-fail ]; then die "substitute: '$old' does not occur in $input"; fi
      if [ "$mode" = --replace-warn ]; then echo "substitute: '$old' does not occur in $input" >&2; fi
    fi
    content=${content//"$old"/"$new"}
  done
  printf '%s' "$content" > "$output"
}
substituteInPlace() {
  local -a files=()
  while [ $# -gt 0 ] && [[ $1 != --* ]]; do files+=("$1"); shift; done
  local file
  for file in "${files[@]}"; do
    [ -f "$file" ] || die "substituteInPlace: no file $file"
    substitute "$file" "$TMPDIR/.substituted" "$@"
    cat "$TMPDIR/.substituted" > "$file"
  done
}
substituteAll() {
  local name
  local -a changes=()
  for name in $(compgen -e | grep -E '^[a-z][a-zA-Z0-9_]*$'); do changes+=(--subst-var "$name"); done
  substitute "$1" "$2" "${changes[@]}"
}

stripHash() {
  local name=${1##*/}
  if [[ $name =~ ^[a-z0-9]{32}- ]]; then name=${name:33}; fi
  printf '%s\n' "$name"
}

unpackFile() {
  local source=$1
  case $source in
    *.tar | *.tar.* | *.tgz | *.tbz2 | *.txz) tar xf "$source" --no-same-owner ;;
    *.zip | *.jar | *.war | *.whl) busybox unzip -q "$source" ;;
    *)
      if [ -d "$source" ]; then
        cp -r --no-preserve=ownership,timestamps "$source" "$(stripHash "$source")"
      else
        die "cannot unpack $source: not a directory, tar or zip archive"
      fi
      ;;
  esac
}

unpackPhase() {
  runHook preUnpack
  local before source entry
  if [ -n "${src:-}${srcs:-}" ]; then
    before=$(printf '%s\n' *)
    for source in ${srcs:-$src}; do unpackFile "$source"; done
    if [ -z "${sourceRoot:-}" ]; then
      for entry in *; do
        if [ -d "$entry" ] && ! grep -qxF -- "$entry" <<< "$before"; then
          [ -z "${sourceRoot:-}" ] || die "several directories in the source: set sourceRoot"
          sourceRoot=$entry
        fi
      done
    fi
    [ -n "${sourceRoot:-}" ] || die "no directory in the source: set sourceRoot = \".\""
    chmod -R u+w -- "$sourceRoot"
  fi
  if [ -n "${sourceRoot:-}" ]; then cd -- "$sourceRoot"; fi
  runHook postUnpack
}

patchPhase() {
  runHook prePatch
  local file
  for file in ${patches:-}; do
    echo "applying $file"
    case $file in
      *.gz) gzip -dc "$file" | patch ${patchFlags:--p1} ;;
      *.xz) xz -dc "$file" | patch ${patchFlags:--p1} ;;
      *) patch ${patchFlags:--p1} < "$file" ;;
    esac
  done
  runHook postPatch
}

configurePhase() {
  runHook preConfigure
  if [ -z "${configureScript:-}" ] && [ -x ./configure ]; then configureScript=./configure; fi
  if [ -n "${configureScript:-}" ]; then
    local -a flags=()
    if [ -z "${dontAddPrefix:-}" ]; then flags+=("${prefixKey:---prefix=}$prefix"); fi
    # shellcheck disable=SC2206 # flags are words
    flags+=(${configureFlags:-} "${configureFlagsArray[@]:-}")
    echoCmd configure "${flags[@]}"
    $configureScript "${flags[@]}"
  fi
  runHook postConfigure
}

_hasMakefile() { [ -n "${makefile:-}" ] || [ -e Makefile ] || [ -e makefile ] || [ -e GNUmakefile ]; }
_make() {
  local label=$1
  shift
  local -a flags=(${makefile:+-f "$makefile"} SHELL="$shell" ${enableParallelBuilding:+-j${NIX_BUILD_CORES:-1}})
  # shellcheck disable=SC2206 # flags are words
  flags+=(${makeFlags:-} "${makeFlagsArray[@]}" "$@")
  echoCmd "$label" make "${flags[@]}"
  make "${flags[@]}"
}
declare -a makeFlagsArray=() configureFlagsArray=() buildFlagsArray=() installFlagsArray=()

buildPhase() {
  runHook preBuild
  # shellcheck disable=SC2086 # flags are words
  if _hasMakefile; then _make build ${buildFlags:-} "${buildFlagsArray[@]}"; fi
  runHook postBuild
}

checkPhase() {
  runHook preCheck
  if _hasMakefile; then
    # shellcheck disable=SC2086 # flags are words
    if [ -n "${checkTarget:-}" ] || grep -qE '^(check|test):' "${makefile:-Makefile}"; then
      _make check ${checkFlags:-} ${checkTarget:-$(grep -oEm1 '^(check|test)' "${makefile:-Makefile}")}
    fi
  fi
  runHook postCheck
}

installPhase() {
  runHook preInstall
  # shellcheck disable=SC2086 # flags are words
  if _hasMakefile; then
    _make install ${installFlags:-} "${installFlagsArray[@]}" ${installTargets:-install}
  fi
  runHook postInstall
}

patchShebangs() {
  local path file line rest interpreter found
  for path in "$@"; do
    case $path in --*) continue ;; esac
    while IFS= read -r -d '' file; do
      line=$(head -c 1024 "$file" | tr -d '\0' | head -n 1)
      [[ $line =~ ^'#!'[[:space:]]*([^[:space:]]+)[[:space:]]*(.*)$ ]] || continue
      interpreter=${BASH_REMATCH[1]} rest=${BASH_REMATCH[2]}
      if [[ $interpreter == /nix/store/* ]]; then continue; fi
      if [[ $interpreter == */env ]]; then
        if [[ $rest == -S* ]]; then rest=${rest#-S}; rest=${rest# }; fi
        interpreter=${rest%% *}
        if [[ $rest == *' '* ]]; then rest=${rest#* }; else rest=; fi
      fi
      found=$(PATH=${_inputPath:-}$PATH type -P "${interpreter##*/}" || true)
      case ${interpreter##*/} in sh | bash) found=${shell%/*}/${interpreter##*/} ;; esac
      if [ -z "$found" ]; then continue; fi
      echo "$file: $interpreter -> $found"
      line="#!$found${rest:+ $rest}"
      { printf '%s\n' "$line"; tail -n +2 "$file"; } > "$TMPDIR/.shebang"
      cat "$TMPDIR/.shebang" > "$file"
    done < <(find "$path" -type f -perm -0100 -print0)
  done
}

fixupPhase() {
  local name output variable
  for name in $outputs; do
    if [ -e "${!name}" ]; then chmod -R u+w,go-w -- "${!name}" 2>/dev/null || true; fi
  done
  runHook preFixup
  for name in $outputs; do
    output=${!name}
    if [ ! -d "$output" ]; then continue; fi
    if [ -z "${dontPatchShebangs:-}" ]; then patchShebangs "$output"; fi
    if [ -z "${dontMoveSbin:-}" ] && [ -d "$output/sbin" ] && [ ! -L "$output/sbin" ]; then
      mkdir -p "$output/bin"
      mv "$output"/sbin/* "$output/bin/"
      rmdir "$output/sbin"
      ln -s bin "$output/sbin"
    fi
    for name in "${fixupOutputHooks[@]}"; do prefix=$output "$name"; done
  done
  output=${dev:-${out:-}}
  for variable in propagatedBuildInputs propagatedNativeBuildInputs; do
    if [ -n "${!variable:-}" ]; then
      mkdir -p "$output/nix-support"
      name=propagated-build-inputs
      if [ $variable = propagatedNativeBuildInputs ]; then name=propagated-native-build-inputs; fi
      printf '%s ' ${!variable} > "$output/nix-support/$name"
    fi
  done
  if [ -n "${setupHook:-}" ]; then
    mkdir -p "$output/nix-support"
    substituteAll "$setupHook" "$output/nix-support/setup-hook"
  fi
  runHook postFixup
}
declare -a fixupOutputHooks=()

installCheckPhase() {
  runHook preInstallCheck
  runHook postInstallCheck
}

installBin() { local file; for file in "$@"; do install -Dm755 "$file" "${!outputBin}/bin/${file##*/}"; done; }

genericBuild() {
  if [ -n "${buildCommandPath:-}" ]; then source "$buildCommandPath"; return; fi
  if [ -n "${buildCommand:-}" ]; then eval "$buildCommand"; return; fi
  local phase skip
  for phase in ${phases:-${prePhases:-} unpackPhase patchPhase ${preConfigurePhases:-} configurePhase \
    ${preBuildPhases:-} buildPhase checkPhase ${preInstallPhases:-} installPhase ${preFixupPhases:-} \
    fixupPhase installCheckPhase ${postPhases:-}}; do
    case $phase in
      checkPhase) if [ -z "${doCheck:-}" ]; then continue; fi ;;
      installCheckPhase) if [ -z "${doInstallCheck:-}" ]; then continue; fi ;;
    esac
    skip=dont${phase%Phase}
    skip=dont$(tr '[:lower:]' '[:upper:]' <<< "${phase:0:1}")${phase:1}
    skip=${skip%Phase}
    if [ -n "${!skip:-}" ]; then continue; fi
    echo "phase: ${phase%Phase}"
    if [ -n "${!phase:-}" ]; then eval "${!phase}"; else _callImplicit "$phase"; fi
  done
}

for _name in $outputs; do
  if [ -z "${prefix:-}" ]; then prefix=${!_name}; fi
done
if [ -n "${out:-}" ]; then prefix=$out; fi
export prefix
outputBin=out
for _name in bin out; do
  if [[ " $outputs " == *" $_name "* ]]; then outputBin=$_name; break; fi
done
_activateInputs
runHook postHook
