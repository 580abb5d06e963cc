// The ledger as an explorer: words and facets filter the items; the state is in the address.
(() => {
  const start = () => {
    const form = document.getElementById("explorer");
    if (!form) {
      return;
    }
    const items = [...document.querySelectorAll("details.ledger-item")];
    const sections = [...document.querySelectorAll(".ledger-section")];
    const words = new Map(items.map((item) => [item, item.textContent.toLowerCase()]));
    const facets = ["paper", "kind", "strength", "chapter"];
    const count = form.querySelector("[role=status]");

    const read = () => {
      const asked = new URLSearchParams(location.search);
      form.elements.text.value = asked.get("text") ?? "";
      for (const name of facets) {
        form.elements[name].value = asked.get(name) ?? "";
      }
      for (const box of form.querySelectorAll("[name=verdict]")) {
        box.checked = asked.getAll("verdict").includes(box.value);
      }
    };

    const filter = () => {
      const asked = new FormData(form);
      const verdicts = asked.getAll("verdict");
      const terms = asked.get("text").toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const item of items) {
        const fits =
          facets.every((name) => !asked.get(name) || item.dataset[name] === asked.get(name)) &&
          (!verdicts.length || verdicts.includes(item.dataset.verdict)) &&
          terms.every((term) => words.get(item).includes(term));
        item.hidden = !fits;
        shown += fits;
      }
      for (const section of sections) {
        let next = section.nextElementSibling;
        let some = false;
        while (next && !next.classList.contains("ledger-section")) {
          some ||= next.matches("details.ledger-item:not([hidden])");
          next = next.nextElementSibling;
        }
        section.hidden = !some;
      }
      count.textContent = `${shown} of ${items.length} statements`;
      const query = new URLSearchParams([...asked].filter(([, value]) => value)).toString();
      history.replaceState(null, "", `${location.pathname}${query ? `?${query}` : ""}${location.hash}`);
    };

    // A permanent link shows its statement, whatever the filter says.
    const showTarget = () => {
      const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (target?.matches("details.ledger-item[hidden]")) {
        form.reset();
      }
    };

    for (const item of items) {
      item.addEventListener("toggle", () => {
        if (item.open && !item.querySelector(".permanent")) {
          const link = document.createElement("a");
          link.className = "permanent";
          link.href = `#${item.id}`;
          link.textContent = "Permanent link";
          item.querySelector("summary").after(link);
        }
      });
    }
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      filter();
    });
    form.addEventListener("input", filter);
    form.addEventListener("reset", () => window.setTimeout(filter));
    window.addEventListener("hashchange", showTarget);
    read();
    filter();
    showTarget();
  };

  window.addEventListener("DOMContentLoaded", start);
})();
