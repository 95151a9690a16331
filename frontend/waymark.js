// Starts the components of the pages. Everything works without this file; it only makes things smoother.
import {
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  ExitThisPage,
  NotificationBanner,
  Radios,
  ServiceNavigation,
  SkipLink,
  createAll,
} from "govuk-frontend";
import { Alert } from "@ministryofjustice/frontend/moj/components/alert/alert.mjs";
import htmx from "htmx.org";

// Pages are never kept on the device, and nothing that arrives may run as a script.
Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  includeIndicatorStyles: false,
  selfRequestsOnly: true,
});

// ARIA gives a radio button no "expanded" state; GOV.UK Frontend sets one all the same, and some readers announce it wrongly.
class PlainRadios extends Radios {
  syncConditionalRevealWithInputState($input) {
    super.syncConditionalRevealWithInputState($input);
    $input.removeAttribute("aria-expanded");
  }
}

// Leaving these pages for good: what was typed and the cookie go first, and the page gives up its place in the history, so that Back does not lead here.
class LeaveForGood extends ExitThisPage {
  exitPage() {
    document.body.classList.add("govuk-exit-this-page-hide-content");
    this.$overlay = document.createElement("div");
    this.$overlay.className = "govuk-exit-this-page-overlay";
    this.$overlay.setAttribute("role", "alert");
    document.body.append(this.$overlay);
    this.$overlay.textContent = this.i18n.t("activated");
    for (const box of document.querySelectorAll("form input:not([type=hidden]), form textarea, form select")) {
      box.value = box.type === "radio" || box.type === "checkbox" ? box.value : "";
      box.checked = false;
    }
    document.cookie = "csrftoken=; Max-Age=0; path=/";
    try {
      localStorage.clear();
      sessionStorage.clear();
      sessionStorage.setItem("left", "1"); // read by start.js: it names nothing, and goes with the tab
    } catch {
      // a browser that keeps nothing has nothing to clear
    }
    window.location.replace(this.$button.href);
  }
}

const leaveFor = document.body.dataset.leave;
if (leaveFor) {
  // An answer to a form becomes an ordinary page: reloading it sends nothing again.
  history.replaceState(null, "", window.location.href);
  // A page that the browser had kept whole, shown again by Back after it was left.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && sessionStorage.getItem("left")) {
      document.body.hidden = true;
      window.location.replace(leaveFor);
    }
  });
}

const parts = [Button, CharacterCount, Checkboxes, ErrorSummary, LeaveForGood, NotificationBanner, PlainRadios, ServiceNavigation, SkipLink, Alert];

function start(scope) {
  for (const Part of parts) {
    createAll(Part, undefined, { scope });
  }
}

start(document);
// htmx reports document.body as it starts; only what it brings in later still needs starting.
document.addEventListener("htmx:afterSettle", (event) => start(event.target.parentElement ?? document));
