// What the page knows and can do, without its controls: where the world stands, what the chosen run makes of it.
window.live = window.live || {};
{
  const NUM_NOISY = 40;  // draws of noise, the same ones all the time, so that nothing flickers
  const NUM_TIMES = 30;
  const NUM_WARM_UP = 20;  // encodings until the browser has compiled what they run
  const { makeRandom, normal, cem, inversePlan, rollout } = window.live;

  window.live.makeSession = ({ facts, world, runs }) => {
    const { spec } = world;
    const random = makeRandom(facts.seed);
    const latentDim = runs[0].model.latentDim;
    const bank = Array.from({ length: NUM_NOISY }, () => normal(latentDim, random));
    const session = {
      run: runs[0], state: null, pixels: null, z: null, goal: null, before: null, guess: null, miss: null,
      chance: false, noiseStd: 0, asked: [0, 0], plan: [], candidates: [], times: {},
    };

    function timed(name, work) {
      const began = performance.now();
      const result = work();
      const took = (session.times[name] ||= []);
      took.push(performance.now() - began);
      if (took.length > NUM_TIMES) took.shift();
      return result;
    }

    // ms that a part of a frame took lately, the median
    const typical = (name) => [...session.times[name]].sort((a, b) => a - b)[session.times[name].length >> 1];

    function look(state) {
      session.state = state;
      session.pixels = timed("render", () => world.render(state));
      session.z = timed("encode", () => session.run.model.encode(session.pixels));
    }

    // put the world into a state; predicted is what standing still would bring
    function place(state) {
      look(state);
      Object.assign(session, { before: null, miss: null, plan: [], candidates: [] });
      session.guess = timed("predict", () => session.run.model.predict(session.z, new Float32Array(spec.actionDim)));
    }

    // one step of the world; predicted is what the forward model expected of it; plan: latents that led to the action
    function act(action, plan = []) {
      const rest = Float32Array.from({ length: world.restDim }, () => 2 * random() - 1);
      const done = world.step(session.state, action, session.chance ? rest : null);
      const { z, run } = session;
      const taken = run.commanded ? action : done.action;
      session.guess = timed("predict", () => run.model.predict(z, taken));
      session.before = z;
      look(done.state);
      Object.assign(session, { plan, candidates: [] });
      session.miss = Math.hypot(...session.guess.map((value, i) => value - session.z[i]));
    }

    function setGoal(state) {
      const goal = Float32Array.from(state);
      session.goal = { state: goal, z: session.run.model.encode(world.render(goal)) };
      Object.assign(session, { plan: [], candidates: [] });
    }

    function choose(run) {
      session.run = run;
      session.asked = [0, 0];
      if (session.goal) setGoal(session.goal.state);
      place(session.state);
    }

    const withNoise = (draw) => draw.map((n, i) => session.z[i] + session.noiseStd * n);
    const noisy = () => (session.noiseStd === 0 ? [] : bank.map(withNoise));

    // iterations of the search towards the goal; the last one's best.actions are the plan
    function* search() {
      const { numSamples, numElites, horizon } = facts.planner;
      const { model } = session.run;
      const noise = () => normal(numSamples * horizon * model.actionDim, random);
      for (const seen of cem({ ...facts.planner, model, z: session.z, goal: session.goal.z, noise })) {
        session.candidates = seen.order.slice(0, numElites).map((n) => rollout(model, session.z, seen.candidates[n]));
        session.plan = rollout(model, session.z, seen.best.actions);
        yield seen;
      }
    }

    const inverse = () => inversePlan(session.run.model, session.z, session.goal.z);
    const away = () => world.goalDistance(session.state, session.goal.state);

    place(Float32Array.from(facts.start));
    for (let i = 0; i < NUM_WARM_UP; i++) session.run.model.encode(session.pixels);
    const can = { place, act, setGoal, choose, noisy, search, inverse, away, timed, typical, random };
    return Object.assign(session, can);
  };
}
