// @ts-check
import { definePlugin, defineTemplate, fromNix, nix, variable } from "hop3/plugin";

const directory = "diagrams";

/** @param {import("hop3/plugin").SourceTree} tree */
function drawings(tree) {
  const paths = tree.paths().map(({ path }) => path);
  return paths.filter((path) => new RegExp(`^${directory}/[\\w.-]+\\.dot$`).test(path));
}

const diagrams = defineTemplate({
  id: "diagrams",
  title: "Diagrams",
  description: `Draws ${directory}/*.dot with Graphviz and serves the pictures with caddy.`,
  tier: "source",
  detect({ tree }) {
    const [first, ...others] = drawings(tree);
    if (first === undefined) return { fits: false, reason: `no ${directory}/*.dot` };
    const more = others.length === 0 ? "" : ` and ${others.length} more`;
    return { fits: true, reason: `found ${first}${more}` };
  },
  render(spec) {
    const names = drawings(spec.tree).map((path) =>
      path.slice(directory.length + 1, -".dot".length),
    );
    const items = names.map((name) => `<li><a href="${name}.svg">${name}</a></li>`).join("");
    const page = `<!doctype html><title>${spec.app}</title><ul>${items}</ul>\n`;
    return {
      bindings: [
        nix.bind(
          "page",
          nix.call(nix.ref("pkgs", "writeText"), nix.string("index.html"), nix.text(page)),
        ),
      ],
      package: nix.call(
        nix.ref("pkgs", "runCommand"),
        nix.string(spec.app),
        nix.attrs({ nativeBuildInputs: nix.list([nix.ref("pkgs", "graphviz")]) }),
        nix.indented(
          "mkdir -p $out\nfor file in ",
          nix.ref("src"),
          `/${directory}/*.dot; do\n  dot -Tsvg "$file" -o "$out/$(basename "$file" .dot).svg"\ndone\ncp `,
          nix.ref("page"),
          " $out/index.html\n",
        ),
      ),
      names: {},
      command: [
        [fromNix(nix.ref("pkgs", "caddy")), "/bin/caddy"],
        ["file-server"],
        ["--root"],
        [fromNix(nix.ref("package"))],
        ["--listen"],
        [variable("BIND_ADDRESS"), ":", variable("PORT")],
      ],
    };
  },
});

export default definePlugin({ name: "diagrams", templates: [diagrams] });
