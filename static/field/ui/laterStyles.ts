// The styles of pages that the first screen does not need: they come with these pages, not with the first visit.

/** static/css/later.css, as service_worker/build/bundle.mjs has bundled it: one layer. */
declare const LATER_STYLES: string;

/** Adds them to the sheet of the first screen. A `<style>` is refused by the Content-Security-Policy. */
export function addStyles() {
  const [sheet] = document.styleSheets;
  sheet?.insertRule(LATER_STYLES, sheet.cssRules.length);
}
