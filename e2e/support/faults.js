// What can be wrong with a page as a browser shows it. Each finder returns a list of sentences, empty when nothing is wrong;
// `tests/faults.test.js` shows that each of them can find something.

import { AxeBuilder } from "@axe-core/playwright";

const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];

/** Listens to a page from now on: errors, breaches of its Content-Security-Policy, requests to elsewhere. */
export async function listen(page, origin) {
  let heard = [];
  const hear = (fault) => heard.push(fault);
  page.on("console", (message) => {
    // The browser reports the status of a page that is meant not to be found here; statuses are tested by themselves.
    const ofThePage = message.location().url === page.url() && /status of 404/.test(message.text());
    if (["error", "warning"].includes(message.type()) && !ofThePage) hear(`console ${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => hear(`script error: ${error.message}`));
  page.on("crash", () => hear("the page crashed"));
  page.on("requestfailed", (request) => {
    // The dev server's stream of events ends with its page.
    if (!request.url().endsWith("/_plainsite/events")) hear(`request failed: ${request.url()}: ${request.failure()?.errorText}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400 && !response.request().isNavigationRequest()) hear(`status ${response.status()}: ${response.url()}`);
  });
  await page.exposeBinding("__breach", (_, breach) => hear(`policy breach: ${breach}`));
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      globalThis.__breach(`${event.effectiveDirective} forbids ${event.blockedURI}`);
    });
  });
  // Seen before they are sent, so that also those are counted that a policy or the network then stops.
  await page.route("**/*", (route) => {
    const address = new URL(route.request().url());
    if (["http:", "https:", "ws:", "wss:"].includes(address.protocol) && address.origin !== origin) {
      hear(`request to elsewhere: ${address.href}`);
      return route.abort();
    }
    return route.continue();
  });
  return {
    /** What was heard since the last time. */
    take() {
      const faults = heard;
      heard = [];
      return faults;
    },
    /** Leaves the page. What ends because of that, such as a form's request under way, is no fault of the next one. */
    async leave() {
      await page.goto("about:blank");
      heard = [];
    },
  };
}

/** What a page may have wrong wherever it is shown; what it is heard to do comes on top. */
export async function allFaults(page, { lang }) {
  return [...(await overflow(page)), ...(await cutText(page)), ...(await outline(page, { lang })), ...(await inaccessible(page))];
}

/** Whether the page can be scrolled sideways, and what sticks out. */
export function overflow(page) {
  return page.evaluate(() => {
    const root = document.scrollingElement;
    if (root.scrollWidth <= innerWidth) return [];
    const wide = [...document.body.querySelectorAll("*")].filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5);
    const name = (element) => `${element.localName}${element.className ? `.${element.getAttribute("class")}` : ""}`;
    return [`the page is ${root.scrollWidth} px wide where there are ${innerWidth}: ${wide.slice(0, 5).map(name).join(", ")}`];
  });
}

/** Boxes that hide part of their own text: it is wider than they are, and they neither scroll nor let it out. */
export function cutText(page) {
  return page.evaluate(() => {
    const hidden = [...document.body.querySelectorAll("*")].filter((element) => {
      if (!(element instanceof HTMLElement) || element.innerText.trim() === "") return false;
      const { overflowX, clipPath } = getComputedStyle(element);
      return ["hidden", "clip"].includes(overflowX) && clipPath === "none" && element.scrollWidth > element.clientWidth + 1;
    });
    // A decoration may be cut, words may not.
    const words = hidden.filter((element) => {
      const edge = element.getBoundingClientRect().right;
      const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      const range = document.createRange();
      while (texts.nextNode()) {
        range.selectNodeContents(texts.currentNode);
        if (texts.currentNode.data.trim() !== "" && range.getBoundingClientRect().right > edge + 1) return true;
      }
      return false;
    });
    return words.map((element) => `${element.localName}.${element.className} cuts its text off`);
  });
}

/** What a reader and a search engine need: one first heading, a language, a title, a description. */
export async function outline(page, { lang }) {
  const found = await page.evaluate(() => ({
    headings: [...document.querySelectorAll("h1")].map((heading) => heading.innerText.trim()),
    levels: [...document.querySelectorAll("main :is(h1, h2, h3, h4, h5, h6)")].map((heading) => Number(heading.localName[1])),
    lang: document.documentElement.lang,
    title: document.title.trim(),
    description: document.querySelector('meta[name="description"]')?.content.trim() ?? "",
    noindex: document.querySelector('meta[name="robots"]')?.content.includes("noindex") ?? false,
  }));
  const faults = [];
  if (found.headings.length !== 1 || !found.headings[0]) faults.push(`first-level headings: ${JSON.stringify(found.headings)}`);
  found.levels.reduce((before, level) => {
    if (level > before + 1) faults.push(`a heading of level ${level} follows one of level ${before}`);
    return level;
  }, 0);
  if (found.lang !== lang) faults.push(`lang is "${found.lang}", not "${lang}"`);
  if (!found.title) faults.push("no title");
  if (!found.description && !found.noindex) faults.push("no description");
  return faults;
}

/** What axe finds against WCAG 2.2, level AA. */
export async function inaccessible(page) {
  const { violations } = await new AxeBuilder({ page }).withTags(AXE_TAGS).setLegacyMode(true).analyze();
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.target.join(" ")).join("; ")}`);
}

/** Presses Tab once round the page, and tells what did not show that it had the focus, or was never reached. */
export async function unseenFocus(page) {
  await page.evaluate(() => {
    const look = (element) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      return `${outlineStyle === "none" || outlineWidth === "0px" ? "none" : `${outlineStyle} ${outlineWidth}`} / ${boxShadow}`;
    };
    const focusable = "a[href], button, input:not([type=hidden], [tabindex='-1']), select, textarea, summary, [tabindex]:not([tabindex='-1']), iframe, audio[controls]";
    const all = [...document.querySelectorAll(focusable)].filter((e) => !e.disabled && e.checkVisibility({ visibilityProperty: true }));
    globalThis.__focus = { look, waiting: new Set(all), quiet: new Map([...document.querySelectorAll("*")].map((e) => [e, look(e)])) };
  });
  const faults = [];
  const stops = await page.evaluate(() => globalThis.__focus.waiting.size);
  for (let stop = 0; stop < stops; stop += 1) {
    await page.keyboard.press("Tab");
    // Inside a date, Tab goes from the day to the month before it goes on.
    while (await page.evaluate(() => globalThis.__focus.last === document.activeElement && document.activeElement.type === "datetime-local")) {
      await page.keyboard.press("Tab");
    }
    const fault = await page.evaluate(() => {
      const { look, waiting, quiet } = globalThis.__focus;
      const element = document.activeElement;
      globalThis.__focus.last = element;
      const name = `${element.localName} "${element.textContent.trim().slice(0, 40)}"`;
      if (!waiting.delete(element)) return `Tab reached ${name} out of turn`;
      const box = element.getBoundingClientRect();
      if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) return `${name} has the focus off the screen`;
      for (let shown = element; shown; shown = shown.parentElement) {
        const now = look(shown);
        if (now !== quiet.get(shown) && now !== "none / none") return null;
      }
      return `${name} does not show that it has the focus`;
    });
    if (fault) faults.push(fault);
  }
  const missed = await page.evaluate(() => [...globalThis.__focus.waiting].map((e) => `Tab never reached ${e.localName} "${e.textContent.trim()}"`));
  return [...faults, ...missed];
}

/** Texts that would not be dark on white when printed, and navigation that would waste the paper. */
export function badPrint(page) {
  return page.evaluate(() => {
    const faults = [];
    const visible = (element) => element.checkVisibility({ visibilityProperty: true });
    const name = (element) => `${element.localName} "${element.textContent.trim().slice(0, 40)}"`;
    for (const element of document.querySelectorAll("nav, .skip-link, .button")) {
      if (visible(element)) faults.push(`${name(element)} would be printed`);
    }
    const numbers = (colour) => colour.match(/[\d.]+/g).map(Number);
    for (const element of document.querySelectorAll("html, body, body *:not(svg, svg *)")) {
      if (!visible(element)) continue;
      const style = getComputedStyle(element);
      const [red, green, blue, alpha = 1] = numbers(style.backgroundColor);
      if (alpha > 0 && Math.min(red, green, blue) < 255) faults.push(`${name(element)} has the background ${style.backgroundColor}`);
      const hasText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
      if (hasText && Math.max(...numbers(style.color).slice(0, 3)) > 0x22) faults.push(`${name(element)} has the colour ${style.color}`);
    }
    return faults;
  });
}
