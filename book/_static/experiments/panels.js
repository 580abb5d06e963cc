// The experiments: what each asks for, what it shows, what it says. The settings stand in the address.
(() => {
  const { dynamics, draw, power } = window.experiments;

  const number = (name, label, value, minimum, maximum, step) => ({ name, label, value, minimum, maximum, step });
  const choice = (name, label, value, options) => ({ name, label, value, options });
  const short = (value) => {
    if (value === 0) {
      return "0";
    }
    const [digits, exponent] = value.toPrecision(3).split("e");
    return exponent === undefined ? digits : `${digits} · ${power(Number(exponent))}`;
  };
  const last = (values) => values[values.length - 1];
  const fate = (losses, steps) => {
    if (losses.length <= steps) {
      return `The loss grows beyond every number of the machine within ${losses.length} steps.`;
    }
    return last(losses) > losses[0] ? `The loss grows, to ${short(last(losses))}.` : `The loss at the end is ${short(last(losses))}.`;
  };

  const regular = ({ n, d }) => {
    if (d >= n) {
      return "The degree must be below the number of nodes.";
    }
    return n % 2 && d % 2 ? "An odd number of nodes has no odd degree in common." : "";
  };

  const panels = {
    "relu-descent": {
      title: "One ReLU unit on a graph of your choice",
      fields: [
        choice("family", "graph", "star", ["star", "path", "cycle", "complete", "edgeless"]),
        number("n", "nodes n", 10, 1, 60, 1),
        number("x", "step, in units of 1/A", 1, 0.01, 3, 0.01),
        number("angle", "starting angle, degrees", 90, 0, 180, 1),
        number("length", "length of the start", 0.5, 0, 5, 0.1),
        number("steps", "steps", 60, 1, 2000, 1),
      ],
      show: ({ family, n, x, angle, length, steps }) => {
        const pairs = dynamics.overlaps(dynamics.families[family](n));
        const run = dynamics.reluDescent({ pairs, length, angle: (angle * Math.PI) / 180, step: x, steps });
        const series = [{ name: "loss", values: run.losses }];
        const speaks = x <= 1 && angle <= 90 && length > 0;
        if (speaks) {
          series.push({ name: "proved bound", values: run.losses.map((_, t) => dynamics.reluBound(run, x, t)) });
        }
        const rate = dynamics.reluSlope(run, x);
        const words = [fate(run.losses, steps)];
        words.push(`A = ${short(run.A)}, S = ${short(run.S)}, C(1) = ${short(run.C)}.`);
        words.push(
          Number.isFinite(rate) && x < 2
            ? `Next to the teacher the loss falls by ${short(rate)} decades per step.`
            : x < 2
              ? "Next to the teacher one step suffices."
              : "Above 2/A the teacher repels.",
        );
        words.push(speaks ? "" : "The bound needs a step of at most 1/A, an angle of at most 90 degrees and a start that is not zero.");
        return { series, words, x: "step", y: "loss" };
      },
    },
    "singular-value": {
      title: "One singular value, with the step in print and the corrected one",
      fields: [
        number("n", "nodes n", 3, 1, 1000, 1),
        number("d", "degree d", 2, 0, 999, 1),
        number("L", "rounds L", 1, 1, 8, 1),
        number("target", "target σ*", 5, 0.05, 20, 0.05),
        number("steps", "steps", 40, 1, 2000, 1),
      ],
      check: regular,
      show: ({ n, d, L, target, steps }) => {
        const setting = { nodes: n, degree: d, rounds: L, target, steps };
        const rates = [dynamics.printedStep(setting), dynamics.correctedStep(setting)];
        const runs = rates.map((rate) => dynamics.singularValue({ ...setting, rate }));
        return {
          series: [
            { name: "step of Eq. (25), as printed", values: runs[0].losses },
            { name: "corrected step", values: runs[1].losses },
          ],
          words: [
            `Step in print ${short(rates[0])}: ${fate(runs[0].losses, steps)}`,
            `Corrected step ${short(rates[1])}: ${fate(runs[1].losses, steps)}`,
          ],
          x: "step",
          y: "loss",
        };
      },
    },
    "star-trap": {
      title: "A linear network on a star, from the identity",
      fields: [
        number("leaves", "leaves", 2, 1, 30, 1),
        number("L", "rounds L", 3, 1, 7, 1),
        number("alpha", "teacher α*", 2, -5, 5, 0.05),
        number("beta", "teacher β*", 0.5, -5, 5, 0.05),
        number("eta", "step η", 0.0002, 0.000001, 0.1, 0.000001),
        number("steps", "steps", 2000, 1, 20000, 1),
      ],
      show: ({ leaves, L, alpha, beta, eta, steps }) => {
        const run = dynamics.starTrap({ leaves, rounds: L, alpha, beta, rate: eta, steps });
        const [first, second] = last(run.points);
        return {
          series: [{ name: "loss", values: run.losses }],
          words: [fate(run.losses, steps), `At the end α = ${short(first)}, β = ${short(second)}.`],
          x: "step",
          y: "loss",
        };
      },
    },
    "averaging-map": {
      title: "The second paper's algorithm, averaged over the data: one ReLU unit, both readings of Ξ",
      fields: [
        number("n", "nodes n, one label each", 20, 1, 10000, 1),
        number("d", "degree d", 2, 0, 999, 1),
        number("rate", "step α", 0.5, 0.001, 5, 0.001),
        number("v", "start v", 0.5, -3, 3, 0.05),
        number("target", "teacher v*", 1, -3, 3, 0.05),
        number("angle", "starting angle, degrees", 60, 0, 180, 1),
        number("steps", "epochs", 100, 1, 5000, 1),
      ],
      check: regular,
      show: ({ n, d, rate, v, target, angle, steps }) => {
        const series = [];
        const words = [];
        for (const [reading, name] of [["sum", "sum, as printed"], ["mean", "mean"]]) {
          const run = dynamics.averaging({ labels: n, degree: d, reading, rate, v, target, angle: (angle * Math.PI) / 180, steps });
          series.push({ name: `angle, ${name}`, values: run.angles });
          series.push({ name: `error of v, ${name}`, values: run.errors });
          words.push(`${name}: angle ${short(last(run.angles))}, error of v ${short(last(run.errors))} after ${run.angles.length - 1} epochs.`);
        }
        return { series, words, x: "epoch", y: "angle, error" };
      },
    },
  };

  const read = (name, field) => {
    const written = new URLSearchParams(location.search).get(`${name}.${field.name}`);
    if (written === null) {
      return field.value;
    }
    if (field.options) {
      return field.options.includes(written) ? written : field.value;
    }
    const value = Number(written);
    const whole = field.step >= 1;
    const good = written.trim() !== "" && value >= field.minimum && value <= field.maximum && (!whole || Number.isInteger(value));
    return good ? value : field.value;
  };

  const write = (name, fields, values) => {
    const query = new URLSearchParams(location.search);
    for (const field of fields) {
      if (values[field.name] === field.value) {
        query.delete(`${name}.${field.name}`);
      } else {
        query.set(`${name}.${field.name}`, values[field.name]);
      }
    }
    const text = query.toString();
    history.replaceState(null, "", `${location.pathname}${text ? `?${text}` : ""}${location.hash}`);
  };

  const build = (place) => {
    const name = place.dataset.experiment;
    const { fields, show, check } = panels[name];
    const form = document.createElement("form");
    const inputs = {};
    for (const field of fields) {
      const label = document.createElement("label");
      const input = document.createElement(field.options ? "select" : "input");
      input.name = field.name;
      if (field.options) {
        input.append(...field.options.map((option) => new Option(option, option)));
      } else {
        const step = field.step >= 1 ? 1 : "any";
        Object.assign(input, { type: "number", min: field.minimum, max: field.maximum, step });
        input.required = true;
      }
      input.value = read(name, field);
      inputs[field.name] = input;
      label.append(field.label, input);
      form.append(label);
    }
    const again = document.createElement("button");
    Object.assign(again, { type: "reset", textContent: "As in the text" });
    form.append(again);
    const chart = document.createElement("div");
    chart.className = "chart";
    const words = document.createElement("p");
    words.setAttribute("aria-live", "polite");
    const update = () => {
      const wrong = Object.values(inputs).find((input) => !input.checkValidity());
      if (wrong) {
        words.textContent = `${wrong.parentElement.firstChild.textContent}: ${wrong.validationMessage}`;
        return;
      }
      const values = Object.fromEntries(
        fields.map((field) => [field.name, field.options ? inputs[field.name].value : Number(inputs[field.name].value)]),
      );
      const refusal = check?.(values);
      if (refusal) {
        words.textContent = refusal;
        return;
      }
      const shown = show(values);
      const text = shown.words.filter(Boolean).join(" ");
      draw(chart, { ...shown, label: `${panels[name].title}. ${text}` });
      words.textContent = text;
      write(name, fields, values);
    };
    form.addEventListener("input", update);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", (event) => {
      event.preventDefault();
      for (const field of fields) {
        inputs[field.name].value = field.value;
      }
      update();
    });
    place.replaceChildren(form, chart, words);
    update();
  };

  window.experiments.panels = panels;
  window.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll(".experiment[data-experiment]").forEach(build);
  });
})();
