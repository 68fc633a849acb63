import { describe, expect, it } from "vitest";
import { loadConfig } from "../config/load.ts";
import { Hop3Error } from "../errors.ts";
import { makeMemoryTree } from "../source/tree.ts";
import { makePlan } from "./make-plan.ts";
import type { Plan } from "./plan.ts";
import { readPlanFiles } from "./plan-files.ts";

type Files = Readonly<Record<string, string>>;

const start = JSON.stringify({ name: "app", scripts: { start: "node server.js" } });
const assets = JSON.stringify({ name: "assets", scripts: { build: "vite build", dev: "vite" } });
const lock = JSON.stringify({ lockfileVersion: 3, packages: {} });
const pins = `flask==3.0 --hash=sha256:${"0".repeat(64)}\ngunicorn==22.0 --hash=sha256:${"1".repeat(64)}\n`;
const fastPins = `fastapi==0.1 --hash=sha256:${"0".repeat(64)}\nuvicorn==0.30 --hash=sha256:${"1".repeat(64)}\n`;
const flask = "from flask import Flask\napp = Flask(__name__)\n";
const manage = 'import os\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")\n';

const django: Files = {
  "requirements.txt": `django==5.0 --hash=sha256:${"2".repeat(64)}\n${pins}`,
  "manage.py": manage,
  "shop/settings.py": "",
  "shop/wsgi.py": "",
};
const laravel: Files = {
  artisan: "#!/usr/bin/env php\n",
  "composer.json": "{}",
  "composer.lock": JSON.stringify({ packages: [] }),
  "public/index.php": "<?php",
  "routes/web.php": "<?php",
  "package.json": assets,
  "package-lock.json": lock,
};
const rails: Files = {
  Gemfile: 'gem "rails"\ngem "puma"\n',
  "Gemfile.lock":
    "GEM\n  specs:\n    puma (6.4.2)\n    rails (7.1.3)\n\nDEPENDENCIES\n  puma\n  rails\n",
  "config.ru": "run Rails.application\n",
  "bin/rails": "",
  "config/application.rb": "",
};
const wordpress: Files = {
  "index.php": "<?php",
  "wp-login.php": "<?php",
  "wp-includes/version.php": "<?php",
  "wp-content/themes/x/package.json": assets,
};
const go: Files = {
  "go.mod": "module example.org/app\n\ngo 1.19\n",
  "main.go": "package main\n\nfunc main() {}\n",
};
const rust: Files = {
  "Cargo.toml": '[package]\nname = "app"\nversion = "0.1.0"\n',
  "Cargo.lock": 'version = 3\n\n[[package]]\nname = "app"\nversion = "0.1.0"\n',
  "src/main.rs": "fn main() {}\n",
};
const spring: Files = {
  "build.gradle": "plugins { id 'java' }\n",
  "settings.gradle": "rootProject.name = 'app'\n",
  "src/main/java/App.java": "class App {}\n",
};

/** What a deploy of each tree does without further words: a template, or nothing. */
const trees: Readonly<Record<string, readonly [files: Files, template: string | undefined]>> = {
  pages: [{ "index.html": "", "css/a.css": "" }, "static-site"],
  "pages below public": [{ "public/index.html": "", "README.md": "" }, "static-site"],
  "what Hugo built": [
    { "public/index.html": "", "hugo.toml": "", "content/a.md": "" },
    "static-site",
  ],
  "what Vite built": [{ "dist/index.html": "", "dist/assets/a.js": "" }, "static-site"],
  "what Jekyll built": [{ "_site/index.html": "" }, "static-site"],
  "pages with a Dockerfile": [{ "index.html": "", Dockerfile: "FROM x\n" }, undefined],
  Express: [{ "package.json": start, "package-lock.json": lock, "server.js": "" }, "node-source"],
  "Express with pages": [
    { "package.json": start, "package-lock.json": lock, "public/index.html": "" },
    "node-source",
  ],
  "Node with a shrinkwrap": [{ "package.json": start, "npm-shrinkwrap.json": lock }, "node-source"],
  "Node with pnpm": [
    { "package.json": start, "pnpm-lock.yaml": "lockfileVersion: '9.0'\n" },
    "node-source",
  ],
  "Node with yarn": [{ "package.json": start, "yarn.lock": "# yarn lockfile v1\n" }, "node-source"],
  Next: [
    {
      "package.json": JSON.stringify({
        scripts: { build: "next build", start: "next start -p $PORT" },
      }),
      "package-lock.json": lock,
      "next.config.mjs": "",
      "app/page.tsx": "",
    },
    "node-source",
  ],
  "Node without a lockfile": [{ "package.json": start, "server.js": "" }, undefined],
  "Node without a start script": [{ "package.json": assets, "package-lock.json": lock }, undefined],
  "Node whose Procfile says what to start": [
    { "package.json": assets, "package-lock.json": lock, Procfile: "web: node server.js\n" },
    "node-source",
  ],
  "Node with scripts in Python": [
    { "package.json": start, "package-lock.json": lock, "requirements.txt": pins },
    "node-source",
  ],
  "Node with scripts in Python, by its Procfile": [
    {
      "package.json": start,
      "package-lock.json": lock,
      "requirements.txt": pins,
      Procfile:
        "web: NODE_ENV=production exec node_modules/.bin/next start\nworker: python jobs.py\n",
    },
    "node-source",
  ],
  "Node with Python beside it and no lockfile": [
    { "package.json": start, "requirements.txt": pins, Procfile: "web: npm start\n" },
    undefined,
  ],
  Django: [django, "python-venv"],
  "Django with pages that npm builds": [
    { ...django, "package.json": assets, "package-lock.json": lock },
    "python-venv",
  ],
  "Django whose package.json can start, by its Procfile": [
    {
      ...django,
      "package.json": start,
      "package-lock.json": lock,
      Procfile: "web: gunicorn shop.wsgi\n",
    },
    "python-venv",
  ],
  Flask: [{ "requirements.txt": pins, "app.py": flask }, "python-venv"],
  "Flask with a Procfile": [
    { "requirements.txt": pins, "thing.py": flask, Procfile: "web: gunicorn thing:app\n" },
    "python-venv",
  ],
  FastAPI: [
    { "requirements.txt": fastPins, "main.py": "from fastapi import FastAPI\napi = FastAPI()\n" },
    "python-venv",
  ],
  "Python that nothing starts": [{ "requirements.txt": pins, "thing.py": "" }, undefined],
  "Python with templates of pages": [
    { "requirements.txt": pins, "app.py": flask, "templates/index.html": "", "index.html": "" },
    "python-venv",
  ],
  Rails: [rails, "ruby-bundler"],
  "Rails with pages that npm builds": [
    { ...rails, "package.json": assets, "yarn.lock": "# yarn lockfile v1\n" },
    "ruby-bundler",
  ],
  Sinatra: [
    {
      Gemfile: 'gem "sinatra"\ngem "puma"\n',
      "Gemfile.lock":
        "GEM\n  specs:\n    puma (6.4.2)\n    sinatra (4.0.0)\n\nDEPENDENCIES\n  puma\n  sinatra\n",
      "config.ru": "run Sinatra::Application\n",
    },
    "ruby-bundler",
  ],
  "Ruby without a lockfile": [{ Gemfile: 'gem "rack"\n', "config.ru": "" }, undefined],
  Laravel: [laravel, "php-app"],
  WordPress: [wordpress, "php-app"],
  "PHP pages": [{ "index.php": "<?php", "style.css": "" }, "php-app"],
  "PHP with a Procfile of Heroku": [
    { "public/index.php": "<?php", Procfile: "web: vendor/bin/heroku-php-apache2 public/\n" },
    "php-app",
  ],
  Spring: [spring, "java-gradle"],
  "Spring with pages that npm builds": [
    { ...spring, "package.json": assets, "package-lock.json": lock },
    "java-gradle",
  ],
  "a web archive": [{ "shop.war": "PK" }, "java-war"],
  Go: [go, "go-source"],
  "Go with pages that npm builds below": [
    { ...go, "web/package.json": assets, "web/package-lock.json": lock },
    "go-source",
  ],
  "Go with pages": [{ ...go, "index.html": "" }, "go-source"],
  Rust: [rust, "rust-source"],
  "apps below": [{ "apps/web/package.json": start, "apps/api/requirements.txt": pins }, undefined],
  nothing: [{ "README.md": "" }, undefined],
  C: [{ Makefile: "all:\n", "main.c": "" }, undefined],
};

async function planOf(files: Files, toml = ""): Promise<Plan | Hop3Error> {
  const tree = makeMemoryTree(files);
  try {
    return makePlan({ tree, loaded: loadConfig(toml), ...(await readPlanFiles(tree)) });
  } catch (error) {
    if (error instanceof Hop3Error) return error;
    throw error;
  }
}

function templateOf(plan: Plan | Hop3Error): string | undefined {
  return plan instanceof Hop3Error ? plan.code : plan.nix.template;
}

describe("without further words", () => {
  it.each(Object.entries(trees))("%s", async (_name, [files, template]) => {
    const plan = await planOf(files);
    const found = plan instanceof Hop3Error ? undefined : plan.nix.template;
    expect(found, plan instanceof Hop3Error ? plan.message : plan.reason).toBe(template);
    if (plan instanceof Hop3Error) expect(plan.code).toBe("PLAN_NO_BUILDER");
    else
      expect(plan.templates.filter(({ fits }) => fits).length).toBeGreaterThanOrEqual(
        template === undefined ? 0 : 1,
      );
  });
});

describe("a tree that fits two templates", () => {
  const both: Files = {
    "package.json": start,
    "package-lock.json": lock,
    "requirements.txt": pins,
    "app.py": flask,
  };

  it("is refused with both, their reasons and what decides", async () => {
    const refused = await planOf(both);
    expect(refused).toBeInstanceOf(Hop3Error);
    if (!(refused instanceof Hop3Error)) return;
    const { message, hint, detail } = refused.failure;
    expect(message).toBe("this directory fits several templates: python-venv, node-source");
    expect(detail?.split("\n").slice(0, 6)).toEqual([
      "nix            no    this directory fits several templates: python-venv, node-source",
      "  file         no    no hop3.nix",
      "  template     no    [nix] template is not set",
      "  detected     no    this directory fits several templates: python-venv, node-source",
      "  python-venv  fits  found requirements.txt, and app.py with Flask and gunicorn",
      "  node-source  fits  found package.json and package-lock.json",
    ]);
    expect(detail).toMatch(/^ {2}node +fits {2}found package.json$/m);
    expect(hint).toContain('[nix] template = "python-venv" or "node-source"');
  });

  it.each([
    ['[nix]\ntemplate = "node-source"\n', "node-source"],
    ['[run]\nstart = "node server.js"\n', "node-source"],
    ['[run]\nstart = ["gunicorn", "app:app"]\n', "python-venv"],
    ['[run.workers]\nweb = { command = "bin/python serve.py" }\n', "python-venv"],
    ['[run]\nstart = "sh start.sh"\n', "DETECT_AMBIGUOUS"],
  ])("is decided by %j", async (toml, template) => {
    expect(templateOf(await planOf(both, toml))).toBe(template);
  });

  it("is decided by the Procfile, and the Plan shows both", async () => {
    const plan = await planOf({ ...both, Procfile: "web: gunicorn app:app\n" });
    expect(plan).toMatchObject({
      reason: "found requirements.txt, and web starts gunicorn: python-venv",
      templates: [
        { template: "python-venv", fits: true },
        { template: "node-source", fits: true },
      ],
    });
  });
});

describe("a tree that nothing fits", () => {
  it("is told what is lacking", async () => {
    const refused = await planOf({ "package.json": start, "requirements.txt": pins });
    expect(refused).toMatchObject({
      code: "PLAN_NO_BUILDER",
      message: expect.stringContaining(
        "found requirements.txt, but nothing says what to run (python-venv); found package.json, but no package-lock.json",
      ),
    });
  });

  it("is warned of a front end that nobody builds", async () => {
    const plan = await planOf({ ...django, "package.json": assets, "package-lock.json": lock });
    expect(plan).toMatchObject({
      warnings: [
        "package.json has a build script, which 'python-venv' does not run: add what it builds to the app's files",
      ],
    });
  });
});
