// The theme first, so that no page shows itself in the wrong one; the rest when the page is there.
const choices = ["system", "light", "dark"];
const themeKey = "hop3-theme";

function storedTheme() {
  try {
    const value = localStorage.getItem(themeKey);
    return choices.includes(value) ? value : "system";
  } catch {
    return "system";
  }
}

function applyTheme(choice) {
  const { dataset } = document.documentElement;
  if (choice === "system") delete dataset.theme;
  else dataset.theme = choice;
}

applyTheme(storedTheme());
document.documentElement.classList.add("scripted");

function offerThemes() {
  const button = document.getElementById("theme");
  const show = (choice) => {
    button.textContent = `Theme: ${choice}`;
  };
  show(storedTheme());
  button.addEventListener("click", () => {
    const next = choices[(choices.indexOf(storedTheme()) + 1) % choices.length];
    try {
      localStorage.setItem(themeKey, next);
    } catch {
      // Not kept where the browser keeps nothing; this page has it all the same.
    }
    applyTheme(next);
    show(next);
  });
}

function offerMenu() {
  const button = document.getElementById("menu");
  button.addEventListener("click", () => {
    const isOpen = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(isOpen));
    document.getElementById("pages").classList.toggle("open", isOpen);
  });
}

/** The list of pages is longer than a screen: it begins where the reader is. */
function showCurrentPage() {
  const list = document.getElementById("pages");
  const current = list.querySelector("[aria-current]");
  if (current === null) return;
  const below = current.getBoundingClientRect().top - list.getBoundingClientRect().top;
  if (below > list.clientHeight - 80) list.scrollTop = below - list.clientHeight / 2;
}

/** What somebody wants to type: without prompts and what was printed. */
function commandsOf(code) {
  const text = code.textContent.trimEnd();
  if (!code.classList.contains("language-console")) return text;
  const commands = text.split("\n").filter((line) => line.startsWith("$ "));
  return commands.map((line) => line.slice(2)).join("\n");
}

function offerCopies() {
  for (const figure of document.querySelectorAll("figure.code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(commandsOf(figure.querySelector("code")));
        button.textContent = "Copied";
      } catch {
        button.textContent = "Not allowed by the browser";
      }
      setTimeout(() => {
        button.textContent = "Copy";
      }, 2000);
    });
    figure.append(button);
  }
}

const resultsShown = 30;

/** Every word has to be there; those in a title or heading count most. */
function scoreOf([, title, heading, text], words) {
  let score = 0;
  for (const word of words) {
    const inTitle = title.toLowerCase().includes(word);
    const inHeading = heading.toLowerCase().includes(word);
    const inText = text.toLowerCase().includes(word);
    if (!inTitle && !inHeading && !inText) return 0;
    score += (inHeading ? 5 : 0) + (inTitle ? 3 : 0) + (inText ? 1 : 0);
  }
  return score;
}

function findEntries(index, query) {
  const words = wordsOf(query);
  if (words.length === 0) return [];
  const scored = index.map((entry) => ({ entry, score: scoreOf(entry, words) }));
  const found = scored.filter(({ score }) => score > 0);
  return found.sort((one, other) => other.score - one.score).map(({ entry }) => entry);
}

/** The place of the first word that is in the text, with some words before it. */
function excerptOf(text, words) {
  const places = words.map((word) => text.toLowerCase().indexOf(word)).filter((at) => at > 60);
  const start = places.length === 0 ? 0 : text.indexOf(" ", Math.min(...places) - 60);
  const part = text.slice(start, start + 180);
  return `${start > 0 ? "…" : ""}${part}${start + 180 < text.length ? "…" : ""}`;
}

function wordsOf(query) {
  return query.toLowerCase().split(/\s+/).filter(Boolean);
}

function resultItem([url, title, heading, text], words) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = url;
  link.textContent = heading === "" ? title : `${title}: ${heading}`;
  const excerpt = document.createElement("p");
  excerpt.textContent = excerptOf(text, words);
  item.append(link, excerpt);
  return item;
}

async function offerSearch() {
  const results = document.getElementById("results");
  if (results === null) return;
  const field = document.querySelector("input[name=q]");
  const state = document.getElementById("search-state");
  const show = (index) => {
    const found = findEntries(index, field.value);
    results.replaceChildren(
      ...found.slice(0, resultsShown).map((entry) => resultItem(entry, wordsOf(field.value))),
    );
    if (field.value.trim() === "") state.textContent = "Type into the field at the top.";
    else if (found.length > resultsShown)
      state.textContent = `The best ${resultsShown} of ${found.length} places`;
    else state.textContent = `${found.length} ${found.length === 1 ? "place" : "places"}`;
  };
  field.value = new URLSearchParams(location.search).get("q") ?? "";
  state.textContent = "Loading what can be found";
  try {
    const answer = await fetch("search.json");
    const index = await answer.json();
    show(index);
    field.addEventListener("input", () => {
      show(index);
      history.replaceState(null, "", `?q=${encodeURIComponent(field.value)}`);
    });
  } catch {
    state.textContent = "The list of what can be found could not be loaded: load the page again.";
  }
}

document.addEventListener("DOMContentLoaded", async () => {
  offerThemes();
  offerMenu();
  showCurrentPage();
  offerCopies();
  await offerSearch();
});
