/**
 * The awk program that fills in a configuration file at start. It replaces `${NAME}`,
 * `${NAME:-default}` and `${NAME:?message}` (names in capitals) from the environment and nothing
 * else; values are escaped for the format they land in. No shell ever reads the file.
 */
export const renderConfigScript = `# Writes its input with \${NAME}, \${NAME:-default} and \${NAME:?message} filled in from the environment.
function fail(message) {
  print "hop3: " target ": " message > "/dev/stderr"
  failed = 1
  exit 1
}
function escaped(value) {
  if (format == "json") {
    gsub(/[\\\\"]/, "\\\\\\\\&", value)
    gsub(/\\n/, "\\\\n", value)
    gsub(/\\r/, "\\\\r", value)
    gsub(/\\t/, "\\\\t", value)
  } else if (format == "php") {
    gsub(/[\\\\']/, "\\\\\\\\&", value)
  } else if (format == "ini" && value ~ /[\\r\\n]/) {
    fail("a value of several lines does not fit into this file")
  }
  return value
}
function closing(text, at, depth, c) {
  depth = 0
  for (at = 2; at <= length(text); at++) {
    c = substr(text, at, 1)
    if (c == "{") depth++
    else if (c == "}" && --depth == 0) return at
  }
  return 0
}
function looked_up(inside, name, rest) {
  match(inside, /^[A-Z_][A-Z0-9_]*/)
  name = substr(inside, 1, RLENGTH)
  rest = substr(inside, RLENGTH + 1)
  if ((name in ENVIRON) && (rest == "" || ENVIRON[name] != "")) return escaped(ENVIRON[name])
  if (rest ~ /^:-/) return expand(substr(rest, 3))
  if (rest ~ /^:[?]/) fail(name ": " substr(rest, 3))
  fail(name " is not set")
}
function expand(text, done, end) {
  done = ""
  while (match(text, /[$][{][A-Z_][A-Z0-9_]*([}]|:[-?])/)) {
    done = done substr(text, 1, RSTART - 1)
    text = substr(text, RSTART)
    end = closing(text)
    if (end == 0) break
    done = done looked_up(substr(text, 3, end - 3))
    text = substr(text, end + 1)
  }
  return done text
}
{ text = text (NR > 1 ? "\\n" : "") $0 }
END {
  if (!failed) {
    text = expand(text)
    if (!failed) print text
  }
  exit failed
}
`;
