// Loaded only where a select has many options.
import TomSelect from "tom-select/dist/esm/tom-select.js";

export function dress(select) {
  new TomSelect(select, {
    maxOptions: null,
    hidePlaceholder: true,
    controlInput: "<input>",
    onInitialize() {
      select.setAttribute("aria-hidden", "true");
      this.control_input.setAttribute("aria-describedby", select.getAttribute("aria-describedby") ?? "");
    },
    render: { no_results: () => `<div class="no-results">${select.dataset.kNone}</div>` },
  });
}
