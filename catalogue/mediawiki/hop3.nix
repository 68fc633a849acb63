# MediaWiki of Debian's two packages as one tree, and the web server before it. Settings and data are elsewhere.
{ pkgs, src }:
let
  extensions = "Cite ParserFunctions WikiEditor";
  mediawiki = pkgs.runCommand "mediawiki" { } ''
    from=${pkgs.debianPackages.mediawiki}/share/mediawiki
    mkdir -p $out/extensions $out/skins
    for entry in $from/*; do
      case ''${entry##*/} in
        # Links to where Debian keeps them, other people's extensions, and what would install over the web.
        LocalSettings.php | config | images | extensions | extensions-core | skins | mw-config) ;;
        *) cp -r $entry $out ;;
      esac
    done
    cp -r $from/skins/Vector $out/skins
    for name in ${extensions}; do cp -r $from/extensions-core/$name $out/extensions; done
    chmod -R u+w $out
    cp -r ${pkgs.debianPackages.mediawiki-classes}/share/mediawiki/. $out
  '';
  php = pkgs.php.withExtensions (
    { enabled, all }:
    enabled
    ++ [
      all.apcu
      all.gd
      all.intl
      all.pdo_sqlite
      all.sqlite3
    ]
  );
  phpFpmConfig = pkgs.writeText "php-fpm.conf" ''
    [global]
    error_log = /proc/self/fd/2
    log_level = warning
    process_control_timeout = 30s

    [web]
    listen = ''${PHP_SOCKET}
    pm = static
    pm.max_children = 6
    pm.max_requests = 500
    clear_env = no
    catch_workers_output = yes
    decorate_workers_output = no
  '';
  # What is not named here is not handed out: MediaWiki's inner files are no pages.
  caddyfile = pkgs.writeText "Caddyfile" ''
    {
      admin off
      auto_https off
      grace_period 30s
      log {
        level ERROR
      }
    }
    http://:{$PORT} {
      bind {$BIND_ADDRESS}
      root * ${mediawiki}
      encode gzip
      @pages path / /index.php /load.php /api.php /rest.php /rest.php/* /thumb.php /img_auth.php/* /opensearch_desc.php
      handle @pages {
        php_fastcgi unix/{$PHP_SOCKET} {
          trusted_proxies private_ranges
        }
      }
      @assets {
        path /resources/* /skins/* /extensions/*
        not path *.php *.json
      }
      handle @assets {
        file_server
      }
      respond 404
    }
  '';
  serve = pkgs.writeShellScript "serve-mediawiki" ''
    set -eu
    run=$(mktemp -d)
    export PHP_SOCKET=$run/php.sock
    trap 'rm -rf "$run"' EXIT
    ${php}/bin/php-fpm --nodaemonize --fpm-config ${phpFpmConfig} \
      -d upload_max_filesize="''${WIKI_UPLOAD:-16M}" -d post_max_size="''${WIKI_UPLOAD:-16M}" 2> >(exec cat >&2) &
    php=$!
    while [ ! -S "$PHP_SOCKET" ]; do
      kill -0 "$php" || exit 1
      sleep 0.02
    done
    XDG_CONFIG_HOME=$run XDG_DATA_HOME=$run \
      ${pkgs.caddy}/bin/caddy run --config ${caddyfile} --adapter caddyfile &
    web=$!
    stopped=
    trap 'stopped=yes' TERM INT
    wait -n || true
    kill "$web" 2>/dev/null || true
    wait "$web" || true
    kill -QUIT "$php" 2>/dev/null || true
    wait "$php" || true
    [ -n "$stopped" ]
  '';
  package = pkgs.runCommand "wiki" { } ''
    mkdir -p $out/share/wiki
    cp ${src}/setup.sh ${src}/settings.php $out/share/wiki
  '';
in
{
  inherit package;
  workers.web = "${serve}";
  env = {
    MEDIAWIKI = "${mediawiki}";
    MW_CONFIG_FILE = "${package}/share/wiki/settings.php";
  };
  path = [ "${php}/bin" ];
  working_dir = "share/wiki";
  before_run = [ "sh setup.sh" ];
}
