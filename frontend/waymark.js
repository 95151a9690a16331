// Starts the components of the pages. Everything works without this file; it only makes things smoother.
import {
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
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

const parts = [Button, CharacterCount, Checkboxes, ErrorSummary, NotificationBanner, PlainRadios, ServiceNavigation, SkipLink, Alert];

function start(scope) {
  for (const Part of parts) {
    createAll(Part, undefined, { scope });
  }
}

start(document);
// htmx reports document.body as it starts; only what it brings in later still needs starting.
document.addEventListener("htmx:afterSettle", (event) => start(event.target.parentElement ?? document));
