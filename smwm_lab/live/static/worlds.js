// Worlds in plain JavaScript, from their blueprints: the same pixels and the same steps as smwm_lab/worlds.
//   const world = live.makeWorld(facts);   world.render(state)   world.step(state, action, rest).state
// Python computes in float32; Math.fround after every operation rounds as it does, so that no pixel differs.
// rest: what no action says, numbers in [-1, 1] (`restDim` of them), or null where it is to stand still.
window.live = window.live || {};
{
  const f32 = Math.fround;
  const TURN = f32(2 * Math.PI);
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

  // halves to the even neighbour, as torch rounds
  function round(value) {
    const below = Math.floor(value);
    const part = value - below;
    if (part !== 0.5) return part < 0.5 ? below : below + 1;
    return below % 2 === 0 ? below : below + 1;
  }

  function wrapped(angle) {
    const rest = angle % TURN;
    const turned = f32(rest < 0 ? rest + TURN : rest);
    return turned >= TURN ? 0 : turned;
  }

  const blank = (side) => new Uint8Array(side * side * 3).fill(255);

  // ---- coloured discs that move in whole pixels

  function makeDots({ radius, max_step: reach, min_distance: least, colours, groups }, spec) {
    const { side } = spec;
    const offsets = [];
    for (let y = -radius; y <= radius; y++)
      for (let x = -radius; x <= radius; x++) if (x * x + y * y <= radius * radius) offsets.push([x, y]);
    const controlled = groups.filter(({ motion }) => motion === "independent" || motion === "coupled");
    const random = groups.filter(({ motion }) => motion === "random");
    const [low, high] = [radius, side - 1 - radius];

    function render(state) {
      const pixels = blank(side);
      colours.forEach((colour, dot) => {
        const [x, y] = [round(state[2 * dot]), round(state[2 * dot + 1])];
        for (const [dx, dy] of offsets) pixels.set(colour, ((y + dy) * side + x + dx) * 3);
      });
      return pixels;
    }

    function wishes(action, rest) {
      const moves = new Map(groups.map((group) => [group, [0, 0]]));
      const whole = (value) => round(f32(clamp(value, -1, 1) * reach));
      controlled.forEach((group, i) => moves.set(group, [whole(action[2 * i]), whole(action[2 * i + 1])]));
      if (rest) random.forEach((group, i) => moves.set(group, [whole(rest[2 * i]), whole(rest[2 * i + 1])]));
      return moves;
    }

    function nearOthers(places) {
      const dots = colours.map((_, dot) => dot);
      const gap = (a, b) => (places[2 * a] - places[2 * b]) ** 2 + (places[2 * a + 1] - places[2 * b + 1]) ** 2;
      return dots.map((a) => dots.some((b) => a !== b && gap(a, b) < least * least));
    }

    function moved(state, moves) {
      const after = Float32Array.from(state);
      for (const [{ dots }, move] of moves)
        for (const dot of dots) for (const axis of [0, 1]) after[2 * dot + axis] += move[axis];
      return after;
    }

    function step(state, action, rest) {
      const moves = wishes(action, rest);
      for (const [{ dots }, move] of moves)
        for (const axis of [0, 1]) {
          const at = dots.map((dot) => state[2 * dot + axis]);
          move[axis] = clamp(move[axis], low - Math.min(...at), high - Math.max(...at));
        }
      for (let pass = 0; pass < groups.length; pass++) {
        const hit = nearOthers(moved(state, moves));
        for (const [{ dots }, move] of moves) if (dots.some((dot) => hit[dot])) move.fill(0);
      }
      const realised = Float32Array.from(controlled.flatMap((group) => moves.get(group)), (value) => value / reach);
      return { state: moved(state, moves), action: realised };
    }

    function actionTowards(state, target) {
      const change = state.map((value, i) => target[i] - value);
      const way = (dot) => Math.hypot(change[2 * dot], change[2 * dot + 1]);
      return Float32Array.from(controlled.flatMap(({ dots }) => {
        const far = dots.reduce((a, b) => (way(b) > way(a) ? b : a));
        return [change[2 * far], change[2 * far + 1]];
      }), (value) => clamp(value / reach, -1, 1));
    }

    return { render, step, actionTowards, background: () => blank(side), restDim: 2 * random.length, snap: round };
  }

  // ---- one silhouette with x, y and an angle

  function makeSprite({ half, scale, units, supersampling: fine, silhouette }, spec) {
    const { side, actionDim, low, high } = spec;
    const patch = 2 * half + 1;
    const at = Float32Array.from({ length: patch * fine }, (_, i) => (i + 0.5) / fine - patch / 2);
    const most = fine * fine;
    const shade = Array.from({ length: most + 1 }, (_, count) => 255 - round(f32(count * (255 / most))));

    // [left of every column, right of every row] of a primitive: a point is inside where left <= right
    function sides(part, cos, sin, columns, rows) {
      const turn = (x, y) => [
        f32(f32(f32(x) * cos) - f32(f32(y) * sin)),
        f32(f32(f32(x) * sin) + f32(f32(y) * cos)),
      ];
      if ("nx" in part) {
        const [nx, ny] = turn(part.nx, part.ny);
        const offset = f32(part.offset * scale);
        return [columns.map((x) => nx * x), rows.map((y) => offset - f32(ny * y))];
      }
      const [cx, cy] = turn(part.x, part.y).map((value) => f32(value * f32(scale)));
      const reach = f32((part.radius * scale) ** 2);
      const square = (value) => f32(value * value);
      return [columns.map((x) => square(f32(x - cx))), rows.map((y) => reach - square(f32(y - cy)))];
    }

    function coverage(state, x, y) {
      const [cos, sin] = [f32(Math.cos(state[2])), f32(Math.sin(state[2]))];
      const [dx, dy] = [f32(state[0] - x), f32(state[1] - y)];
      const [columns, rows] = [at.map((value) => value - dx), at.map((value) => value - dy)];
      const inside = new Uint8Array(at.length * at.length);
      for (const parts of silhouette) {
        const lines = parts.map((part) => sides(part, cos, sin, columns, rows));
        for (let r = 0, i = 0; r < at.length; r++)
          for (let c = 0; c < at.length; c++, i++)
            if (lines.every(([left, right]) => left[c] <= right[r])) inside[i] = 1;
      }
      return inside;
    }

    function render(state) {
      const pixels = blank(side);
      const [x, y] = [round(state[0]), round(state[1])];
      const inside = coverage(state, x, y);
      const counts = new Uint8Array(patch * patch);
      for (let r = 0, i = 0; r < at.length; r++)
        for (let c = 0; c < at.length; c++, i++)
          counts[Math.floor(r / fine) * patch + Math.floor(c / fine)] += inside[i];
      counts.forEach((count, i) => {
        const pixel = ((y - half + Math.floor(i / patch)) * side + x - half + (i % patch)) * 3;
        pixels[pixel + 1] = pixels[pixel + 2] = shade[count];
      });
      return pixels;
    }

    function step(state, action, rest) {
      const hidden = rest || new Array(3 - actionDim).fill(0);
      const asked = [...Array.from(action, (value) => clamp(value, -1, 1)), ...hidden];
      const move = asked.map((value, i) => f32(f32(value) * f32(units[i])));
      const place = [0, 1].map((i) => clamp(f32(f32(state[i]) + move[i]), low[i], high[i]));
      const realised = [f32(place[0] - state[0]), f32(place[1] - state[1]), move[2]];
      return {
        state: Float32Array.of(...place, wrapped(f32(f32(state[2]) + move[2]))),
        action: Float32Array.from({ length: actionDim }, (_, i) => clamp(f32(realised[i] / f32(units[i])), -1, 1)),
      };
    }

    function actionTowards(state, target) {
      const change = state.map((value, i) => target[i] - value);
      if (change.length > 2) change[2] = wrapped(change[2] + Math.PI) - Math.PI;
      return Float32Array.from({ length: actionDim }, (_, i) => clamp(change[i] / units[i], -1, 1));
    }

    return { render, step, actionTowards, background: () => blank(side), restDim: 3 - actionDim };
  }

  // ---- two rooms, a wall between them, one door

  function makeRooms(blueprint, spec) {
    const { speed, frameskip, within, centre, wall, stopped, door, raster } = blueprint;
    const { covered, share, blob_std: std } = raster;
    const { side } = spec;
    const size = raster.columns[0].length;

    // means of a line of the frame over the stretches that the pixels of the image cover, term by term
    function average(line) {
      const total = new Float32Array(side);
      for (let k = 0; k < covered.length; k++)
        for (let i = 0; i < side; i++) total[i] = total[i] + f32(line[covered[k][i]] * f32(share[k][i]));
      return total;
    }

    function blob(place) {
      const line = Float32Array.from({ length: size }, (_, pixel) => {
        const away = f32(pixel - place);
        return Math.exp(f32(-f32(away * away) / (2 * std * std)));
      });
      const brightest = line.reduce((a, b) => Math.max(a, b));
      return line.map((value) => value / brightest);
    }

    const times = (a, b) => a.map((value, i) => value * b[i]);
    const toByte = (brightness) => clamp(round(f32(brightness * 255)), 0, 255);
    const [floorX, wallX] = raster.columns.map(average);
    const [floorY, wallY] = raster.rows.map(average);

    // draws white floor and walls; lines: of the blob along x and y, and what of floor and wall it covers
    function draw(lines) {
      const pixels = blank(side);
      for (let y = 0, i = 0; y < side; y++)
        for (let x = 0; x < side; x++, i += 3) {
          const white = f32(f32(floorY[y] * floorX[x]) - f32(wallY[y] * wallX[x]));
          let [agent, seen] = [0, 0];
          if (lines) {
            agent = f32(lines.y[y] * lines.x[x]);
            seen = f32(f32(lines.floorY[y] * lines.floorX[x]) - f32(lines.wallY[y] * lines.wallX[x]));
          }
          const others = f32(white - seen);
          pixels[i] = toByte(f32(agent + others));
          pixels[i + 1] = pixels[i + 2] = toByte(others);
        }
      return pixels;
    }

    function render(state) {
      const [x, y] = [blob(state[0]), blob(state[1])];
      const [columns, rows] = [raster.columns, raster.rows];
      return draw({
        x: average(x), y: average(y),
        floorX: average(times(x, columns[0])), floorY: average(times(y, rows[0])),
        wallX: average(times(x, columns[1])), wallY: average(times(y, rows[1])),
      });
    }

    function move(state, dx, dy) {
      let x = clamp(f32(state[0] + dx), ...within);
      const y = clamp(f32(state[1] + dy), ...within);
      const inDoor = y >= door[0] && y <= door[1];
      if (!inDoor && state[0] < centre && x > wall[0]) x = stopped[0];
      else if (!inDoor && state[0] >= centre && x < wall[1]) x = stopped[1];
      return Float32Array.of(x, y);
    }

    function step(state, action) {
      const realised = new Float32Array(action.length);
      let here = Float32Array.from(state);
      for (let i = 0; i < action.length; i += 2) {
        const asked = [0, 1].map((axis) => f32(f32(clamp(action[i + axis], -1, 1)) * f32(speed)));
        const next = move(here, ...asked);
        for (const axis of [0, 1]) realised[i + axis] = clamp(f32(f32(next[axis] - here[axis]) / f32(speed)), -1, 1);
        here = next;
      }
      return { state: here, action: realised };
    }

    function actionTowards(state, target) {
      const reach = speed * frameskip;
      const each = [0, 1].map((axis) => clamp((target[axis] - state[axis]) / reach, -1, 1));
      return Float32Array.from({ length: 2 * frameskip }, (_, i) => each[i % 2]);
    }

    return { render, step, actionTowards, background: () => draw(null), restDim: 0 };
  }

  const KINDS = { dots: makeDots, sprite: makeSprite, rooms: makeRooms };

  // state - goal, turns wrapped to [-pi, pi)
  const difference = ({ angles }, state, goal) => Array.from(state, (value, i) =>
    angles[i] ? wrapped(value - goal[i] + Math.PI) - Math.PI : value - goal[i]);

  // px between a state and a goal, of the body that is farthest from its own; what no action moves counts 0
  function goalDistance(spec, state, goal) {
    const away = difference(spec, state, goal).map((value, i) => (spec.controllable[i] ? value : 0));
    const parts = Object.values(spec.parts);
    return Math.max(...parts.map((columns) =>
      Math.hypot(...columns.map((i) => away[i] * (spec.angles[i] ? spec.arcRadius : 1)))));
  }

  window.live.makeWorld = ({ blueprint, spec }) => ({
    spec,
    snap: (value) => value,  // a number that a state may hold, from one that a hand has chosen
    ...KINDS[blueprint.kind](blueprint, spec),
    goalDistance: (state, goal) => goalDistance(spec, state, goal),
  });
}
