# Builds the release derivation: collects what the package propagates, resolves the first word of every command, and
# writes hop3/runtime.json. Runs in the sandbox under busybox; PATH has busybox and jq.
# A line "hop3-error: {json}" on standard error is read by the builder and becomes the message that the user sees.

fail() { # CODE JQ-ARGUMENTS… : the object that becomes the error
  code=$1
  shift
  printf 'hop3-error: %s\n' "$(jq -nc --arg code "$code" "$@")" >&2
  exit 1
}

mkdir -p "$out/hop3"
ln -s "$package" "$out/package"

# Transitive propagated inputs, breadth first, the package itself in front: the nixpkgs convention.
inputs=
queue="$programs $package"
while [ -n "$queue" ]; do
  next=
  for path in $queue; do
    case " $inputs " in *" $path "*) continue ;; esac
    inputs="$inputs $path"
    if [ -e "$path/nix-support/propagated-build-inputs" ]; then
      next="$next $(cat "$path/nix-support/propagated-build-inputs")"
    fi
  done
  queue=$next
  [ -n "${queue## }" ] || queue=
done

join() { # LIST DIRECTORY
  if [ -d "$2" ]; then
    if [ -n "$1" ]; then printf '%s:%s' "$1" "$2"; else printf '%s' "$2"; fi
  else
    printf '%s' "$1"
  fi
}
path= python= node= perl= certificates=
for input in $inputs; do
  path=$(join "$path" "$input/bin")
  for directory in "$input"/lib/python3*/site-packages "$input"/lib/python3*/dist-packages; do
    python=$(join "$python" "$directory")
  done
  node=$(join "$node" "$input/lib/node_modules")
  perl=$(join "$perl" "$input/lib/perl5/site_perl")
  if [ -z "$certificates" ] && [ -e "$input/etc/ssl/certs/ca-bundle.crt" ]; then
    certificates=$input/etc/ssl/certs/ca-bundle.crt
  fi
done
path=$(join "$path" "$shellTools")

shipped=null
if [ -e "$package/hop3/runtime.json" ]; then
  if ! shipped=$(jq -c . "$package/hop3/runtime.json" 2>problem); then
    fail NIX_RUNTIME_JSON --arg reason "$(cat problem)" '{code: $code, reason: $reason}'
  fi
fi

# jq takes longer to start than for the work: once for the document, the path and the words.
jq -rn --argjson attributes "$contract" --argjson overrides "$overrides" --argjson shipped "$shipped" \
  --arg package "$package" --arg shell "$shell" \
  --arg path "$path" --arg python "$python" --arg node "$node" --arg perl "$perl" --arg certificates "$certificates" \
  -f "$runtime" >planned
head -n 1 planned >merged.json
# What `path` names is searched too, in front.
path=$(sed -n 2p planned)

# First words of all commands that name a program, one a line; each becomes an absolute path or the build fails.
lookup() {
  case $1 in
    /*) [ -x "$1" ] && [ ! -d "$1" ] && printf '%s' "$1" ;;
    */*) [ -x "$package/$1" ] && [ ! -d "$package/$1" ] && printf '%s' "$package/$1" ;;
    *)
      old=$IFS
      IFS=:
      for directory in $path; do
        if [ -x "$directory/$1" ] && [ ! -d "$directory/$1" ]; then
          printf '%s' "$directory/$1"
          break
        fi
      done
      IFS=$old
      ;;
  esac
}
: >resolved
tail -n +3 planned | while IFS="$(printf '\t')" read -r owner word; do
  found=$(lookup "$word" || true)
  if [ -z "$found" ]; then
    IFS=:
    # shellcheck disable=SC2086
    own=$(for directory in ${path%:*}; do ls "$directory"; done | sort -u | head -n 2000)
    fail NIX_COMMAND_NOT_FOUND --arg owner "$owner" --arg word "$word" --arg available "$own" \
      '{code: $code, owner: $owner, word: $word, available: ($available | split("\n") | map(select(. != "")))}'
  fi
  printf '%s\t%s\n' "$word" "$found" >>resolved
done

jq --rawfile resolved resolved -f "$runtime" merged.json >"$out/hop3/runtime.json"
