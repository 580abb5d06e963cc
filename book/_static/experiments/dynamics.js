// The maps behind the experiments of the pages, with the formulas of the library. Pure functions of
// numbers; a test runs them in a browser beside the library and compares to ten digits.
(() => {
  const { PI, atan2, asin, cos, exp, hypot, log, max, min, sin, sqrt, abs } = Math;

  // --- One round, ReLU: a graph enters through the overlaps of its neighbourhoods.

  const families = {
    complete: (n) => edges(n, (i, j) => i !== j),
    cycle: (n) => edges(n, (i, j) => (j - i + n) % n === 1 || (i - j + n) % n === 1),
    path: (n) => edges(n, (i, j) => abs(i - j) === 1),
    star: (n) => edges(n, (i, j) => (i === 0) !== (j === 0)),
    edgeless: (n) => edges(n, () => false),
  };

  const edges = (n, joined) => {
    const closed = [];
    for (let i = 0; i < n; i += 1) {
      const neighbours = new Set([i]);
      for (let j = 0; j < n; j += 1) {
        if (j !== i && joined(i, j)) {
          neighbours.add(j);
        }
      }
      closed.push(neighbours);
    }
    return closed;
  };

  // Overlaps rho_ij with their masses m_ij, equal overlaps together, from closed neighbourhoods.
  const overlaps = (closed) => {
    const masses = new Map();
    for (const first of closed) {
      for (const second of closed) {
        let shared = 0;
        for (const node of first) {
          shared += second.has(node) ? 1 : 0;
        }
        const mass = sqrt(first.size * second.size);
        const key = `${shared}/${first.size * second.size}`;
        const entry = masses.get(key) ?? { rho: shared / mass, mass: 0 };
        entry.mass += mass;
        masses.set(key, entry);
      }
    }
    return [...masses.values()];
  };

  // s(cos t) and s'(cos t).
  const dual = (t) => (sin(t) + (PI - t) * cos(t)) / PI;
  const slope = (t) => 1 - t / PI;

  const RULE = (() => {
    // Gauss and Legendre, 16 nodes, by Newton's method.
    const nodes = [];
    const count = 16;
    for (let k = 1; k <= count; k += 1) {
      let x = cos((PI * (k - 0.25)) / (count + 0.5));
      let derivative = 1;
      for (let round = 0; round < 50; round += 1) {
        let [before, now] = [1, x];
        for (let j = 2; j <= count; j += 1) {
          [before, now] = [now, ((2 * j - 1) * x * now - (j - 1) * before) / j];
        }
        derivative = (count * (x * now - before)) / (x * x - 1);
        x -= now / derivative;
      }
      nodes.push({ at: x, weight: 2 / ((1 - x * x) * derivative * derivative) });
    }
    return nodes;
  })();

  // D = A - B(c) without a difference of sums, and C(c), at the angle phi of w and w*.
  const gapAndSlope = (pairs, phi) => {
    let [gap, along] = [0, 0];
    const versine = 2 * sin(phi / 2) ** 2;
    for (const { rho, mass } of pairs) {
      const sine = sqrt((1 - rho) * (1 + rho));
      const first = atan2(sine, rho);
      const second = atan2(hypot(sine, rho * sin(phi)), rho * cos(phi));
      const middle = (first + second) / 2;
      const half = rho === 0 || versine === 0 ? 0 : asin(min(1, (rho * versine) / (2 * sin(middle))));
      let integral = 0;
      for (const { at, weight } of RULE) {
        const t = middle + at * half;
        integral += weight * (PI - t) * sin(t);
      }
      gap += (mass * half * integral) / PI;
      along += mass * rho * slope(second);
    }
    return [gap, along];
  };

  const full = (pairs) => pairs.reduce((sum, { rho, mass }) => sum + mass * dual(atan2(sqrt((1 - rho) * (1 + rho)), rho)), 0);
  const messages = (pairs) => pairs.reduce((sum, { rho, mass }) => sum + mass * rho, 0);

  // Gradient descent in u = alpha - 1 and beta: the loss of every iterate, and the angles.
  const reluDescent = ({ pairs, length, angle, step, steps }) => {
    const A = full(pairs);
    const rate = step / A;
    let u = length * cos(angle) - 1;
    let beta = length * sin(angle);
    const [losses, angles, points] = [[], [], []];
    for (let t = 0; t <= steps; t += 1) {
      const phi = atan2(beta, 1 + u);
      const size = hypot(1 + u, beta);
      const surplus = (2 * u + u * u + beta * beta) / (size + 1);
      const [gap, C] = gapAndSlope(pairs, phi);
      losses.push((A * surplus * surplus) / 2 + size * gap);
      angles.push(abs(phi));
      points.push([u, beta]);
      const versine = 2 * sin(phi / 2) ** 2;
      const along = size === 0 ? -messages(pairs) : A * u + gap + versine * (A - gap) - sin(phi) ** 2 * C;
      const across = size === 0 ? 0 : (beta * (A * surplus + gap + cos(phi) * C)) / size;
      [u, beta] = [u - rate * along, beta - rate * across];
      if (!Number.isFinite(u) || !Number.isFinite(beta) || hypot(u, beta) > 1e100) {
        break;
      }
    }
    return { losses, angles, points, A, S: messages(pairs), C: gapAndSlope(pairs, 0)[1] };
  };

  // The proved rate of a start at no more than a right angle, with a step x = eta A in (0, 1].
  const reluBound = ({ A, S, losses }, step, t) => losses[0] * exp((-step * (2 - step) * S * t) / (8 * A));

  // Decades that the loss falls per step in the end.
  const reluSlope = ({ A, C }, step) => (-2 * log(max(abs(1 - step), abs(1 - (step * C) / A)))) / log(10);

  // --- L rounds, linear, on a regular graph: one singular value.

  const powerSum = (first, second, rounds) => {
    let [total, power] = [1, 1];
    for (let j = 1; j < rounds; j += 1) {
      power *= second;
      total = total * first + power;
    }
    return total;
  };

  const printedStep = ({ nodes, degree, rounds, target }) => {
    const start = 1 + degree;
    const [lower, upper] = [min(target / 2, start), max(2 * target, start)];
    const delta = max(upper / target, target / lower);
    const above = lower ** (2 * rounds - 1) * min(1, target ** -(2 * rounds - 2));
    const below = 2 * nodes * rounds ** 2 * delta ** 2 * (degree ** 2 + 1);
    return above / (below * upper ** (2 * rounds - 3) * (1 + upper) ** (rounds - 1));
  };

  const correctedStep = ({ nodes, degree, rounds, target }) =>
    1 / (nodes * rounds ** 2 * (degree ** 2 + 1) * max(1 + degree, target) ** (2 * rounds - 2));

  const singularValue = ({ nodes, degree, rounds, target, rate, steps }) => {
    let error = 1 + degree - target;
    const [values, losses] = [[], []];
    for (let t = 0; t <= steps; t += 1) {
      const value = target + error;
      const sum = powerSum(value, target, rounds);
      values.push(value);
      losses.push((nodes / 2) * (error * sum) ** 2);
      error *= 1 - rate * nodes * (degree ** 2 + 1) * rounds * value ** (rounds - 1) * sum;
      if (!Number.isFinite(error) || abs(error) > 1e100) {
        break;
      }
    }
    return { values, losses };
  };

  // --- L rounds, linear, on a star: two main eigenvalues, and the pair (alpha, beta) of one
  // coordinate of commuting matrices, from the identity.

  const starTrap = ({ leaves, rounds, alpha, beta, rate, steps }) => {
    const root = sqrt(leaves);
    const main = [1, -1].map((sign) => ({ mu: sign * root, weight: (1 + sign * root) ** 2 / 2 }));
    let [a, b] = [1 - alpha, 1 - beta];
    const [losses, points] = [[], []];
    for (let t = 0; t <= steps; t += 1) {
      let [loss, first, second] = [0, 0, 0];
      for (const { mu, weight } of main) {
        const target = alpha + mu * beta;
        const gap = a + mu * b;
        const powers = gap * powerSum(target + gap, target, rounds);
        const turn = rounds * weight * (target + gap) ** (rounds - 1) * powers;
        loss += (weight * powers * powers) / 2;
        first += turn;
        second += mu * turn;
      }
      losses.push(loss);
      points.push([alpha + a, beta + b]);
      [a, b] = [a - rate * first, b - rate * second];
      if (!Number.isFinite(a) || !Number.isFinite(b) || hypot(a, b) > 1e100) {
        break;
      }
    }
    return { losses, points };
  };

  // --- The second paper's algorithm, one hidden ReLU unit, one output, averaged over the data: the
  // angle and the error of v on n labels of nodes with d neighbours each. `sum` is Xi as printed,
  // `mean` divides it by n.
  const averaging = ({ labels, degree, reading, rate, v, target, angle, steps }) => {
    const moment = 1 / (2 * (degree + 1));
    const gain = reading === "mean" ? 1 : 1 / labels;
    let [turn, error] = [angle, v - target];
    const [angles, errors] = [[], []];
    for (let t = 0; t <= steps; t += 1) {
      angles.push(turn);
      errors.push(abs(error));
      const weight = target + error;
      const keep = 1 - rate * gain * weight * weight;
      const add = rate * gain * weight * target;
      const gap = moment * gapAndSlope([{ rho: 1, mass: 1 }], turn)[0];
      const [across, along] = [keep * sin(turn), keep * cos(turn) + add];
      if ((across === 0 && along === 0) || !Number.isFinite(error) || abs(error) > 1e100) {
        break;
      }
      [turn, error] = [atan2(across, along), (1 - rate * moment) * error - rate * target * gap];
    }
    return { angles, errors };
  };

  window.experiments = {
    dynamics: {
      families,
      overlaps,
      reluDescent,
      reluBound,
      reluSlope,
      printedStep,
      correctedStep,
      singularValue,
      starTrap,
      averaging,
    },
  };
})();
