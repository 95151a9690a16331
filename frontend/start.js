// Runs before the page is drawn, so that what scripts will hide does not flash up first.
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.classList.add("js-enabled", "govuk-frontend-supported");
}

// Whoever left by "Exit this page" is not led back here by the Back arrow, page by page; only by asking for a page anew.
if (document.body.dataset.leave) {
  try {
    if (sessionStorage.getItem("left") && performance.getEntriesByType("navigation")[0]?.type === "back_forward") {
      document.body.hidden = true;
      window.location.replace(document.body.dataset.leave);
    } else {
      sessionStorage.removeItem("left");
    }
  } catch {
    // a browser that keeps nothing: the page that was left has given up its place all the same
  }
}
