// Planning in plain JavaScript: the cross-entropy method of smwm_lab/planning/solvers/cem.py, and the inverse head.
//   for (const seen of live.cem({ model, z, goal, ... })) draw(seen);   the last one holds the plan
window.live = window.live || {};
{
  const clamped = (value) => Math.min(Math.max(value, -1), 1);

  // numbers in [0, 1) from a seed (mulberry32), so that a page does the same again
  window.live.makeRandom = (seed) => {
    let state = seed >>> 0;
    return () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
  };

  // n numbers of N(0, 1), by Box and Muller
  window.live.normal = (n, random) => Float32Array.from({ length: n }, () =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()));

  const squaredDistance = (z, goal) => z.reduce((sum, value, i) => sum + (value - goal[i]) ** 2, 0);

  // the latents that a sequence of actions leads through, the first of them z itself
  window.live.rollout = (model, z, actions) => {
    const latents = [z];
    for (let t = 0; t < actions.length; t += model.actionDim)
      latents.push(model.predict(latents.at(-1), actions.subarray(t, t + model.actionDim)));
    return latents;
  };

  // terminal: distance at the end; path: summed over all latents but the first
  function price(model, z, goal, actions, cost) {
    const distances = window.live.rollout(model, z, actions).slice(1).map((latent) => squaredDistance(latent, goal));
    return cost === "terminal" ? distances.at(-1) : distances.reduce((a, b) => a + b, 0);
  }

  // candidates, the first of them the mean; noise: N(0, 1), (numSamples, size)
  function draw(mean, std, noise, numSamples) {
    const size = mean.length;
    return Array.from({ length: numSamples }, (_, n) =>
      mean.map((value, i) => clamped(n ? noise[n * size + i] * std[i] + value : value)));
  }

  function refit(elites, size, minStd) {
    const mean = new Float32Array(size);
    const std = new Float32Array(size);
    for (let i = 0; i < size; i++) {
      mean[i] = elites.reduce((sum, actions) => sum + actions[i], 0) / elites.length;
      const variance = elites.reduce((sum, actions) => sum + (actions[i] - mean[i]) ** 2, 0) / elites.length;
      std[i] = Math.max(Math.sqrt(variance), minStd);
    }
    return { mean, std };
  }

  // yields after every iteration: candidates, costs, order (cheapest first), mean, std, and the best actions so far
  // noise(iteration): Float32Array of numSamples * horizon * actions numbers
  window.live.cem = function* ({ model, z, goal, cost, noise, horizon, numSamples, numIterations, numElites, minStd }) {
    const size = horizon * model.actionDim;
    let [mean, std] = [new Float32Array(size), new Float32Array(size).fill(1)];
    let best = { cost: Infinity, actions: mean };
    for (let iteration = 0; iteration < numIterations; iteration++) {
      const candidates = draw(mean, std, noise(iteration), numSamples);
      const costs = candidates.map((actions) => price(model, z, goal, actions, cost));
      const order = [...costs.keys()].sort((a, b) => costs[a] - costs[b]);
      ({ mean, std } = refit(order.slice(0, numElites).map((n) => candidates[n]), size, minStd));
      if (costs[order[0]] < best.cost) best = { cost: costs[order[0]], actions: candidates[order[0]] };
      yield { iteration, candidates, costs, order, mean, std, best };
    }
  };

  // what it would take to be at the goal in one step
  window.live.inversePlan = (model, z, goal) => model.inferAction(z, goal).map(clamped);
}
