import type { Binding } from "../../nix/ast.ts";
import { nix } from "../expressions.ts";

/**
 * Requests that are answered at a time; more wait. All processes are there from the beginning:
 * php-fpm makes more of them by one a second at best, which is no answer to sixteen requests at once.
 */
const parallelRequests = 16;

/** The binding `serve`: a script that takes the directory of the pages, and further arguments for php-fpm. */
export function serverBindings(): readonly Binding[] {
  const writeText = (name: string, text: string) =>
    nix.call(nix.ref("pkgs", "writeText"), nix.string(name), nix.indented(text));
  const script = nix.indented(
    startPhp,
    "# It opens its log by name: only a pipe of its own user lets it.\n",
    nix.ref("php"),
    "/bin/php-fpm --nodaemonize --fpm-config ",
    nix.ref("phpFpmConfig"),
    ' "$@" 2> >(exec cat >&2) &\nphp=$!\n',
    startCaddy,
    nix.ref("pkgs", "caddy"),
    "/bin/caddy run --config ",
    nix.ref("caddyfile"),
    " --adapter caddyfile &\nweb=$!\n",
    waitForBoth,
  );
  return [
    nix.bind("phpFpmConfig", writeText("php-fpm.conf", fpmConfig)),
    nix.bind("caddyfile", writeText("Caddyfile", caddyfile)),
    nix.bind(
      "serve",
      nix.call(nix.ref("pkgs", "writeShellScript"), nix.string("serve-php"), script),
      { comment: "Starts PHP's processes and a web server before them; they end together." },
    ),
  ];
}

const fpmConfig = `[global]
error_log = /proc/self/fd/2
log_level = warning
process_control_timeout = 30s

[web]
listen = \${PHP_SOCKET}
pm = static
pm.max_children = ${parallelRequests}
pm.max_requests = 1000
clear_env = no
catch_workers_output = yes
decorate_workers_output = no
`;

const caddyfile = `{
  admin off
  auto_https off
  grace_period 30s
  log {
    level ERROR
  }
}
http://:{$PORT} {
  bind {$BIND_ADDRESS}
  root * {$PHP_ROOT}
  @hidden {
    path */.*
    not path /.well-known/*
  }
  respond @hidden 404
  encode gzip
  php_fastcgi unix/{$PHP_SOCKET} {
    trusted_proxies private_ranges
  }
  file_server
}
`;

const startPhp = `set -eu
PHP_ROOT=$1
shift
run=$(mktemp -d)
PHP_SOCKET=$run/php.sock
export PHP_ROOT PHP_SOCKET
trap 'rm -rf "$run"' EXIT
`;

const startCaddy = `while [ ! -S "$PHP_SOCKET" ]; do
  kill -0 "$php" || exit 1
  sleep 0.02
done
XDG_CONFIG_HOME=$run XDG_DATA_HOME=$run \\
  `;

/** Requests are finished first: the web server ends before PHP does. */
const waitForBoth = `stopped=
trap 'stopped=yes' TERM INT
wait -n || true
kill "$web" 2>/dev/null || true
wait "$web" || true
kill -QUIT "$php" 2>/dev/null || true
wait "$php" || true
[ -n "$stopped" ]
`;
