// Project codes as people write them: read generously, shown in groups. `functions/src/code.rs` reads them by the same rules.

/** The letters and digits of what was typed, as codes have them: upper-case, no letter that looks like a digit. */
const letters = (text) => text.toUpperCase().replace(/[^0-9A-Z]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");

const GAP = "[\\s\\p{Pd}_.·]*";
const WRITTEN = new RegExp(`CM(?:${GAP}[0-9A-Z]){8}(?![0-9A-Z])`, "iu");

/** The code in a text such as a line of an e-mail, or a link; the text where there is none. */
export const found = (text) => WRITTEN.exec(text)?.[0] ?? text;

/** What was typed in groups, as far as it goes: `CM-XXXX-XXXX`. */
export function grouped(text) {
  const typed = letters(text);
  const hasPrefix = typed.startsWith("CM");
  const groups = [...(hasPrefix ? ["CM"] : []), ...(typed.slice(hasPrefix ? 2 : 0).match(/.{1,4}/g) ?? [])];
  const shown = groups.join("-");
  // A dash that was typed where one belongs stays.
  const isWhole = groups.length > 0 && groups.at(-1).length === (groups.length === 1 && hasPrefix ? 2 : 4);
  return isWhole && typed.length < (hasPrefix ? 10 : 8) && /[\s\p{Pd}]$/u.test(text) ? `${shown}-` : shown;
}

/** The whole code; nothing where what was typed cannot be one. */
export function whole(text) {
  const typed = letters(text);
  const symbols = typed.length === 10 && typed.startsWith("CM") ? typed.slice(2) : typed;
  return /^[0-9A-TV-Z]{8}$/.test(symbols) ? `CM-${symbols.slice(0, 4)}-${symbols.slice(4)}` : undefined;
}

/** Shows what is typed into a control in groups. The caret stays behind the letter that it was behind. */
export function help(control) {
  const count = (text) => text.replace(/[^0-9A-Za-z]/g, "").length;
  const show = () => {
    const { value, selectionStart: caret } = control;
    const shown = grouped(value);
    if (shown === value) return;
    const isAtEnd = caret === value.length;
    const before = count(value.slice(0, caret));
    control.value = shown;
    let place = 0;
    while (count(shown.slice(0, place)) < before) place += 1;
    if (isAtEnd) place = shown.length;
    control.setSelectionRange(place, place);
  };
  control.addEventListener("input", ({ isComposing }) => isComposing || show());
  control.addEventListener("compositionend", show);
  control.addEventListener("paste", (event) => {
    const pasted = event.clipboardData?.getData("text") ?? "";
    if (!WRITTEN.test(pasted)) return;
    event.preventDefault();
    control.value = grouped(found(pasted));
    control.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
