import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeHtml, findBlocks, renderMarkdown } from "./markdown.ts";

const keep = (href: string): string => href;

describe("renderMarkdown", () => {
  it("gives every heading an address of its own, as code hosts do", () => {
    const { html, sections } = renderMarkdown(
      "# A `b` & c!\n\nx <i>y</i>\n\n## Same\n\n## Same\n",
      keep,
    );
    expect(sections.map(({ heading }) => heading.id)).toEqual(["a-b--c", "same", "same-1"]);
    expect(sections[0]).toMatchObject({ heading: { text: "A b & c!" }, text: "x <i>y</i>" });
    expect(html).toContain('<a class="anchor" href="#same-1" aria-label="Link to Same">');
  });

  it("shows HTML as text", () => {
    const { html } = renderMarkdown(
      "# T\n\n<script>alert(1)</script>\n\na <b onclick=x>b</b>\n",
      keep,
    );
    expect(html).not.toMatch(/<script|<b\b/);
    expect(html).toContain("&lt;script&gt;");
  });

  it("lets no text of a block become mark-up", () => {
    const text = fc.string({ unit: "binary" }).map((raw) => raw.replaceAll(/[`\r\n\0]/g, ""));
    fc.assert(
      fc.property(text, (code) => {
        const { html } = renderMarkdown(`# T\n\n\`\`\`sh\n<${code}>"'&\n\`\`\`\n`, keep);
        const [, inner = ""] = /<code class="language-sh">([\s\S]*?)<\/code>/.exec(html) ?? [];
        expect(inner).not.toMatch(/[<>"']/);
      }),
    );
  });

  it("leads nowhere where the site has nothing", () => {
    const { html } = renderMarkdown("# T\n\n[a](../x.ts) [b](https://example.org)\n", (href) =>
      href.startsWith("https:") ? href : undefined,
    );
    expect(html).toContain('<span class="elsewhere">a</span>');
    expect(html).toContain('<a href="https://example.org" rel="noreferrer">b</a>');
  });

  it("names the file that a block is", () => {
    const { html } = renderMarkdown("# T\n\n```nix hop3.nix\n{ }\n```\n", keep);
    expect(html).toContain(
      '<figcaption>hop3.nix</figcaption><pre tabindex="0"><code class="language-nix">{ }',
    );
  });
});

describe("findBlocks", () => {
  it("finds those in lists too", () => {
    const source = "```sh\na\n```\n\n1. x\n\n   ```toml hop3.toml\n   b\n   ```\n";
    expect(findBlocks(source)).toEqual([
      { language: "sh", file: undefined, text: "a" },
      { language: "toml", file: "hop3.toml", text: "b" },
    ]);
  });
});

describe("escapeHtml", () => {
  it("leaves nothing that means something", () => {
    expect(escapeHtml(`<a href="x" b='y'>&amp;`)).toBe(
      "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;amp;",
    );
  });
});
