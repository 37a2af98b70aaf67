// A form of the page: judges what is typed, keeps it in this tab, proves some work, sends it, and sends it again until it is acknowledged.
//
// The rules and the words stand in the form as JSON, made from its declaration. `functions/src/submission.rs` judges by the same rules.

import { solve } from "./proof.js";

const BLANK = /^[ \t\n\f\r]*$/;

// Patterns are written for `v`; they mean the same with `u`, which older browsers have.
const FLAG = "unicodeSets" in RegExp.prototype ? "v" : "u";

// The seconds before each further attempt; the last one stays.
const WAITS = [2, 5, 15, 30, 60];

/** What is wrong with a value, by the fault's name; nothing where it keeps to the rule. */
export function judge(rule, value) {
  const empty = rule.required ? "missing" : undefined;
  if (value === undefined) return empty;
  if (rule.type === "checkbox") return typeof value === "boolean" ? (value ? undefined : empty) : "wrong-type";
  if (typeof value !== "string") return "wrong-type";
  const length = [...value].length;
  if (length > rule.most) return "too-long";
  if (BLANK.test(value)) return empty;
  if (rule.type === "select" && !rule.options.includes(value)) return "not-an-option";
  const failed = rule.checks.find(({ pattern, sense }) => new RegExp(pattern, FLAG).test(value) !== (sense === "must"));
  return failed ? failed.fault : length < rule.least ? "too-short" : undefined;
}

/** A telephone number behind its country's code, as it is written at home or with the code already. */
export function withCode(typed, { code, trunk } = {}) {
  const number = typed.trim().replace(/^00/, "+");
  if (!number || !code || number.startsWith("+")) return number;
  return `+${code} ${trunk && number.startsWith(trunk) ? number.slice(trunk.length) : number}`;
}

function start(form) {
  const { rules, words, email } = JSON.parse(form.querySelector("script[type='application/json']").textContent);
  const find = (selector) => form.querySelector(selector);
  const [summary, status] = [find(".form-summary"), find(".form-status")];
  const fields = rules.map((rule) => ({ rule, control: find(`[name="${rule.name}"]`) })).filter(({ control }) => control);
  const codes = [...form.querySelectorAll("[data-code-of]")];
  const codeOf = (control) => codes.find((select) => select.dataset.codeOf === control.id);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const slot = `plainsite-draft-${form.dataset.form}`;
  let key = crypto.randomUUID();
  let challenge;
  let busy = false;
  let attempts = 0;
  let waiting = false;
  let timer;

  const read = ({ rule, control }) => {
    if (rule.type === "checkbox") return control.checked;
    if (rule.type === "tel") return withCode(control.value, codeOf(control)?.selectedOptions[0]?.dataset);
    return control.value.toWellFormed?.() ?? control.value;
  };
  const speak = (fault, rule) => (words[fault] ?? fault).replace("{least}", rule?.least).replace("{most}", rule?.most);

  // The draft: what was typed, and the key under which it is sent, so that a repetition is known as one.
  const typed = () => [...fields.map(({ control }) => control), ...codes];
  const place = (control) => control.name || control.dataset.codeOf;
  const save = () => {
    const values = typed().map((control) => [place(control), control.type === "checkbox" ? control.checked : control.value]);
    try {
      sessionStorage.setItem(slot, JSON.stringify({ key, values: Object.fromEntries(values) }));
    } catch {
      // A browser that keeps nothing still sends.
    }
  };
  const restore = () => {
    try {
      const draft = JSON.parse(sessionStorage.getItem(slot));
      if (!draft) return;
      key = draft.key;
      for (const control of typed()) {
        const value = draft.values[place(control)];
        if (typeof value === "boolean") control.checked = value;
        else if (value !== undefined) control.value = value;
      }
      say(words.restored);
    } catch {
      // What cannot be read is no draft.
    }
  };
  const forget = () => {
    try {
      sessionStorage.removeItem(slot);
    } catch {
      // It was never kept.
    }
  };

  const say = (text, { offer = false } = {}) => {
    status.textContent = text;
    if (!offer || !email) return;
    const link = document.createElement("a");
    link.href = `mailto:${email}`;
    link.textContent = email;
    status.append(` ${words.write} `, link);
  };
  const mark = (control, message) => {
    const place = document.getElementById(`${control.id}-fault`);
    if (!place) return;
    place.textContent = message;
    place.hidden = !message;
    if (message) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  };
  const check = (field) => {
    const fault = judge(field.rule, read(field));
    const message = fault ? speak(fault, field.rule) : "";
    mark(field.control, message);
    return message;
  };
  /** Shows faults, `[control or nothing, message]` each, at their fields and above all of them. */
  const show = (faults) => {
    const item = ([control, message]) => {
      const entry = document.createElement("li");
      if (control?.labels?.length) {
        mark(control, message);
        const link = document.createElement("a");
        link.href = `#${control.id}`;
        link.textContent = control.labels[0].textContent.trim();
        link.addEventListener("click", (event) => {
          event.preventDefault();
          control.focus();
        });
        entry.append(link, ` – ${message}`);
      } else entry.textContent = message;
      return entry;
    };
    const said = document.createElement("p");
    said.textContent = words.problems;
    const list = document.createElement("ul");
    list.append(...faults.map(item));
    summary.replaceChildren(said, list);
    summary.hidden = false;
    say("");
    summary.focus();
  };

  /** A token and a solved proof, made once and again when they are refused. */
  const prepare = () => {
    challenge ??= (async () => {
      const response = await fetch(`/api/forms/${form.dataset.form}/challenge`);
      if (!response.ok) throw new Error(response.status);
      const given = await response.json();
      return { _token: given.token, _proof: await solve(given.challenge) };
    })();
    challenge.catch(() => (challenge = undefined));
    return challenge;
  };

  const later = (seconds) => {
    clearTimeout(timer);
    timer = setTimeout(send, seconds * 1000);
  };
  /** Nothing was acknowledged: what was typed stays, and is sent again. */
  const wait = (seconds = WAITS[Math.min(attempts, WAITS.length) - 1]) => {
    waiting = true;
    if (navigator.onLine) later(seconds);
    say(navigator.onLine ? `${words.failed} ${words.retry}` : words.offline, { offer: true });
  };

  const post = async () => {
    const values = Object.fromEntries(fields.map((field) => [field.rule.name, read(field)]).filter(([, value]) => value !== ""));
    const technical = {
      ...(await prepare()),
      _key: key,
      _language: find("[name=_language]")?.value,
      _zone: zone,
      _page: location.href.slice(0, 1000),
      _referrer: document.referrer.slice(0, 1000),
    };
    const trap = find(".form-trap input");
    if (trap?.value) technical[trap.name] = trap.value;
    const headers = { "Content-Type": "application/json", Accept: "application/json", "Idempotency-Key": key };
    return fetch(form.action, { method: "POST", headers, body: JSON.stringify({ ...values, ...technical }) });
  };

  const answered = async (response) => {
    const body = await response.json().catch(() => ({}));
    if (response.status === 202) {
      forget();
      location.assign(`${form.dataset.thanks}#ref=${body.id}`);
      return;
    }
    const seconds = Number(response.headers.get("Retry-After")) || undefined;
    switch (body.type?.split(":").pop()) {
      case "invalid":
        show(body.errors.map(({ field, message }) => [fields.find(({ rule }) => rule.name === field)?.control, message]));
        break;
      case "key-reused":
        // An earlier version was stored without our knowing; this one is another submission.
        key = crypto.randomUUID();
        save();
        later(0);
        break;
      case "token":
      case "proof":
        challenge = undefined;
        if (attempts < 3) later(0);
        else say(words.again, { offer: true });
        break;
      case "too-early":
        later(seconds ?? 3);
        break;
      case "in-flight":
        say(words.busy);
        later(seconds ?? 2);
        break;
      case "too-many":
        say(words.too_many, { offer: true });
        later(seconds ?? 60);
        break;
      default:
        if (response.status >= 500 || response.status === 408) wait(seconds);
        else say(words.failed, { offer: true });
    }
  };

  async function send() {
    if (busy) return;
    clearTimeout(timer);
    const faults = fields.map((field) => [field.control, check(field)]).filter(([, message]) => message);
    if (faults.length) {
      show(faults);
      return;
    }
    busy = true;
    waiting = false;
    attempts += 1;
    summary.hidden = true;
    save();
    say(challenge ? words.sending : words.prepare);
    try {
      await prepare();
      say(words.sending);
      await answered(await post());
    } catch {
      wait();
    } finally {
      busy = false;
    }
  }

  // With a script, the browser's own bubbles give way to messages that stay; its limits count other units than the rules do.
  form.noValidate = true;
  const today = new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
  for (const { rule, control } of fields) {
    control.removeAttribute("maxlength");
    if (rule.type === "datetime-local") control.min = `${today}T00:00`;
  }
  for (const hint of form.querySelectorAll("[data-zone]")) hint.textContent = words.zone.replace("{zone}", zone);
  for (const select of codes) {
    select.hidden = false;
    select.value = new Intl.Locale(navigator.language).maximize().region;
    if (select.selectedIndex < 0) select.selectedIndex = 0;
  }
  restore();

  const fieldOf = ({ target }) => fields.find(({ control }) => control === target || codeOf(control) === target);
  form.addEventListener("focusin", () => prepare().catch(() => {}), { once: true });
  form.addEventListener("focusout", (event) => {
    const field = fieldOf(event);
    // Who only passes through a field is not told to fill it in.
    if (field && !BLANK.test(field.control.value)) check(field);
  });
  form.addEventListener("input", (event) => {
    const field = fieldOf(event);
    if (field?.control.hasAttribute("aria-invalid")) check(field);
    save();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempts = 0;
    send();
  });
  addEventListener("online", () => {
    if (waiting) send();
  });
}

for (const form of document.querySelectorAll("form[data-form]")) start(form);

// On the page of thanks: the reference, which only the fragment of the address has.
const reference = /^#ref=([0-9a-f-]{36})$/.exec(location.hash)?.[1];
for (const place of reference ? document.querySelectorAll("[data-form-reference]") : []) {
  place.querySelector("code").textContent = reference;
  place.hidden = false;
}

// Where a privacy request is confirmed: the code is taken out of the address before anything is sent.
const code = /^#([\w-]{20,200})$/.exec(location.hash)?.[1];
for (const form of code ? document.querySelectorAll("form[data-confirm]") : []) {
  form.elements._token.value = code;
  history.replaceState(null, "", location.pathname + location.search);
  form.querySelector("button").focus();
}
