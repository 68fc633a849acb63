# Attributes of hop3.nix over the package's own hop3/runtime.json, key by key, over what the inputs give. Checks no types: the
# builder does that with the schema, where it can say what is wrong and where.
def asWorker: if type == "object" then . else { command: . } end;
def kindOf($name):
  if type == "object" and .kind == null then
    .kind = (if .schedule != null then "cron" elif $name == "web" then "web" else "background" end)
  else . end;
def over($file; $own):
  if ($file | type) == "object" and ($own | type) == "object" then $file + $own else ($own // $file) end;

($shipped // {}) as $file
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
| (.static_paths // $attributes.static_paths // $file.static_paths // {} | if type == "object" then .["/"] else null end) as $site
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
  }
