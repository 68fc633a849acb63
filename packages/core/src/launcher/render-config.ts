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
function literal(text, done, c) {
  if (format != "dotenv") return text
  done = ""
  while (match(text, /\\\\[\\\\n]/)) {
    c = substr(text, RSTART + 1, 1)
    done = done substr(text, 1, RSTART - 1) (c == "n" ? "\\n" : c)
    text = substr(text, RSTART + 2)
  }
  return done text
}
function has(value, c) {
  return index(value, c) > 0
}
function quoted(value) {
  if (value ~ /^[A-Za-z0-9_.\\/:@%+,-]*$/) return value
  if (has(value, "\\r")) fail("a carriage return does not fit into this file")
  if (!has(value, "\\047") && !has(value, "\\\\\\\\") && value !~ /\\\\$/) return "\\047" value "\\047"
  if (value !~ /["\\\\$\`]/) return "\\"" value "\\""
  if (value ~ /^[^ \\t\\n#"'\`\\\\]([^\\n#\\\\]*[^ \\t\\n#\\\\])?$/) return value
  if (!has(value, "\`")) return "\`" value "\`"
  if (!has(value, "\\047")) return "\\047" value "\\047"
  fail("a value with all three kinds of quotes does not fit into this file")
}
function assigned(line, at) {
  at = index(line, "=")
  return substr(line, 1, at) quoted(expand(substr(line, at + 1)))
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
function expand(text, done, start, end) {
  done = ""
  while (match(text, /[$][{][A-Z_][A-Z0-9_]*([}]|:[-?])/)) {
    start = RSTART
    done = done literal(substr(text, 1, start - 1))
    text = substr(text, start)
    end = closing(text)
    if (end == 0) break
    done = done looked_up(substr(text, 3, end - 3))
    text = substr(text, end + 1)
  }
  return done literal(text)
}
{ text = text (NR > 1 ? "\\n" : "") $0 }
END {
  if (!failed) {
    if (format == "dotenv") {
      count = split(text, lines, /\\n/)
      text = ""
      for (i = 1; i <= count; i++) text = text (i > 1 ? "\\n" : "") assigned(lines[i])
    } else {
      text = expand(text)
    }
    if (!failed) print text
  }
  exit failed
}
`;
