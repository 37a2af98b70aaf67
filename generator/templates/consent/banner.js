// Asks for consent and keeps to the answer: banner, dialog, the panel in the policy, embeds, and what waits in templates.
//
// Stands behind `guard.js`, and uses what that one knows.

const { words, categories } = config;

const make = (tag, attributes, ...children) => {
  const made = document.createElement(tag);
  for (const name in attributes) made.setAttribute(name, attributes[name]);
  made.append(...children);
  return made;
};
const button = (what) => make("button", { type: "button", "data-consent": what }, words[what]);
const buttons = (...what) => make("div", { class: "consent-buttons" }, ...what.map(button));
const find = (selector, within = document) => [...within.querySelectorAll(selector)];
const titled = (tag, id, ...children) => make(tag, { id, "aria-labelledby": `${id}-title` }, make("h2", { id: `${id}-title` }, words.title), ...children);

// The choices, by category and service: the same in the dialog and in the policy's panel.

const boxes = (within) => find("input[name]", within);

/** A category is ticked when all of it is, and half when some of it is. */
const whole = (within) => {
  for (const group of find("fieldset", within)) {
    const ticked = boxes(group).filter((box) => box.checked).length;
    const box = group.querySelector("input");
    box.checked = ticked === boxes(group).length;
    box.indeterminate = ticked && !box.checked;
  }
};
const fill = (within) => {
  for (const box of boxes(within)) box.checked = choice.yes.has(box.name);
  whole(within);
  return within;
};
/** Hears the answers that are given in a place. */
const hear = (within, how, ids = all) => {
  within.addEventListener("change", ({ target }) => {
    if (!target.name) for (const box of boxes(target.closest("fieldset"))) box.checked = target.checked;
    whole(within);
  });
  within.addEventListener("click", ({ target }) => {
    const what = target.closest("[data-consent]")?.dataset.consent;
    if (what === "choose") open();
    if (what === "accept" || what === "always") decide(ids, yes, how);
    if (what === "refuse" || what === "withdraw") decide(ids, no, how);
    if (what === "save") decide(ids, (id) => boxes(within).find((box) => box.name === id).checked, how);
    if (what === "once") settle(write(...ids), what, wanted(ids));
  });
  return fill(within);
};

/** The style sheet, brought when it is needed first. */
let styled;
const style = () =>
  (styled ??= new Promise((done) => {
    const link = make("link", { rel: "stylesheet", href: config.style });
    link.onload = link.onerror = done;
    document.head.append(link);
  }));

// The dialog. Closing it decides nothing.

let dialog;
const open = async () => {
  await style();
  if (dialog) return;
  const tick = (attributes, ...children) => make("label", {}, make("input", { type: "checkbox", ...attributes }), make("span", {}, ...children));
  const group = (category) => {
    const [title, about] = categories[category];
    const ids = all.filter((id) => services[id].category === category);
    return make("fieldset", {}, make("legend", {}, tick({}, title)), about, ...ids.map((name) => tick({ name }, make("b", {}, services[name].label), ` ${services[name].does}`)));
  };
  const close = make("button", { type: "button", class: "consent-close", "aria-label": words.close }, "×");
  const more = make("a", { href: config.policy }, words.policy);
  const groups = Object.keys(categories).map(group);
  dialog = hear(titled("dialog", "plainsite-choices", make("p", { "data-consent-status": "" }), ...groups, buttons("refuse", "save", "accept"), more, close), "dialog");
  close.onclick = () => dialog.close();
  dialog.onclose = () => {
    dialog.remove();
    dialog = 0;
  };
  document.body.append(dialog);
  tell();
  dialog.showModal();
};

// The banner: what is asked, and the two answers side by side.

let banner;
const ask = async () => {
  await style();
  if (status() !== "asking") return;
  const labels = (category) => asked().filter((id) => services[id].category === category).map((id) => services[id].label).join(", ");
  const groups = Object.keys(categories).filter(labels).map((category) => `${categories[category][0]} (${labels(category)})`);
  const text = words.ask.replace("{services}", groups.join(", "));
  banner = hear(titled("section", "plainsite-consent", make("p", {}, text), make("p", {}, words.until), buttons("refuse", "accept", "choose")), "banner", asked());
  // First in the page, so that whoever goes by keyboard meets it first.
  document.body.prepend(banner);
};

/** Says what holds now, wherever there is room for it. */
const tell = (kept = true) => {
  const day = new Date(choice.time * 1000).toLocaleDateString(config.locale, { dateStyle: "long" });
  const text = words[kept ? (choice.time ? "decided" : status()) : "blocked"].replace("{day}", day);
  for (const line of find("[data-consent-status]")) if (line.textContent !== text) line.textContent = text;
  for (const link of find("[data-consent-choices]")) {
    const beside = link.parentNode.querySelector("[data-consent=withdraw]");
    if (!choice.yes.size) beside?.remove();
    else if (!beside) link.after(" ", hear(button("withdraw"), "withdrawal"));
  }
};
// Before it is painted, so that nothing moves when the page is complete.
const reader = new MutationObserver(() => tell());
reader.observe(document, { childList: true, subtree: true });

// Every decision is proven where the site keeps proofs. What the server will never take is not sent again; what it cannot take now is,
// with the next page. Where nothing can be stored, a receipt is sent once.

const KEY = "plainsite-receipts";
const waiting = (change) => {
  try {
    const receipts = change(JSON.parse(localStorage.getItem(KEY) ?? "[]"));
    localStorage.setItem(KEY, JSON.stringify(receipts.slice(-20)));
    return receipts;
  } catch {
    return [];
  }
};
const send = (receipt) =>
  fetch(config.receipts, { method: "POST", keepalive: true, headers: { "Content-Type": "application/json" }, body: JSON.stringify(receipt) })
    .then(({ status }) => status < 500 && status !== 429 && waiting((receipts) => receipts.filter(({ id }) => id !== receipt.id)))
    .catch(() => {});
const prove = ({ services, how }) => {
  const receipt = { id: crypto.randomUUID(), at: new Date(), how, services, language: config.locale, banner: config.digest, gpc: signalled };
  waiting((receipts) => [...receipts, receipt]);
  send(receipt);
};

// Loading again keeps what was typed into forms, which not every browser does: it waits in the entry of the tab's history.

const fields = () => find("form :is(input:not([type=file], [type=hidden], [type=password]), select, textarea)");
const again = () => {
  history.replaceState({ ...history.state, typed: fields().map(({ name, value, checked }) => [name, value, checked]) }, "");
  location.reload();
};
const resume = () => {
  const { typed, ...state } = history.state ?? {};
  if (!typed) return;
  history.replaceState(state, "");
  fields().forEach((field, at) => {
    const [name, value, checked] = typed[at] ?? [];
    if (name === field.name) Object.assign(field, { value, checked });
  });
};

addEventListener("DOMContentLoaded", () => {
  reader.disconnect();
  resume();
  // What waits for consent stands in a template, inert. Moving it out runs its scripts, in their order where they don't say otherwise.
  for (const template of find("template[data-service]")) {
    if (granted.has(template.dataset.service)) {
      template.closest("[data-embed]")?.setAttribute("data-opened", "");
      for (const script of find("script:not([async])", template.content)) script.async = false;
      template.replaceWith(template.content);
    }
  }
  for (const embed of find("[data-embed]")) hear(embed, "embed", [embed.dataset.embed]);
  const panels = find("[data-consent-panel]").map((panel) => hear(panel, "panel"));
  for (const link of find("[data-consent-choices]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      open();
    });
  }

  // A decision ends what was asked, in this tab and in others.
  let others;
  const look = () => {
    choice = read();
    settle(true, "elsewhere");
  };
  try {
    others = new BroadcastChannel("plainsite-consent");
    others.onmessage = look;
  } catch {
    // Without it, another tab learns of a choice when it is loaded again.
  }
  addEventListener("pageshow", ({ persisted }) => persisted && look());

  document.addEventListener("consentchange", ({ detail }) => {
    const { kept, how } = detail;
    // Closed first: the focus goes back to what opened it, which may be in the banner.
    if (dialog) dialog.close();
    if (banner && (!kept || status() !== "asking")) {
      if (banner.contains(document.activeElement)) document.querySelector("main")?.focus({ preventScroll: true });
      banner.remove();
    }
    panels.forEach(fill);
    tell(kept);
    if (how === "elsewhere") return;
    others?.postMessage(0);
    if (RECEIPTS && how !== "once") prove(detail);
  });
  if (RECEIPTS) {
    const retry = () => waiting((receipts) => receipts).forEach(send);
    retry();
    addEventListener("online", retry);
  }
  tell();
  if (status() === "asking") ask();
});
