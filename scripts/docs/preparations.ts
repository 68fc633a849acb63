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

/** A function for pages that name somebody who has accepted an invitation. */
const accept = `
  accept() {
    api=$(hop3 server status --json | sed 's|.*"listen":"\\([^"]*\\)".*|\\1|')
    secret=$(sed -n 's|.*#||p' "$1" | head -n 1)
    curl --silent --fail --output /dev/null --header 'content-type: application/json' \\
      --data '{"secret":"'"$secret"'","name":"'"$2"'","password":"correct horse"}' "http://$api/api/v1/sign-in/accept"
  }
`;

/** What a page takes as given: commands of a shell that come before its own, in the same directory. */
export const preparations: Readonly<Record<string, string>> = {
  "guides/accounts.md": `${accept}\n${shop}`,
  "guides/coming-from.md": `
    mkdir shop && cd shop
    echo '{ "env": { "GREETING": "hello" } }' > app.json
    printf '%s\n' 'FROM python' 'WORKDIR /app' 'COPY . .' 'RUN useradd -m app' 'CMD ["python", "app.py"]' > Dockerfile
  `,
  "guides/first-app.md": "mkdir hello && cd hello",
  "guides/git-push.md": `${accept}
    hop3 users invite bob --role developer > invitation 2>&1 && accept invitation bob
    ssh-keygen -q -t ed25519 -N '' -C bob@laptop -f bob
    mv bob.pub bob.key && ${repository.trim()}
    mv ../bob.key bob.pub
  `,
  "guides/monorepos.md": `
    mkdir --parents apps && cd apps
    cp -r ../examples/templates/static-site web && cp -r web api && cd ..
    rm -r examples
  `,
  "guides/moving-releases.md": shop,
  "guides/previews.md": `${repository}
    printf '[deploy]\\npreview = true\\n' > hop3.toml && git add . && git commit --quiet --message previews
    hop3 git setup > /dev/null && git push --quiet hop3 main main:topic > /dev/null 2>&1
  `,
  "guides/plug-ins.md": `
    cp -r examples/plugins/perl/. . && npm pack --silent > /dev/null
  `,
};

/** What somebody else does between two commands of a page: before the command that begins like this. */
export const interludes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "guides/accounts.md": {
    "hop3 users role bob operator":
      "hop3 users invite bob --role viewer > invitation 2>&1 && accept invitation bob",
  },
};
