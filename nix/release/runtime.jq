# Makes hop3/runtime.json in two steps, since only the shell can look for programs.
# With --argjson attributes, overrides, shipped and --arg package, shell, path, python, node, perl, certificates: a line with the
# merged document, a line with the path that its commands are searched in, and "owner<TAB>word" for each command whose first
# word names a program. With --rawfile resolved ("word<TAB>path" a line) and that document as input: the document with those
# words replaced by the paths.

# Attributes of hop3.nix over the package's own hop3/runtime.json, key by key, over what the inputs give. Checks no types: the
# builder does that with the schema, where it can say what is wrong and where.
def asWorker: if type == "object" then . else { command: . } end;
def kindOf($name):
  if type == "object" and .kind == null then
    .kind = (if .schedule != null then "cron" elif $name == "web" then "web" else "background" end)
  else . end;
def over($file; $own):
  if ($file | type) == "object" and ($own | type) == "object" then $file + $own else ($own // $file) end;
def merged($attributes; $overrides; $shipped):
  $ARGS.named as { $package, $shell, $path, $python, $node, $perl, $certificates }
  | ($shipped // {}) as $file
  | ($file | if type == "object" then . else { "hop3/runtime.json": . } end) as $file
  | over($file.workers; $attributes.workers)
  | (if type == "object" then with_entries(.value |= asWorker) else . end) as $named
  | (reduce ($overrides.workers | to_entries[]) as $one ($named // {}; if type == "object" then .[$one.key] = ((.[$one.key] // {}) + $one.value) else . end)) as $workers
  | over($file.env; $attributes.env) as $env
  | {
      PYTHONPATH: $python,
      PYTHONUNBUFFERED: (if $python == "" then "" else "1" end),
      NODE_PATH: $node,
      PERL5LIB: $perl,
      SSL_CERT_FILE: $certificates
    } as $computed
  | ($attributes.static_paths // $file.static_paths // {} | if type == "object" then .["/"] else null end) as $site
  # A site of files alone needs a worker all the same: busybox, which is in every closure.
  | (if ($workers | type) == "object" and $workers.web == null and ($site | type) == "string" then
      $workers + { web: { command: ["busybox", "sh", "-c", "exec busybox httpd -f -p \"$BIND_ADDRESS:$PORT\" -h \"$0\"", $site], kind: "web" } }
    else $workers end) as $workers
  | ($file + $attributes)
  | del(.workers, .env, .path, .schema)
  | . + {
      schema: 1,
      env_vars: over($computed | with_entries(select(.value != "")); $env),
      path_prepend: (
        (($attributes.path // $file.path // []) | if type == "array" then map(if type == "string" and (startswith("/") | not) then "\($package)/\(.)" else . end) else . end)
        | if type == "array" then . + ($path | split(":") | map(select(. != ""))) else . end
      ),
      working_dir: (.working_dir // $package | if type == "string" and (startswith("/") | not) then "\($package)/\(.)" else . end),
      shell: $shell,
      workers: (
        $workers // {}
        | if type == "object" then with_entries(.key as $name | .value |= kindOf($name)) else . end
      ),
      before_run: ($overrides.before_run // .before_run // []),
      static_paths: (.static_paths // {}),
      healthcheck: (.healthcheck // {}),
      writable_tree: (.writable_tree // []),
      limits: (.limits // {})
    };

def builtin:
  . as $word
  | ["exec","cd","set","export","unset","trap","ulimit","umask","wait","read","test","[","[[","if","for","while","until","case","then",
     "do","!",".","eval","command","true","false","echo","printf","kill","let","local","shift","return","exit","time",":"]
  | index($word) != null;
# Leading assignments, then a word without anything that the shell would still expand.
def split:
  capture("^(?<head>\\s*(?:[A-Za-z_][A-Za-z0-9_]*=[^\\s\"'$`\\\\;&|<>()]*\\s+)*(?:exec\\s+)?)(?<word>[^\\s\"'$`\\\\;&|<>(){}*?#~!=\\[\\]]+)(?<rest>(?:\\s[\\s\\S]*)?)$")?;
def word:
  if type == "array" then (.[0] | strings)
  elif type == "string" then (split | .word | select(builtin | not))
  else empty end;
def replace($map):
  if type == "array" then (if (.[0] | type) == "string" and $map[.[0]] then [$map[.[0]]] + .[1:] else . end)
  elif type == "string" then
    . as $whole
    | ([split] | first) as $part
    | if $part == null or $map[$part.word] == null then $whole else $part.head + $map[$part.word] + $part.rest end
  else . end;
def workers: if (.workers | type) == "object" then .workers else {} end;
def beforeRun: if (.before_run | type) == "array" then .before_run else [] end;
def commandWords:
  (workers | to_entries[] | select(.value | type == "object") | .key as $name | .value.command | word | "workers.\($name)\t\(.)"),
  (beforeRun | to_entries[] | .key as $index | .value | word | "before_run[\($index)]\t\(.)");
def withPaths($resolved):
  ($resolved | split("\n") | map(select(. != "") | split("\t") | { key: .[0], value: .[1] }) | from_entries) as $map
  | (if (.workers | type) == "object" then .workers |= map_values(if type == "object" then .command |= replace($map) else . end) else . end)
  | (if (.before_run | type) == "array" then .before_run |= map(replace($map)) else . end);

if $ARGS.named.resolved then
  withPaths($ARGS.named.resolved)
else
  merged($ARGS.named.attributes; $ARGS.named.overrides; $ARGS.named.shipped)
  | tojson,
    ((.path_prepend | arrays | map(strings) | join(":")) // $ARGS.named.path),
    commandWords
end
