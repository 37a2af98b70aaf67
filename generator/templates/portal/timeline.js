// A project's timeline: phases as bars, milestones as marks, and today, drawn from their dates.

import { draw, time, today } from "./words.js";

const DAY = 86_400_000;

/** Sizes in the drawing's units, which are pixels of the screen. */
const [ROW, TOP, BAR, MARK] = [54, 34, 14, 7];

/** The least room of a month's name. */
const ROOM = 66;

/** What of a project has a date, and the days that it lies between; nothing where nothing has one. */
export function dated({ start, end, phases }) {
  const rows = phases.map((phase) => ({
    phase,
    marks: phase.milestones.filter(({ due }) => due),
    from: phase.start ?? phase.end,
    to: phase.end ?? phase.start,
  }));
  const shown = rows.filter(({ from, marks }) => from || marks.length > 0);
  const days = [start, end, ...shown.flatMap(({ from, to, marks }) => [from, to, ...marks.map(({ due }) => due)])].filter(Boolean).sort();
  return shown.length > 0 ? { rows: shown, first: days[0], last: days.at(-1) } : undefined;
}

/** The first days of the months between two times, in steps that leave room for their names. */
function months(from, to, width) {
  const [start, end] = [new Date(from), new Date(to)];
  const count = (end.getUTCFullYear() - start.getUTCFullYear()) * 12 + end.getUTCMonth() - start.getUTCMonth() + 1;
  const step = [1, 2, 3, 6, 12, 24, 60].find((step) => (count / step) * ROOM <= width) ?? 120;
  const first = step === 1 ? start.getUTCMonth() : Math.floor(start.getUTCMonth() / step) * step;
  const all = Array.from({ length: Math.ceil(count / step) + 1 }, (_, n) => Date.UTC(start.getUTCFullYear(), first + n * step, 1));
  return all.filter((at) => at >= from && at <= to);
}

/** Draws the timeline of what is dated into a width, in the words of a speaker. `language` is that of the project's own texts. */
export function timeline({ rows, first, last }, width, { say, day, month, span }, language) {
  const margin = Math.max(3 * DAY, (time(last) - time(first)) * 0.02);
  const [from, to] = [time(first) - margin, time(last) + margin];
  const height = TOP + rows.length * ROW + 6;
  const x = (at) => Math.round(((at - from) / (to - from)) * width * 10) / 10;
  const place = (text) => x(time(text));
  const titled = (text) => draw("title", { lang: language }, text);

  const grid = months(from, to, width).flatMap((at, number) => {
    const fits = x(at) + ROOM <= width + 12;
    return [
      draw("line", { class: "timeline-month", x1: x(at), x2: x(at), y1: 22, y2: height }),
      fits && draw("text", { class: "timeline-name", x: x(at) + 5, y: 16 }, month(at, number === 0)),
    ].filter(Boolean);
  });

  const bands = rows.map(({ phase, marks, from: start, to: end }, number) => {
    const y = TOP + number * ROW;
    const middle = y + 26 + BAR / 2;
    const left = start ? place(start) : place(marks[0].due);
    const band = [];
    if (start) {
      const length = Math.max(x(time(end) + DAY) - left, 4);
      const bar = { x: left, y: y + 26, height: BAR, rx: 3 };
      band.push(draw("rect", { ...bar, class: `timeline-bar is-${phase.status}`, width: length }, titled(`${phase.name}, ${span(phase.start, phase.end)}`)));
      const done = phase.progress ?? 0;
      if (done > 0 && done < 100) band.push(draw("rect", { ...bar, class: "timeline-done", width: (length * done) / 100 }));
    }
    for (const { name, due, status } of marks) {
      const at = x(time(due) + DAY / 2);
      const path = `M${at} ${middle - MARK}l${MARK} ${MARK}l${-MARK} ${MARK}l${-MARK} ${-MARK}z`;
      band.push(draw("path", { class: `timeline-mark is-${status}`, d: path }, titled(`${name}, ${day(due)}`)));
    }
    // A name that would run out at the right ends at the right edge.
    const room = Math.max(width - left, 0);
    const length = phase.name.length * 7.6;
    const anchor = length > room && left > width / 2 ? { x: width, "text-anchor": "end" } : { x: Math.max(0, Math.min(left, width - length)) };
    band.push(draw("text", { class: "timeline-phase", y: y + 18, lang: language, ...anchor }, phase.name));
    return draw("g", {}, band);
  });

  const now = time(today()) + DAY / 2;
  const at = x(now);
  const isNear = now >= from && now <= to;
  const label = { class: "timeline-today-name", x: at, y: height + 14, "text-anchor": at < 30 ? "start" : at > width - 50 ? "end" : "middle" };
  const line = isNear ? [draw("line", { class: "timeline-today", x1: at, x2: at, y1: 22, y2: height }), draw("text", label, say("today"))] : [];

  const size = { viewBox: `0 0 ${width} ${height + 20}`, width, height: height + 20 };
  return draw("svg", { class: "timeline", role: "img", "aria-label": say("timeline_about"), ...size }, grid, bands, line);
}
