// The client portal: takes a project code, proves some work, sends the code once, and shows the project. Refreshing goes by the token.
//
// `arrive.js` has taken a code out of the page's address before this runs; `stay.js` keeps what this tab may keep.

import { solve } from "../forms/proof.js";
import * as code from "./code.js";
import * as stay from "./stay.js";
import { shown } from "./view.js";
import { make, speaker } from "./words.js";

/** How often a proof is made anew when it is refused: the work may have grown while it was done. */
const PROOFS = 3;

function start(portal) {
  const { words, email } = JSON.parse(portal.querySelector("script[type='application/json']").textContent);
  const speak = speaker(words, document.documentElement.lang);
  const { say } = speak;
  const [form, status, fault, place] = [".portal-entry", ".portal-status", ".fault", ".portal-project"].map((part) => portal.querySelector(part));
  const input = form.querySelector("input");
  let busy = false;
  let timer;

  const tell = (text, { offer } = {}) => {
    status.replaceChildren(text);
    if (offer && email) status.append(` ${say("write")} `, make("a", { href: `mailto:${email}` }, email));
  };
  const blame = (text) => {
    fault.textContent = text;
    fault.hidden = !text;
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  };

  /** The page without a project: what was shown goes, what was kept has gone. */
  const enter = (text = "") => {
    clearTimeout(timer);
    document.documentElement.dataset.portal = "";
    place.replaceChildren();
    place.hidden = true;
    form.hidden = false;
    blame("");
    tell(text);
  };
  const leave = () => {
    stay.forget();
    input.value = "";
    enter(say("left"));
    input.focus();
  };
  const expire = () => {
    const known = stay.forget();
    enter(say("expired"));
    input.value = known ?? "";
    input.focus();
  };
  /** A stay ends with its page open, too. */
  const watch = () => {
    clearTimeout(timer);
    const left = stay.end() - Date.now();
    if (left <= 0) expire();
    else if (left < 2 ** 31) timer = setTimeout(watch, Math.min(left, 60_000));
  };

  const show = (view) => {
    const again = make("button", { type: "button", class: "button" }, say("refresh"));
    again.addEventListener("click", refresh);
    const out = make("button", { type: "button", class: "button portal-leave" }, say("leave"));
    out.addEventListener("click", leave);
    const time = make("time", { datetime: view.refreshed }, speak.moment(view.refreshed));
    const bar = make("div", { class: "portal-bar" }, make("p", {}, `${say("refreshed")} `, time), make("div", {}, again, " ", out));
    place.replaceChildren(bar, ...shown(view, speak, refresh));
    place.hidden = false;
    form.hidden = true;
    document.documentElement.dataset.portal = "open";
    tell("");
    watch();
  };

  const ask = (path, body) =>
    fetch(`/api/portal/${path}`, {
      method: body ? "POST" : "GET",
      headers: { Accept: "application/json", ...(body && { "Content-Type": "application/json" }) },
      body: body && JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      referrerPolicy: "no-referrer",
    });
  const problem = async (response) => (await response.json().catch(() => ({}))).type?.split(":").pop();

  /** Says that nothing came. Where a stay waits to be shown again, the code need not be typed: the token is still there. */
  const regret = (key) => {
    tell(say(key), { offer: true });
    if (!place.hidden || !stay.token()) return;
    const button = make("button", { type: "button", class: "button" }, say("retry"));
    button.addEventListener("click", refresh);
    status.append(" ", button);
  };

  /** Does something that the network may end, one at a time. */
  const once = async (work) => {
    if (busy) return;
    busy = true;
    portal.setAttribute("aria-busy", "true");
    try {
      await work();
    } catch {
      regret(navigator.onLine ? "failed" : "offline");
    } finally {
      busy = false;
      portal.removeAttribute("aria-busy");
    }
  };

  /** One validation of a code. Its proof is of work that was asked for just now. */
  const validate = async (typed) => {
    tell(say("proving"));
    const given = await ask("challenge");
    if (!given.ok) return given;
    const proof = await solve((await given.json()).challenge);
    tell(say("opening"));
    return ask("validate", { code: typed, _proof: proof, _language: document.documentElement.lang });
  };

  const open = ({ byLink = false } = {}) =>
    once(async () => {
      const typed = code.whole(input.value);
      blame(typed ? "" : say(input.value.trim() ? "malformed" : "missing"));
      if (!typed) {
        tell("");
        input.focus();
        return;
      }
      for (let attempt = 0; attempt < PROOFS; attempt += 1) {
        const response = await validate(typed);
        if (response.ok) {
          const view = await response.json();
          await stay.keep({ code: typed, token: view.token, until: view.until });
          input.value = "";
          show(view);
          if (byLink) tell(say("by_link"));
          place.querySelector("#portal-name").focus();
          return;
        }
        const type = await problem(response);
        if (type === "refused") {
          tell("");
          blame(say("refused"));
          input.focus();
          return;
        }
        if (type !== "proof") break;
      }
      regret("unavailable");
    });

  const refresh = () =>
    once(async () => {
      tell(say("refreshing"));
      const response = await ask("refresh", { token: stay.token() });
      if (response.ok) {
        const view = await response.json();
        await stay.keep({ token: view.token, until: view.until });
        const isFirst = place.hidden;
        show(view);
        tell(isFirst ? "" : say("refreshed_now"));
        // What was pressed is another one now.
        if (!isFirst) place.querySelector(".portal-bar button").focus();
      } else if ((await problem(response)) === "expired") expire();
      else regret("unavailable");
    });

  code.help(input);
  input.addEventListener("input", () => blame(""));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    open();
  });
  document.addEventListener("visibilitychange", () => stay.token() && watch());

  portal.querySelector(".portal-without").remove();
  enter();
  stay.find().then(({ code: brought, resumed, cleared }) => {
    if (cleared) tell(say(`cleared_${cleared}`));
    if (brought) {
      input.value = code.grouped(code.found(brought));
      open({ byLink: true });
    }
    if (resumed) {
      form.hidden = true;
      refresh();
    }
  });
}

for (const portal of document.querySelectorAll(".client-portal")) start(portal);
