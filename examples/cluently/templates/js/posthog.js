// Starts PostHog in its EU cloud: pages and features, no recording of sessions, no profile of people who are not signed in. Its own
// script comes before this one, in the same template, which is opened when visitors agree.
globalThis.posthog.init(document.currentScript.dataset.key, {
  api_host: "https://eu.i.posthog.com",
  person_profiles: "identified_only",
  disable_session_recording: true,
  disable_surveys: true,
  autocapture: false,
});
