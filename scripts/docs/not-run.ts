/** Why a command of the documentation is not executed by its test. */
const reasons = {
  elsewhere: "needs a second machine, or a name in the DNS",
  asks: "asks somebody at a terminal",
  example: "names something that only the reader has",
  server:
    "starts or stops a whole server, or needs one that was started again; server tests and npm run demo do",
  system: "changes the machine itself",
  registry:
    "needs a registry of that language; the real tests of its template bring one and deploy the same example",
} as const;

export interface NotRun {
  readonly page: string;
  /** The beginning of the command. */
  readonly command: string;
  readonly reason: keyof typeof reasons;
}

function notRun(
  page: string,
  reason: keyof typeof reasons,
  ...commands: readonly string[]
): readonly NotRun[] {
  return commands.map((command) => ({ page, command, reason }));
}

/** Every command of the documentation that is not executed. All others are. */
export const commandsNotRun: readonly NotRun[] = [
  ...notRun("get-started/developers.md", "elsewhere", "hop3 login"),
  ...notRun("guides/accounts.md", "asks", "hop3 login", "hop3 logout"),
  ...notRun("guides/accounts.md", "elsewhere", "hop3 apps --context hop3.example.org"),
  ...notRun("guides/accounts.md", "example", "hop3 tokens revoke"),
  ...notRun("guides/first-app.md", "asks", "hop3 config set API_KEY"),
  ...notRun("guides/git-push.md", "elsewhere", "git -c http.extraHeader"),
  ...notRun("guides/git-push.md", "asks", "hop3 keys add ~/.ssh/id_ed25519.pub"),
  ...notRun("guides/git-push.md", "system", "useradd"),
  ...notRun("guides/plug-ins.md", "server", "hop3 server", "hop3 deploy example"),
  ...notRun("guides/webhooks.md", "elsewhere", "hop3 hooks", "hop3 notify"),
  ...notRun("guides/remote.md", "elsewhere", "export HOP3_", "hop3 deploy", "tar -cz"),
  ...notRun("guides/remote.md", "server", "hop3 server start"),
  ...notRun("guides/server.md", "server", "hop3 server start", "hop3 server stop"),
  ...notRun("languages/python.md", "registry", "hop3 deploy examples/templates/python-venv"),
  ...notRun("languages/php.md", "registry", "hop3 deploy examples/templates/php-app"),
  ...notRun("languages/ruby.md", "registry", "hop3 deploy examples/templates/ruby-bundler"),
  ...notRun("languages/java.md", "registry", "hop3 deploy examples/templates/java-gradle"),
  ...notRun("languages/go.md", "registry", "hop3 nix lock", "hop3 deploy --app greeter-go"),
];
