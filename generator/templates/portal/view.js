// A client's project, as the page shows it. What comes here is data: every text becomes a text, and addresses are `https:` or no links.

import { dated, timeline } from "./timeline.js";
import { make, today } from "./words.js";

/** The words of the statuses by their keys' beginnings, and how each looks. */
const MOOD = { done: "good", paid: "good", succeeded: "good", waiting: "warn", open: "warn", pending: "warn", failed: "bad" };

/** How many milestones are told as the next ones. */
const NEXT = 3;

const ENDED = ["done", "cancelled"];

/** All of the view, below the name. `speaker` speaks the page's language; `retry` asks for what was missing. */
export function shown(view, speaker, retry) {
  const { project, progress, billing } = view;
  // What is empty is left out of an answer.
  const whole = (phase, number) => ({ milestones: [], deliverables: [], ...phase, progress: progress[number] ?? null });
  const phases = (project.phases ?? []).map(whole);
  const page = { ...view, project: { updates: [], ...project, phases }, language: project.language, ...speaker, retry };
  const parts = [partial, now, drawn, steps, invoices, transactions, updates];
  return [head(page), ...parts.map((part) => part(page, billing))].filter(Boolean);
}

const badge = ({ say }, kind, status) => make("span", { class: `badge-status is-${MOOD[status] ?? "plain"}` }, say(`${kind}_${status}`));

/** A text of the project's own, in its own language. */
const own = ({ language }, tag, text, attributes = {}) => make(tag, { lang: language, ...attributes }, text);

const link = ({ say }, url, text, about) => {
  if (!/^https:\/\//.test(url ?? "")) return undefined;
  const named = make("span", { class: "visually-hidden" }, ` ${about ? `${about}, ` : ""}${say("new_tab")}`);
  return make("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, text, named);
};

const section = (id, title, ...children) => make("section", { class: `portal-${id}`, "aria-labelledby": `portal-${id}` }, make("h3", { id: `portal-${id}` }, title), children);

const nothing = (text) => make("p", { class: "portal-nothing" }, text);

/** A table that scrolls by itself where the screen is narrow. `rows` are cells; a cell is a text, a node or a list of them. */
function table(name, heads, rows, numbers = []) {
  const side = (column) => (numbers.includes(column) ? { class: "align-right" } : {});
  const cell = (content, column) => (column === 0 ? make("th", { scope: "row", ...side(column) }, content) : make("td", side(column), content));
  const head = heads.map((text, column) => make("th", { scope: "col", ...side(column) }, text));
  const body = rows.map((cells) => make("tr", {}, cells.map((content, column) => cell([content].flat(), column))));
  const whole = make("table", {}, make("thead", {}, make("tr", {}, head)), make("tbody", {}, body));
  return make("div", { class: "table-scroll", role: "region", tabindex: "0", "aria-label": name }, whole);
}

function head(page) {
  const { project, span } = page;
  const dates = span(project.start, project.end);
  return make(
    "header",
    { class: "portal-head" },
    own(page, "h2", project.name, { id: "portal-name", tabindex: "-1" }),
    make("p", {}, badge(page, "progress", project.status), dates && ` ${dates}`),
  );
}

/** What is missing, and how to ask for it again. */
function partial(page, billing) {
  const { say, retry } = page;
  const isMissing = billing && (billing.invoices === null || billing.transactions === null);
  if (!isMissing) return undefined;
  const key = billing.invoices !== null ? "partial_transactions" : billing.transactions !== null ? "partial_invoices" : "partial_billing";
  const button = make("button", { class: "button", type: "button" }, say("retry"));
  button.addEventListener("click", retry);
  return make("div", { class: "portal-partial", role: "note" }, make("p", {}, say(key)), button);
}

/** What comes next, and what is to be paid. */
function now(page, billing) {
  const { project, say, day, date, money } = page;
  const open = project.phases.flatMap((phase) => phase.milestones.map((milestone) => ({ ...milestone, phase: phase.name })));
  const left = open.filter(({ status, due }) => due && !ENDED.includes(status)).sort((a, b) => (a.due < b.due ? -1 : 1));
  const item = ({ name, due, phase, status }) => {
    const isLate = due < today();
    const when = make("span", { class: isLate ? "portal-late" : "portal-when" }, isLate ? say("late", { day: day(due) }) : day(due));
    const waits = status === "waiting" && [" ", badge(page, "progress", status)];
    return make("li", {}, own(page, "strong", name), " ", own(page, "span", phase, { class: "portal-of" }), when, waits);
  };
  const next = left.length > 0 ? make("ol", {}, left.slice(0, NEXT).map(item)) : nothing(say("next_none"));
  const cards = [section("next", say("next"), next)];
  const invoices = billing?.invoices;
  if (invoices) {
    const unpaid = invoices.filter(({ status, remaining }) => status === "open" && remaining.amount > 0);
    const sums = new Map();
    for (const { remaining } of unpaid) sums.set(remaining.currency, (sums.get(remaining.currency) ?? 0) + remaining.amount);
    const total = [...sums].map(([currency, amount]) => make("p", { class: "portal-sum" }, money({ amount, currency })));
    const bill = ({ id, number, remaining, due_date: due, page: address }) => {
      const name = number ?? id;
      const isLate = due && Date.parse(due) < Date.now();
      const when = due && make("span", { class: isLate ? "portal-late" : "portal-when" }, say(isLate ? "late" : "due_by", { day: date(due) }));
      return make("li", {}, make("strong", {}, name), " ", money(remaining), when, link(page, address, say("pay"), name));
    };
    cards.push(section("due", say("due"), ...(unpaid.length > 0 ? [...total, make("ul", {}, unpaid.map(bill))] : [nothing(say("due_none"))])));
  }
  return make("div", { class: "portal-now" }, cards);
}

/** The timeline, drawn anew when its place gets another width, and the same as a table. */
function drawn(page) {
  const { project, say, day, span, language } = page;
  const dates = dated(project);
  if (!dates) return section("timeline", say("timeline"), nothing(say("timeline_none")));
  const place = make("div", { class: "timeline-place" });
  let width = 0;
  new ResizeObserver(([{ contentRect }]) => {
    if (Math.round(contentRect.width) === width || contentRect.width < 1) return;
    width = Math.round(contentRect.width);
    place.replaceChildren(timeline(dates, width, page, language));
  }).observe(place);
  const row = (kind, { name, status }, when) => [own(page, "span", name), say(kind), when || "–", say(`progress_${status}`)];
  const rows = project.phases.flatMap((phase) => [
    row("phase", phase, span(phase.start, phase.end)),
    ...phase.milestones.map((milestone) => row("milestone", milestone, milestone.due && day(milestone.due))),
  ]);
  const heads = [say("name"), say("kind"), say("when"), say("status")];
  const same = make("details", {}, make("summary", {}, say("as_table")), table(say("timeline"), heads, rows));
  return section("timeline", say("timeline"), place, same);
}

/** The phases, with how far each is, its milestones and what it delivers. */
function steps(page) {
  const { project, say, day, span, percent } = page;
  if (project.phases.length === 0) return section("phases", say("phases"), nothing(say("phases_none")));
  const item = (each, more) => make("li", {}, own(page, "span", each.name, { class: "portal-item" }), " ", badge(page, "progress", each.status), " ", more);
  const milestone = (each) => item(each, each.due && make("span", { class: "portal-when" }, day(each.due)));
  const deliverable = (each) => item(each, link(page, each.link, say("open_deliverable"), each.name));
  const part = (title, list, item) => list.length > 0 && [make("h5", {}, title), make("ul", {}, list.map(item))];
  const bar = ({ progress, name }) => {
    if (progress === null) return undefined;
    const text = percent(progress);
    return make("p", { class: "portal-progress" }, make("progress", { max: "100", value: progress, "aria-label": say("progress_of", { name }) }), " ", text);
  };
  const phase = (each) =>
    make(
      "li",
      { class: `portal-phase is-${each.status}` },
      own(page, "h4", each.name),
      make("p", { class: "portal-state" }, badge(page, "progress", each.status), " ", make("span", { class: "portal-when" }, span(each.start, each.end))),
      bar(each),
      part(say("milestones"), each.milestones, milestone),
      part(say("deliverables"), each.deliverables, deliverable),
    );
  return section("phases", say("phases"), make("ol", {}, project.phases.map(phase)));
}

function invoices(page, billing) {
  const { say, date, money } = page;
  if (!billing?.invoices) return undefined;
  if (billing.invoices.length === 0) return section("invoices", say("invoices"), nothing(say("invoices_none")));
  const row = ({ id, number, created, status, due, paid, due_date: until, page: address, pdf }) => {
    const name = number ?? id;
    const some = status === "open" && paid.amount > 0 && make("small", {}, say("paid_part", { amount: money(paid) }));
    const when = status === "open" && until && make("small", {}, say("due_by", { day: date(until) }));
    const links = [link(page, address, say(status === "open" ? "pay" : "look"), name), " ", link(page, pdf, say("download"), name)];
    return [name, date(created), [money(due), some], [badge(page, "invoice", status), when], links];
  };
  const heads = [say("invoice"), say("date"), say("amount"), say("status"), say("links")];
  return section("invoices", say("invoices"), table(say("invoices"), heads, billing.invoices.map(row), [2]));
}

function transactions(page, billing) {
  const { say, date, money } = page;
  if (!billing?.transactions) return undefined;
  if (billing.transactions.length === 0) return section("transactions", say("transactions"), nothing(say("transactions_none")));
  const row = ({ id, created, status, amount, refunded, description, receipt }) => {
    const back = refunded.amount > 0 && make("small", {}, say("refunded", { amount: money(refunded) }));
    const about = description && make("small", {}, description);
    return [date(created), [money(amount), back], badge(page, "transaction", status), [make("code", {}, id), about], link(page, receipt, say("receipt"), id)];
  };
  const heads = [say("date"), say("amount"), say("status"), say("reference"), say("receipts")];
  return section("transactions", say("transactions"), table(say("transactions"), heads, billing.transactions.map(row), [1]));
}

function updates(page) {
  const { project, say, day } = page;
  if (project.updates.length === 0) return section("updates", say("updates"), nothing(say("updates_none")));
  const update = ({ day: at, title, text }) =>
    make("li", {}, make("p", { class: "portal-when" }, day(at)), own(page, "h4", title), text && own(page, "p", text, { class: "portal-text" }));
  return section("updates", say("updates"), make("ol", {}, project.updates.map(update)));
}
