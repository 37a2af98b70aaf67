// Asks for consent and keeps to the answer: banner, dialog, the panel in the policy, embeds, and what waits in templates.
//
// Stands behind `guard.js`, and uses what that one knows.

const { words, categories } = config;
const names = Object.keys(categories);

const button = (what) => make("button", { type: "button", "data-consent": what }, words[what]);
const buttons = (...what) => make("div", { class: "consent-buttons" }, ...what.map(button));
const find = (selector, within = document) => [...within.querySelectorAll(selector)];
const titled = (tag, id, ...children) => make(tag, { id, "aria-label": words.title }, make("h2", {}, words.title), ...children);

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
    const ids = all.filter((id) => services[id].category === category);
    const ticks = ids.map((name) => tick({ name }, make("b", {}, services[name].label), ` ${services[name].does}`));
    return make("fieldset", {}, make("legend", {}, tick({}, categories[category])), ...ticks);
  };
  const more = make("a", { href: config.policy }, words.policy);
  const groups = names.map(group);
  dialog = titled("dialog", "plainsite-choices", ...groups, buttons("refuse", "accept", "save", "close"), more);
  dialog.onclose = () => (dialog = dialog.remove());
  document.body.append(dialog);
  fill(dialog);
  dialog.showModal();
};

// The banner: what is asked, and the two answers side by side.

let banner;
const ask = async () => {
  await style();
  if (status() !== "asking") return;
  const labels = (category) => asked().filter((id) => services[id].category === category).map((id) => services[id].label).join(", ");
  const groups = names.filter(labels).map((category) => `${categories[category]} (${labels(category)})`);
  const text = words.ask.replace("{services}", groups.join(", "));
  banner = titled("section", "plainsite-consent", make("p", {}, text), make("p", {}, words.until), buttons("refuse", "accept", "choose"));
  // First in the page, so that whoever goes by keyboard meets it first.
  document.body.prepend(banner);
};

/** Says what holds now, wherever there is room for it. */
const tell = (kept = true) => {
  const state = kept ? status() : "blocked";
  // For style sheets: what is only of use with a script, or while something is asked.
  document.documentElement.dataset.consent = state;
  for (const line of find("[data-consent-status]")) line.textContent = words[state];
  find("[data-consent-choices] + button").forEach((withdraw) => withdraw.remove());
  if (choice.yes.size) find("[data-consent-choices]").forEach((link) => link.after(button("withdraw")));
};
tell();

// One ear for all that is pressed: in the banner, the dialog, a panel, an embed, at the bottom of the page.

document.addEventListener("click", (event) => {
  const pressed = event.target.closest("button[data-consent],[data-consent-choices]");
  if (!pressed) return;
  const place = pressed.closest("[id^=plainsite-],[data-embed]");
  const { embed } = place?.dataset ?? {};
  const ids = embed ? [embed] : place && place === banner ? asked() : all;
  const how = embed ? "embed" : (place?.id.slice(10) ?? "withdrawal");
  const what = pressed.dataset.consent ?? "choose";
  if (what === "choose") {
    event.preventDefault();
    open();
  }
  const ticked = (id) => boxes(place).find((box) => box.name === id).checked;
  const answer = { accept: yes, always: yes, refuse: no, withdraw: no, save: ticked }[what];
  if (answer) decide(ids, answer, how);
  if (what === "once") settle(write(...ids), what, wanted(ids));
  if (what === "close") dialog.close();
});
document.addEventListener("change", ({ target }) => {
  const place = target.closest("[id^=plainsite-]");
  if (!place) return;
  if (!target.name) for (const box of boxes(target.closest("fieldset"))) box.checked = target.checked;
  whole(place);
});

// Every decision is proven where the site keeps proofs. What the server will never take is not sent again; what it cannot take now is,
// with the next page, as long as the choice holds. Where nothing can be stored, a receipt is sent once.

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
const prove = (how) => {
  const { revision, digest: banner } = config;
  const { lang: language } = document.documentElement;
  const { made, yes, no } = choice;
  const receipt = { id: crypto.randomUUID(), at: parseInt(made, 36), how, language, revision, banner, gpc: signalled, accepted: [...yes], refused: [...no] };
  waiting((receipts) => [...receipts, receipt]);
  send(receipt);
};

// Loading again keeps what was typed into forms, which not every browser does: it waits in the entry of the tab's history. What a browser
// may not complete, such as a project code, may not stay there.

const fields = () => find("form :is(input:not([type=file], [type=hidden], [type=password]" + (PORTAL ? ", [autocomplete=off]" : "") + "), select, textarea)");
const again = () => {
  if (FORMS) history.replaceState({ ...history.state, typed: fields().map(({ name, value, checked }) => [name, value, checked]) }, "");
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

// Another tab may decide: the cookie tells, where the browser says that it changed, and at the latest when the page is shown again.

const look = () => {
  if (stored() === known) return;
  const before = choice;
  choice = read();
  if (RECEIPTS && parseInt(choice.made, 36) < parseInt(before.made, 36)) {
    // The answer to an earlier receipt came late, and brought the cookie of that choice back.
    choice = before;
    write();
  } else settle(true, "elsewhere");
};
globalThis.cookieStore?.addEventListener("change", look);
addEventListener("pageshow", look);

// A decision ends what was asked.

document.addEventListener("consentchange", ({ detail }) => {
  const { kept, how } = detail;
  // Closed first: the focus goes back to what opened it, which may be in the banner.
  dialog?.close();
  if (banner && (!kept || status() !== "asking")) {
    if (banner.contains(document.activeElement)) document.querySelector("main")?.focus({ preventScroll: true });
    banner.remove();
  }
  find("#plainsite-panel").forEach(fill);
  tell(kept);
  if (RECEIPTS && how !== "elsewhere" && how !== "once") prove(how);
});

addEventListener("DOMContentLoaded", () => {
  if (FORMS) resume();
  // What waits for consent stands in a template, inert. Moving it out runs its scripts, in their order where they don't say otherwise.
  // In the client portal it stays there: nothing optional sees a project code.
  for (const template of find(PORTAL ? "html:not([data-portal]) template[data-service]" : "template[data-service]")) {
    if (granted.has(template.dataset.service)) {
      for (const script of find("script:not([async])", template.content)) script.async = false;
      template.replaceWith(template.content);
    }
  }
  find("#plainsite-panel").forEach(fill);
  if (RECEIPTS) {
    const retry = () => waiting((receipts) => receipts.filter(({ at }) => at + keep > now())).forEach(send);
    retry();
    addEventListener("online", retry);
  }
  tell();
  if (status() === "asking") ask();
});
