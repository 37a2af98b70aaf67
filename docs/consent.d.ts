// What Plainsite gives a site's own scripts on pages that ask for consent. Described in docs/consent.md.

/** The consent of the visitor of this page. */
export interface Consent {
  /** `asking` while something is undecided; `gpc` where Global Privacy Control decided; else `decided`. */
  readonly status: "asking" | "decided" | "gpc";
  /** Whether a service, by its key in `privacy.yaml`, runs in this page. */
  has(service: string): boolean;
  /** Agrees to every service. The page is loaded again with them. */
  accept(): void;
  /** Refuses every service. What ran is cleaned up after, and the page is loaded again without it. */
  refuse(): void;
  /** Decides on some services; the others stay as they were. Throws a `RangeError` for one that nobody is asked about. */
  save(choices: Record<string, boolean>): void;
  /** Opens the dialog. */
  open(): void;
}

/** How a decision was made: by a press in one of these places (`consent` is the banner, `choices` the dialog), by a script, or in another tab. */
export type How = "consent" | "choices" | "panel" | "embed" | "once" | "withdrawal" | "script" | "elsewhere";

/** Sent to `document` after each decision, before the page is loaded again where it has to be. */
export type ConsentChange = CustomEvent<{
  how: How;
  /** Whether the browser kept the choice. Without cookies it holds as long as the page, and nothing more is loaded. */
  kept: boolean;
  /** Every service that visitors are asked about, and whether it may run now. */
  services: Record<string, boolean>;
}>;

declare global {
  /** On pages of a site that asks for consent; nowhere else. */
  var plainsite: { readonly consent: Consent } | undefined;
  interface DocumentEventMap {
    consentchange: ConsentChange;
  }
}
