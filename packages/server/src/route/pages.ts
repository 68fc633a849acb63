/** What a visitor sees when no App answers. Nothing of the request is repeated in it. */
export interface Page {
  readonly status: 404 | 502 | 503 | 504;
  readonly title: string;
  readonly text: string;
}

export const pages = {
  unknownHost: {
    status: 404,
    title: "No app here",
    text: "No app is served under this address. Check the spelling, or ask whoever gave you the link.",
  },
  badGateway: {
    status: 502,
    title: "The app broke off",
    text: "The app ended the connection without a complete answer. Try again in a moment.",
  },
  unavailable: {
    status: 503,
    title: "The app is not available",
    text: "The app exists, but nothing answers for it right now. Try again in a moment.",
  },
  timeout: {
    status: 504,
    title: "The app took too long",
    text: "The app did not answer in time. Try again in a moment.",
  },
} as const satisfies Record<string, Page>;

/** A page that needs nothing else: no script, no font, no image. */
export function renderPage({ status, title, text }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>
:root { color-scheme: light dark; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 1.125rem/1.5 system-ui, sans-serif;
  color: light-dark(#1c1c1e, #f2f2f4); background: light-dark(#fafafa, #161618); }
main { max-width: 34rem; padding: 2rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .75rem; }
p { margin: 0; }
.status { color: light-dark(#5c5c66, #a9a9b4); margin-bottom: .5rem; }
</style>
</head>
<body>
<main>
<p class="status">${status}</p>
<h1>${title}</h1>
<p>${text}</p>
</main>
</body>
</html>
`;
}

/** The same for programs that ask for JSON. */
export function renderJson({ status, title, text }: Page): string {
  return `${JSON.stringify({ status, title, detail: text })}\n`;
}
