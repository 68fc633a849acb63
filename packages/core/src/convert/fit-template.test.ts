import { describe, expect, it } from "vitest";
import { loadConfig } from "../config/load.ts";
import { makeMemoryTree } from "../source/tree.ts";
import { templates } from "../templates/registry.ts";
import { selectTemplate } from "../templates/select-template.ts";
import { toConfigFile } from "./combine.ts";
import { formatWarning } from "./conversion.ts";
import { fitTemplate } from "./fit-template.ts";
import { printToml } from "./print-toml.ts";
import { converters } from "./registry.ts";
import { runtimeNamed } from "./runtimes.ts";

function fit(text: string, id = "dockerfile") {
  const converter = converters.find((each) => each.id === id);
  if (converter === undefined) throw new Error(`no converter ${id}`);
  const input = { text, file: converter.files[0] ?? "", has: () => false };
  const fitted = fitTemplate(converter.convert(input), templates);
  return {
    config: toConfigFile(fitted, { hasNixFile: false }),
    warnings: fitted.warnings.map(formatWarning),
  };
}

describe("fitTemplate", () => {
  it("takes the program from the command, and misses nothing else", () => {
    const { config, warnings } = fit(
      "FROM golang:1 AS b\nRUN go build -o /out/server ./cmd/server\nFROM scratch\nCOPY --from=b /out/server /server\nCMD /server\n",
    );
    expect(config.nix).toEqual({
      template: "go-source",
      "go-sub-packages": ["cmd/server"],
    });
    expect(warnings.join("\n")).not.toContain("is missing");
  });

  it("leaves out what the template does not take", () => {
    const { config, warnings } = fit("FROM python:3\nRUN pip install flask\nCMD python3 x.py\n");
    expect(config.nix).toEqual({ template: "python-venv" });
    expect(warnings.join("\n")).toContain('pip-packages = ["flask"] is not carried over');
  });

  it("gives the template of a site its directory", () => {
    const { config } = fit("FROM nginx\nCOPY public /usr/share/nginx/html\n");
    expect(config).toMatchObject({ nix: { template: "static-site", "static-root": "public" } });
    expect(config.run).toBeUndefined();
  });

  it("names no template where there is none", () => {
    const { config, warnings } = fit("FROM maven:3\nRUN mvn package\nCMD java -jar x.jar\n");
    expect(config.nix).toBeUndefined();
    expect(warnings.join("\n")).toContain("no template builds an app of java");
  });

  it("writes what the template accepts once nothing is missing", () => {
    const { config } = fit("FROM php:8\nRUN docker-php-ext-install gd\nCOPY . /var/www/html\n");
    const loaded = loadConfig(printToml(config));
    const tree = makeMemoryTree({ "index.php": "", "hop3.toml": "" });
    expect(selectTemplate({ tree, loaded }, templates)?.template.id).toBe("php-app");
  });

  it("knows every template that a language names", () => {
    const names = ["python", "node", "php", "ruby", "go", "gradle", "rust", "static"];
    for (const name of names) {
      expect(templates.map(({ id }) => id)).toContain(runtimeNamed(name)?.template);
    }
  });
});
