# Without --arg apply: "owner<TAB>word" for each command whose first word names a program. With it: the same document, those
# words replaced by the absolute paths in $resolved ("word<TAB>path" a line).
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

if $ARGS.named.apply then
  ($ARGS.named.resolved | split("\n") | map(select(. != "") | split("\t") | { key: .[0], value: .[1] }) | from_entries) as $map
  | (if (.workers | type) == "object" then .workers |= map_values(if type == "object" then .command |= replace($map) else . end) else . end)
  | (if (.before_run | type) == "array" then .before_run |= map(replace($map)) else . end)
else
  (workers | to_entries[] | select(.value | type == "object") | .key as $name | .value.command | word | "workers.\($name)\t\(.)"),
  (beforeRun | to_entries[] | .key as $index | .value | word | "before_run[\($index)]\t\(.)")
end
