// Runs before the page is drawn, so that what scripts will hide does not flash up first.
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("js-enabled", "govuk-frontend-supported");
}
