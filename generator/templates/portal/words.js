// The portal's words, days and amounts in the page's language, and the elements that hold them.

/** Currencies whose amounts Stripe counts in other units than everybody else, by the digits of their fraction. */
const DIGITS = { ISK: 2, MGA: 0, UGX: 2 };

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes and what is in it; what has no value, or is `false`, is left out. */
export function make(tag, attributes = {}, ...children) {
  return filled(document.createElement(tag), attributes, children);
}

/** The same for drawings. */
export function draw(tag, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, tag), attributes, children);
}

const isThere = (value) => value !== undefined && value !== null && value !== false && value !== "";

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (isThere(value)) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter(isThere));
  return element;
}

/** The milliseconds of a civil day, `2026-09-01`, at its beginning in universal time. */
export const time = (day) => Date.parse(`${day}T00:00:00Z`);

/** Today's civil day where the reader is. */
export const today = () => {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
};

/** Speaks a language: `words` by their keys, with `{name}` for what is filled in. */
export function speaker(words, language) {
  const days = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" });
  const months = new Intl.DateTimeFormat(language, { month: "short", timeZone: "UTC" });
  const moments = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
  const dates = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
  const percents = new Intl.NumberFormat(language, { style: "percent" });
  const say = (key, filling = {}) => (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => filling[name] ?? "");
  const day = (text) => days.format(time(text));
  return {
    say,
    day,
    /** The name of a month; January, and the first of a drawing, with its year. */
    month: (at, isFirst) => (isFirst || new Date(at).getUTCMonth() === 0 ? `${months.format(at)} ${new Date(at).getUTCFullYear()}` : months.format(at)),
    /** A time of day with its date. */
    moment: (text) => moments.format(Date.parse(text)),
    /** The date of a time. */
    date: (text) => dates.format(Date.parse(text)),
    /** From one day to another, either of which may be missing. */
    span: (start, end) => {
      if (start && end) return say("span", { start: day(start), end: day(end) });
      return start ? say("from", { day: day(start) }) : end ? say("until", { day: day(end) }) : "";
    },
    percent: (share) => percents.format(share / 100),
    /** An amount, which is counted in the smallest unit of its currency. */
    money: ({ amount, currency }) => {
      const format = new Intl.NumberFormat(language, { style: "currency", currency });
      const digits = DIGITS[currency] ?? format.resolvedOptions().maximumFractionDigits;
      return format.format(amount / 10 ** digits);
    },
  };
}
