import type { ConformanceExample } from "../../packages/server/test/support/conformance-examples.ts";

/** What a page takes as given of its reader. */
export interface Preparation {
  /** Commands of a shell that come before the page's own, in the same directory. */
  readonly before?: string;
  /** What somebody else does before the command that begins like this. */
  readonly interludes?: Readonly<Record<string, string>>;
  /** What the reader has in the place of what the page shows. */
  readonly standsFor?: Readonly<Record<string, string>>;
  /** What is typed at the terminal for the command that begins like this. */
  readonly typed?: Readonly<Record<string, string>>;
  /** On a machine of its own, with a home and no server yet. */
  readonly isApart?: boolean;
  /** Deployed with packages of a registry beside the server. */
  readonly example?: ConformanceExample;
}

/** `shop` as an app of one Release, and the directory that it was deployed from. */
const shop = `
  cp -r examples/static shop && cd shop
  hop3 deploy --app shop > /dev/null
`;

const repository = `
  cp -r examples/static shop && cd shop
  git init --quiet --initial-branch main
  git add . && git commit --quiet --message first
`;

/** Functions for pages that name somebody who has accepted an invitation: \`account NAME ROLE\`. */
const account = `
  link_of() { sed -n 's|.*\\(http[^ ]*#[^ ]*\\).*|\\1|p' "$1" | head -n 1; }
  account() {
    hop3 users invite "$1" --role "$2" > "$1.invitation" 2>&1
    api=$(hop3 server status --json | sed 's|.*"listen":"\\([^"]*\\)".*|\\1|')
    secret=$(link_of "$1.invitation" | sed 's|.*#||')
    curl --silent --fail --output /dev/null --header 'content-type: application/json' \\
      --data '{"secret":"'"$secret"'","name":"'"$1"'","password":"correct horse"}' "http://$api/api/v1/sign-in/accept"
    rm "$1.invitation"
  }
`;

/** The value of a key of the JSON on standard input; of several the last. */
const lastOf = (key: string): string =>
  `grep -o '"${key}": *"[^"]*"' | tail -n 1 | cut -d '"' -f 4`;

/** `shop`, a checkout of an app that comes from elsewhere: its variables, and files that it has stored. */
const moved = `
  cp -r examples/templates/node-source shop && cd shop
  mkdir uploads && echo kept > uploads/one.txt
  git init --quiet --initial-branch main
  git add . && git commit --quiet --message first
  printf 'GREETING=hello\\nMAIL_FROM=shop@example.org\\n' > vars.env
`;

/** A function that starts the server as somebody at another terminal does. */
const start = `
  start() {
    hop3 server start > "$HOME/server.log" 2>&1 &
    until hop3 server status > /dev/null 2>&1; do
      kill -0 $! 2> /dev/null || { cat "$HOME/server.log" >&2; return 1; }
      sleep 0.1
    done
  }
`;

/** The machine's sshd with a key for root, and the settings of an ssh that knows both. */
const ssh = `
  mkdir --parents ~/.ssh
  for name in host client; do ssh-keygen -q -t ed25519 -N '' -f ~/.ssh/$name; done
  printf '%s\\n' "HostKey $HOME/.ssh/host" "AuthorizedKeysFile $HOME/.ssh/client.pub" 'UsePAM no' 'StrictModes no' \\
    'PermitRootLogin yes' "SetEnv PATH=$PATH HOP3_HOME=$HOP3_HOME" > ~/.ssh/sshd
  printf '%s\\n' "IdentityFile $HOME/.ssh/client" "UserKnownHostsFile $HOME/.ssh/known" 'BatchMode yes' > ~/.ssh/config
  echo "example.org $(cat ~/.ssh/host.pub)" > ~/.ssh/known
  /usr/sbin/sshd -f ~/.ssh/sshd
  export HOP3_SSH_CONFIG="$HOME/.ssh/config"
`;

export const preparations: Readonly<Record<string, Preparation>> = {
  "../CONTRIBUTING.md": {
    before: 'cd "$REPOSITORY"',
    standsFor: { "/tmp/hop3-docs": "$HOME/docs", "/tmp/hop3-packed": "$HOME/packed" },
  },
  "../README.md": {
    before: `
      echo '# An older state of it.' >> examples/flask/app.py
      hop3 deploy examples/flask --app flask > /dev/null
      sed -i '$ d' examples/flask/app.py
      mkdir bin && ln -s "$REPOSITORY/bin/hop3" bin/hop3
    `,
    standsFor: {
      "bin/hop3 logs --app flask -f": "timeout 3 bin/hop3 logs --app flask -f || [ $? = 124 ]",
      "HOP3_HOME=... /path/to/hop3/bin/hop3": "../bin/hop3",
    },
  },
  "coming-from/coolify.md": { before: moved, standsFor: { "/var/lib/hop3": "$HOP3_HOME" } },
  "coming-from/dokku.md": { before: moved, standsFor: { "/var/lib/hop3": "$HOP3_HOME" } },
  "coming-from/heroku.md": { before: moved },
  "get-started/developers.md": {
    before: `${account}\n account jane developer\n unset HOP3_HOME`,
    typed: { "hop3 login": "jane\ncorrect horse\n" },
  },
  "guides/accounts.md": {
    before: `${account}\n${shop}
      account jill owner
      hop3 users invite kim --role owner > invitation 2>&1
      export link=$(link_of invitation)
      machine=$HOP3_HOME
      unset HOP3_HOME
    `,
    standsFor: {
      "'http://127.0.0.1:7070/welcome#hop3i_…'": '"$link"',
      "0a1b2c3d4e5f": `$(hop3 tokens list --json | ${lastOf("id")})`,
    },
    typed: {
      'hop3 login "$link"': "a password of hers\na password of hers\n",
      "hop3 login https://hop3.example.org": "jill\ncorrect horse\n",
    },
    interludes: {
      "hop3 context  ": "hop3 login hop3.example.org --user jill <<< 'correct horse' > /dev/null",
      "hop3 users invite ada": 'export HOP3_HOME="$machine"',
      "hop3 users role bob operator": "hop3 users remove bob > /dev/null 2>&1; account bob viewer",
    },
  },
  "guides/catalogue.md": {
    before: 'mkdir recipes && cp -r "$REPOSITORY/catalogue/webdav" recipes',
    interludes: {
      "hop3 rollback --app me":
        "hop3 catalogue install landing-page --app me --yes title=Another > /dev/null",
    },
  },
  "guides/coming-from.md": {
    before: `
      mkdir shop && cd shop
      echo '{ "env": { "GREETING": "hello" } }' > app.json
      printf '%s\n' 'FROM python' 'WORKDIR /app' 'COPY . .' 'RUN useradd -m app' 'CMD ["python", "app.py"]' > Dockerfile
    `,
  },
  "guides/addons.md": {
    before: shop,
    typed: { "hop3 config set DATABASE_URL": "postgres://shop:secret@127.0.0.1/shop\n" },
  },
  "guides/domains.md": { before: shop },
  "guides/first-app.md": {
    before: "mkdir hello && cd hello",
    typed: { "hop3 config set API_KEY": "the value\n" },
  },
  "guides/git-push.md": {
    before: `${account}
      account bob developer
      account joan owner
      hop3 login https://hop3.example.org --user joan <<< 'correct horse' > /dev/null
      unset HOP3_HOME
      mkdir --parents ~/.ssh
      ssh-keygen -q -t ed25519 -N '' -C jane@laptop -f ~/.ssh/id_ed25519
      ssh-keygen -q -t ed25519 -N '' -C bob@laptop -f bob
      mv bob.pub bob.key && ${repository.trim()}
      mv ../bob.key bob.pub
    `,
    interludes: {
      "git -c http.extraHeader": `
        TOKEN=$(hop3 tokens create cd app.deploy:shop --json | ${lastOf("token")})
        echo more > more.txt && git add more.txt && git commit --quiet --message second
      `,
    },
  },
  "guides/monorepos.md": {
    before: `
      mkdir --parents apps && cd apps
      cp -r ../examples/templates/static-site web && cp -r web api && cd ..
      rm -r examples
    `,
  },
  "guides/moving-releases.md": { before: shop },
  "guides/plug-ins.md": {
    isApart: true,
    before: `${start}\n start
      cp -r examples/plugins/perl/. . && npm pack --silent > /dev/null
    `,
  },
  "guides/previews.md": {
    before: `${repository}
      printf '[deploy]\\npreview = true\\n' > hop3.toml && git add . && git commit --quiet --message previews
      hop3 git setup > /dev/null && git push --quiet hop3 main main:topic > /dev/null 2>&1
    `,
  },
  "guides/remote.md": {
    isApart: true,
    before: `${start}${ssh}
      cp -r examples/static shop && cd shop
      printf '[server]\\ntls-cert = "%s"\\ntls-key = "%s"\\n' "$WORLD/server.pem" "$WORLD/server.key" > "$HOP3_HOME/server.toml"
      start
    `,
    interludes: { "hop3 server start": "unset HOP3_SERVER; hop3 server stop --all > /dev/null" },
    standsFor: { "HOP3_TOKEN=…": 'HOP3_TOKEN="$(hop3 server token)"' },
  },
  "guides/scaling.md": {
    before: `
      cp -r examples/static shop && cd shop
      sed -i 's|workers = {|& mail = [ "\${pkgs.busybox}/bin/sleep" "100000" ];|' hop3.nix
      hop3 deploy --app shop > /dev/null
    `,
  },
  "guides/server.md": {
    isApart: true,
    before: start,
    standsFor: { "/srv/hop3": '"$HOP3_HOME"' },
    interludes: {
      "hop3 server start --home": "hop3 server stop --all > /dev/null",
      "hop3 server stop --all": "start",
      "hop3 doctor": "start",
    },
  },
  "guides/webhooks.md": {
    before: `${shop}\n printf token > token.txt`,
    standsFor: { HOOK: `$(hop3 hooks list shop --json | ${lastOf("id")})` },
  },
  "languages/go.md": { example: "templates/go-source" },
  "languages/java.md": { example: "templates/java-gradle" },
  "languages/php.md": { example: "templates/php-app" },
  "languages/python.md": { example: "templates/python-venv" },
  "languages/ruby.md": { example: "templates/ruby-bundler" },
};
