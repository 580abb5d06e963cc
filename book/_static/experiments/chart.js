// A small line chart in SVG: logarithmic upwards, linear to the right. Colours and dashes are those of
// the figures; the words are text, so that a screen reader reads them.
(() => {
  const names = "http://www.w3.org/2000/svg";
  const [width, height] = [640, 300];
  // On a phone the picture is small and its text large (custom.css).
  const margins = () =>
    window.matchMedia("(max-width: 600px)").matches
      ? { left: 96, right: 14, top: 42, bottom: 66, tick: 26 }
      : { left: 62, right: 12, top: 30, bottom: 44, tick: 18 };

  const add = (parent, tag, attributes, text) => {
    const element = document.createElementNS(names, tag);
    for (const [name, value] of Object.entries(attributes)) {
      element.setAttribute(name, value);
    }
    if (text !== undefined) {
      element.textContent = text;
    }
    parent.append(element);
    return element;
  };

  const power = (exponent) => {
    const digits = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
    return `10${[...String(exponent)].map((digit) => digits[digit]).join("")}`;
  };

  // Series: { name, values } by step; what is not positive or not finite is left out.
  const draw = (holder, { series, x, y, label }) => {
    const box = margins();
    const logs = series.map(({ values }) =>
      values.map((value) => (value > 0 && Number.isFinite(value) ? Math.log10(value) : null)),
    );
    const known = logs.flat().filter((value) => value !== null);
    const low = known.length ? Math.floor(Math.min(...known)) : -1;
    const high = Math.max(low + 1, known.length ? Math.ceil(Math.max(...known)) : 0);
    const longest = Math.max(2, ...series.map(({ values }) => values.length));
    const right = (step) => box.left + ((width - box.left - box.right) * step) / (longest - 1);
    const up = (value) => height - box.bottom - ((height - box.top - box.bottom) * (value - low)) / (high - low);
    const svg = document.createElementNS(names, "svg");
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
    const every = Math.max(1, Math.ceil((high - low) / 6));
    for (let exponent = low; exponent <= high; exponent += every) {
      add(svg, "line", { class: "grid", x1: box.left, x2: width - box.right, y1: up(exponent), y2: up(exponent) });
      add(svg, "text", { x: box.left - 8, y: up(exponent) + 5, "text-anchor": "end" }, power(exponent));
    }
    for (const share of [0, 0.25, 0.5, 0.75, 1]) {
      const step = Math.round((longest - 1) * share);
      const anchor = share === 0 ? "start" : share === 1 ? "end" : "middle";
      add(svg, "text", { x: right(step), y: height - box.bottom + box.tick, "text-anchor": anchor }, String(step));
    }
    add(svg, "text", { x: width - box.right, y: height - 6, "text-anchor": "end" }, x);
    add(svg, "text", { x: 4, y: box.top - 16, "text-anchor": "start" }, y);
    logs.forEach((values, place) => {
      let path = "";
      values.forEach((value, step) => {
        if (value !== null) {
          const open = path === "" || values[step - 1] === null;
          path += `${open ? "M" : "L"}${right(step).toFixed(1)} ${up(value).toFixed(1)}`;
        }
      });
      add(svg, "path", { class: `curve curve-${place}`, d: path });
    });
    const legend = document.createElement("ul");
    legend.className = "legend";
    series.forEach(({ name }, place) => {
      const entry = document.createElement("li");
      entry.className = `legend-${place}`;
      entry.textContent = name;
      legend.append(entry);
    });
    holder.replaceChildren(svg, legend);
  };

  Object.assign(window.experiments, { draw, power });
})();
