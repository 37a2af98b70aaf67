// Reloads a page of the dev server when the site changes, swaps style sheets in place, and shows what is wrong over the
// last good page. Added to pages by `plainsite serve` only; no build writes it.
(() => {
  "use strict";
  let version = new URL(document.currentScript.src).searchParams.get("v");
  const broken = document.body?.classList.contains("plainsite-broken");

  const overlay = () => document.getElementById("plainsite-problem");

  const show = async () => {
    const text = await (await fetch("/_plainsite/problem", { cache: "no-store" })).text();
    if (!text) return hide();
    if (broken) {
      document.querySelector("pre").textContent = text;
      return;
    }
    if (!document.querySelector("link[data-plainsite]")) {
      const style = document.createElement("link");
      style.rel = "stylesheet";
      style.href = "/_plainsite/overlay.css";
      style.dataset.plainsite = "";
      document.head.append(style);
    }
    const box = overlay() ?? document.createElement("section");
    box.id = "plainsite-problem";
    box.setAttribute("role", "alert");
    box.setAttribute("aria-label", "What is wrong with the site");
    const words = document.createElement("pre");
    words.textContent = text;
    words.tabIndex = 0;
    const close = document.createElement("button");
    close.type = "button";
    close.textContent = "Hide";
    close.addEventListener("click", hide);
    box.replaceChildren(words, close);
    document.body.append(box);
  };

  const hide = () => overlay()?.remove();

  const swap = (moved) => {
    const sheets = new Map(moved);
    for (const link of document.querySelectorAll('link[rel="stylesheet"]')) {
      const address = sheets.get(new URL(link.href).pathname);
      if (!address) continue;
      // The old sheet stays until the new one is there, so that the page never stands without style.
      const fresh = link.cloneNode();
      fresh.href = address;
      fresh.addEventListener("load", () => link.remove());
      fresh.addEventListener("error", () => location.reload());
      link.after(fresh);
    }
  };

  const events = new EventSource("/_plainsite/events");
  events.addEventListener("changed", ({ data }) => {
    if (data !== version) location.reload();
  });
  events.addEventListener("styles", ({ data }) => {
    const news = JSON.parse(data);
    version = news.version;
    swap(news.moved);
  });
  events.addEventListener("problem", show);
  events.addEventListener("resolved", () => (broken ? location.reload() : hide()));
  addEventListener("pagehide", () => events.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
})();
