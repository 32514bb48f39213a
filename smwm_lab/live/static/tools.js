// What a page computes with the plane and the probe of a run, and how it says numbers.
window.live = window.live || {};
{
  const dot = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);

  // project(z): coordinates in the plane; at(a, b): the latent there; nearest(a, b): row of the nearest reference state
  window.live.makePlane = ({ mean, directions, points, residual, share }) => ({
    points,
    share,
    reach: points.reduce((most, [a, b]) => Math.max(most, Math.abs(a), Math.abs(b)), 0),
    project: (z) => directions.map((direction) => dot(direction, z) - dot(direction, mean)),
    at: (a, b) => Float32Array.from(mean, (value, i) => value + a * directions[0][i] + b * directions[1][i]),
    nearest: (a, b) => {
      let [row, least] = [0, Infinity];
      points.forEach(([x, y], i) => {
        const distance = Math.hypot(a - x, b - y, residual[i]);
        if (distance < least) [row, least] = [i, distance];
      });
      return { row, distance: least };
    },
  });

  // latent -> state, one number a component; an angle is read as cosine and sine
  window.live.makeProbe = ({ mean, weights, bias, rows }, names) => (z) => {
    const centred = Array.from(z, (value, i) => value - mean[i]);
    const values = weights.map((row, i) => dot(row, centred) + bias[i]);
    return names.map((name) => {
      const [first, second] = rows[name].map((row) => values[row]);
      return second === undefined ? first : (Math.atan2(second, first) + 2 * Math.PI) % (2 * Math.PI);
    });
  };

  // three digits, plainly
  window.live.shown = (value) => {
    if (!Number.isFinite(value)) return "unknown";
    const size = Math.abs(value);
    if (size === 0) return "0";
    if (size >= 1e5 || size < 1e-3) return value.toExponential(1).replace("e-", "e−").replace("e+", "e");
    if (size >= 100) return value.toFixed(0);
    return value.toFixed(size >= 10 ? 1 : size >= 1 ? 2 : 3);
  };
}
