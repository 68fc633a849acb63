import { makeTree } from "../../../server/test/support/apps.ts";

/** A page that says `text`, and a worker that prints a line five times a second, with COLOUR and markup in it. */
export function tickingApp(text: string): Promise<string> {
  return makeTree({
    "hop3.nix": `{ pkgs ? import <nixpkgs> {} }:
{
  package = pkgs.runCommand "ticking" { } ''
    mkdir -p $out/www
    cp \${./index.html} $out/www/index.html
  '';
  workers.web = "\${pkgs.busybox}/bin/busybox httpd -f -p $BIND_ADDRESS:$PORT -h www";
  workers.ticker = "\${pkgs.busybox}/bin/busybox sh \${./tick.sh}";
}
`,
    "tick.sh": `n=0
echo '${markup}'
while :; do
  n=$((n + 1))
  echo "tick $n \${COLOUR:-plain}"
  busybox sleep 0.2 2>/dev/null || sleep 0.2
done
`,
    "index.html": `${text}\n`,
  });
}

/** Would open a dialog where a page takes text for markup. */
export const markup = "<img src=x onerror=alert(1)><script>alert(2)</script>";
