// A number of a paper shows its formula when it is pointed at or has the focus; Escape hides it.
(() => {
  let shown;

  const hide = () => {
    shown?.link.removeAttribute("aria-describedby");
    shown?.box.remove();
    shown = undefined;
  };

  const place = (link, box) => {
    const where = link.getClientRects()[0];
    const width = document.documentElement.clientWidth;
    const left = Math.max(8, Math.min(where.left, width - box.offsetWidth - 8));
    const below = where.bottom + 6 + box.offsetHeight < window.innerHeight;
    const top = below ? where.bottom + 6 : Math.max(8, where.top - 6 - box.offsetHeight);
    box.style.left = `${left}px`;
    box.style.top = `${top}px`;
  };

  const show = (link) => {
    const source = document.getElementById(link.dataset.note);
    if (!source || shown?.link === link) {
      return;
    }
    hide();
    const box = document.createElement("div");
    box.id = "paper-note";
    box.className = "paper-note";
    box.setAttribute("role", "tooltip");
    box.innerHTML = source.innerHTML;
    document.body.append(box);
    link.setAttribute("aria-describedby", box.id);
    shown = { link, box };
    place(link, box);
    window.laterFormulas.typeset(box).then(() => {
      if (shown?.box === box) {
        place(link, box);
        box.dataset.ready = "true";
      }
    });
  };

  window.addEventListener("DOMContentLoaded", () => {
    for (const link of document.querySelectorAll("a.paper-reference")) {
      // The title is for readers without scripts.
      link.removeAttribute("title");
      link.addEventListener("mouseenter", () => show(link));
      link.addEventListener("focus", () => show(link));
      link.addEventListener("mouseleave", () => document.activeElement !== link && hide());
      link.addEventListener("blur", hide);
    }
    document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
    // Tabbing to a link scrolls to it: the formula goes along.
    document.addEventListener("scroll", () => shown && place(shown.link, shown.box), {
      passive: true,
      capture: true,
    });
  });
})();
