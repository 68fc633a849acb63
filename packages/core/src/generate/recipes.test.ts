import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseToml } from "smol-toml";
import { describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { evalNix, parseNix } from "../../test/nix-eval.ts";
import { type Started, startGenerated } from "../../test/run-start.ts";
import { evaluateWithStandIn } from "../../test/stand-in.ts";
import { loadConfig } from "../config/load.ts";
import { makePlan } from "../plan/make-plan.ts";
import { makeMemoryTree } from "../source/tree.ts";
import { generatePlanned } from "./generate.ts";

/** Recipes of many kinds of apps, each with a key or a value that others do not have. */
const recipes = join(import.meta.dirname, "../../test/recipes");

/** Files that a recipe may have beside it. */
const beside = {
  "dist/index.html": "",
  "requirements.txt": `gunicorn==22.0 --hash=sha256:${"0".repeat(64)}\n`,
  "Cargo.lock": 'version = 3\n\n[[package]]\nname = "vault"\nversion = "1.0.0"\n',
  "Cargo.toml": '[package]\nname = "vault"\nversion = "1.0.0"\n',
};

/** What `[env]` of a recipe makes, and what the user has set. */
const made = {
  SECRET_KEY: "made",
  SECRET_KEY_BASE: "made",
  APP_SECRET: "made",
  WALLABAG_SECRET: "made",
  NODEBB_SECRET: "made",
  WP_AUTH_KEY: "it's \\ made",
};

interface Expected {
  readonly template: string;
  readonly tier: string;
  /** Last words of what web starts. */
  readonly ends: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly check?: (started: Started, text: string) => void;
}

const wrapper = { template: "nixpkgs-wrapper", tier: "nixpkgs" };
const php = { template: "php-app", tier: "source" };
const node = { template: "node-prebuilt", tier: "prebuilt" };
const archive = { template: "prebuilt-archive", tier: "prebuilt" };
const go = { template: "go-source", tier: "source" };
const ruby = { template: "ruby-bundler", tier: "source" };

function json(started: Started, file: string): unknown {
  return JSON.parse(started.files[file] ?? "");
}

const expected: Readonly<Record<string, Expected>> = {
  cyberchef: { template: "static-site", tier: "source", ends: "--listen 127.0.0.9:4321" },
  "discourse-like": {
    ...ruby,
    ends: "puma -b unix:///data/http.sock -w 2 -e production",
    check: ({ ran }) =>
      expect(ran.map((words) => words.slice(1).join(" ")).slice(0, 2)).toEqual([
        "exec rake db:migrate",
        "exec rake assets:precompile",
      ]),
  },
  dokuwiki: {
    ...php,
    ends: "-serve-php /data/share/dokuwiki",
    check: ({ files }) => {
      const text = files["share/dokuwiki/conf/local.php"];
      expect(text).toContain("= 'It''s a wiki';");
      expect(text).toContain(`= "$PWD/data"; // $PWD is PHP's here`);
    },
  },
  drupal: {
    ...php,
    ends: "-serve-php /data/share/drupal",
    check: ({ files }) => {
      const text = files["share/drupal/sites/default/settings.local.php"];
      expect(text).toContain(`'password' => 'p$w"\\''`);
      expect(text).toContain("'^app\\\\.example\\\\.org$'");
    },
  },
  etherpad: {
    ...node,
    ends: "/share/etherpad/src/node/server.js",
    check: (started) =>
      expect(json(started, "settings.json")).toMatchObject({
        title: "${TITLE:Etherpad}",
        port: 4321,
        users: { admin: { password: null } },
      }),
  },
  forgejo: {
    ...go,
    ends: "gitea web --port 4321",
    check: ({ env }, text) => {
      expect(env["STATIC_ROOT"]).toMatch(/\/share\/forgejo$/);
      expect(text).toContain("cp -r custom/conf $out/share/forgejo/custom/conf");
    },
  },
  freshrss: { ...php, ends: "-serve-php /data/share/freshrss" },
  ghost: {
    ...node,
    ends: "/share/ghost/index.js",
    check: (started) =>
      expect(json(started, "config.production.json")).toMatchObject({
        title: 'Gespenster "und" Ähnliches – 日本語',
        server: { port: "4321" },
        database: { connection: { password: "m'y\\", port: 3306 }, pool: { min: 0, max: 10 } },
        logging: { rotation: { enabled: true, period: 1.5 } },
      }),
  },
  gotify: {
    ...go,
    ends: "/bin/server",
    env: { GOTIFY_SERVER_PORT: "4321", GOTIFY_DEFAULTUSER_PASS: `it's "$(secret)" & \\ more` },
  },
  healthchecks: {
    template: "python-venv",
    tier: "source",
    ends: "/share/healthchecks --bind unix:/data/http.sock --workers 3",
  },
  "lemmy-ui": {
    ...node,
    ends: "/share/lemmy-ui/dist/js/server.js",
    env: { LEMMY_UI_HOST: "127.0.0.9:4321" },
  },
  linkding: { ...wrapper, ends: "/stand-in/getExe" },
  "mastodon-like": { ...ruby, ends: "rails server -p 4321 -b 127.0.0.9" },
  mattermost: {
    ...archive,
    ends: "/bin/mattermost server --config /data/config/config.json",
    env: {
      MM_SQLSETTINGS_DATASOURCE:
        "postgres://pg user:p$w\"'@db.test:5555/base?sslmode=disable&connect_timeout=10&binary_parameters=yes",
    },
  },
  meilisearch: {
    template: "prebuilt-binary",
    tier: "prebuilt",
    ends: "--http-addr 127.0.0.9:4321 --db-path ./data.ms --env production --no-analytics",
  },
  miniflux: {
    ...wrapper,
    ends: "/bin/miniflux",
    env: {
      DATABASE_URL:
        "postgres://pg user:p$w\"'@db.test:5555/base?sslmode=disable&application_name=miniflux",
      LISTEN_ADDR: "127.0.0.9:4321",
    },
  },
  minio: {
    ...wrapper,
    ends: "--address 127.0.0.9:4321 --console-address :9001 --quiet /data/objects",
  },
  n8n: {
    ...wrapper,
    ends: "/bin/n8n start",
    env: { WEBHOOK_URL: "http://app.test/", DB_TYPE: "postgresdb" },
    check: ({ env }) => {
      expect(env["N8N_ENCRYPTION_KEY"]).toHaveLength(32);
      expect(env["EXECUTIONS_MODE"]).toBeUndefined();
    },
  },
  navidrome: {
    ...wrapper,
    ends: "--configfile /data/navidrome.toml",
    check: ({ files }) =>
      expect(parseToml(files["navidrome.toml"] ?? "")).toMatchObject({
        Address: "127.0.0.9",
        UIWelcomeMessage: 'Willkommen, "Gäste"\nim Haus',
        ListenBrainz: { Enabled: false, "Base.URL": "" },
        Ratio: 0.25,
      }),
  },
  nodebb: {
    ...node,
    ends: "/data/share/nodebb/app.js",
    check: (started) => {
      const wanted = { port: "4321", secret: "made", redis: { host: "127.0.0.1", password: "" } };
      expect(json(started, "share/nodebb/config.json")).toMatchObject(wanted);
      expect(started.ran).toHaveLength(1);
    },
  },
  openfire: {
    ...archive,
    ends: "/share/openfire/bin/openfire.sh",
    env: { NOT_NIX: "it's" },
    check: ({ files }) =>
      expect(files["conf/openfire.xml"]).toContain("<!-- ''quoted'' and ''it's -->"),
  },
  openwebrx: { ...wrapper, ends: "--app it's my app:make('x', 1) run --port 4321" },
  paperless: {
    ...wrapper,
    ends: "runserver --noreload 127.0.0.9:4321",
    env: { PAPERLESS_OCR_LANGUAGE: "deu+eng", PAPERLESS_CONSUMPTION_DIR: "/data/consume" },
  },
  photoprism: { ...wrapper, ends: "/stand-in/tensorflow/share/photoprism start" },
  plausible: {
    ...wrapper,
    ends: "/bin/plausible start",
    check: ({ ran }) =>
      expect(ran.map(([program]) => program)).toEqual([
        "/stand-in/plausible/createdb.sh",
        "/stand-in/plausible/migrate.sh",
        "/stand-in/plausible/bin/plausible",
      ]),
  },
  prometheus: {
    ...archive,
    ends: "--web.console.libraries=/stand-in/mkDerivation/share/prometheus/console_libraries",
    check: ({ files }) =>
      expect(parseYaml(files["prometheus.yml"] ?? "")).toMatchObject({
        scrape_configs: [
          {
            static_configs: [
              { targets: ["localhost:4321"], labels: { "env:name": "yes", on: "no" } },
            ],
          },
        ],
      }),
  },
  "rev-pinned": { ...wrapper, ends: "--bind 127.0.0.9 --save  --appendonly yes" },
  sonarqube: {
    ...archive,
    ends: "/bin/linux-x86-64/sonar.sh console",
    env: { SONAR_JAVA_PATH: "/stand-in/jdk17/bin/java", SONAR_PATH_DATA: "/data/data" },
  },
  traccar: {
    template: "java-gradle",
    tier: "source",
    ends: "conf/traccar.xml",
    check: ({ files }) => expect(files["conf/traccar.xml"]).toContain("'web.port'>4321<"),
  },
  umami: {
    ...node,
    ends: "/share/umami/server.js",
    env: { DATABASE_URL: "postgresql://pg user:p$w\"'@db.test:5555/base", APP_SECRET: "made" },
  },
  "uptime-kuma": {
    ...node,
    ends: "--host=127.0.0.9 --port=4321 --data-dir=/data/data/",
    check: (_started, text) => {
      expect(text).toContain('name = "uptime-kuma-1.23.13.zip"');
      expect(text).toContain("zip?raw=1&mirror=eu");
    },
  },
  "vaultwarden-like": {
    template: "rust-source",
    tier: "source",
    ends: "/bin/vaultwarden",
    env: { ROCKET_PORT: "4321", DATA_FOLDER: "/data/data" },
  },
  wallabag: {
    ...php,
    ends: "-serve-php /data/share/wallabag",
    check: ({ files }) =>
      expect(parseYaml(files["share/wallabag/app/config/parameters.yml"] ?? "")).toEqual({
        parameters: {
          database_driver: "pdo_pgsql",
          database_host: "db.test",
          database_port: "5555",
          database_password: "p$w\"'",
          domain_name: "http://app.test",
          secret: "made",
          locale: "de",
          twofactor_auth: false,
        },
      }),
  },
  wordpress: {
    ...php,
    ends: "-serve-php /data/share/wordpress",
    check: ({ files }) => {
      const text = files["share/wordpress/wp-config.php"] ?? "";
      expect(text).toContain('$name = "{$table_prefix}users";');
      expect(text).toContain("define( 'DB_NAME', 'mybase' );");
    },
  },
  writefreely: {
    ...wrapper,
    ends: "-c config.ini serve",
    check: ({ files }) =>
      expect(files["config.ini"]).toContain(
        'site_name = Für "alle"; auch # diese\nhost = http://app.test\n',
      ),
  },
  xwiki: { template: "java-war", tier: "prebuilt", ends: "--httpPort=4321 --prefix=/" },
};

function readRecipe(name: string) {
  const loaded = loadConfig(readFileSync(join(recipes, `${name}.toml`), "utf8"));
  return { tree: makeMemoryTree(beside), loaded };
}

describe("recipes in the format of the fleet", () => {
  it("are all expected here", () => {
    const names = readdirSync(recipes).map((file) => file.replace(/\.toml$/, ""));
    expect(names.sort()).toEqual(Object.keys(expected).sort());
  });

  it.each(Object.entries(expected))("%s", async (name, wanted) => {
    const recipe = readRecipe(name);
    const plan = makePlan(recipe);
    expect([plan.nix.template, plan.tier]).toEqual([wanted.template, wanted.tier]);
    const text = await generatePlanned(plan, recipe);
    expect(await generatePlanned(plan, readRecipe(name))).toBe(text);
    parseNix(text);
    evalNix(evaluateWithStandIn(text));
    const started = startGenerated(text, made);
    expect(started.exitCode, started.stderr).toBe(0);
    const command = started.ran.at(-1)?.join(" ") ?? "";
    expect(command.slice(-wanted.ends.length)).toBe(wanted.ends);
    expect(started.env).toMatchObject(wanted.env ?? {});
    wanted.check?.(started, text);
  });
});
