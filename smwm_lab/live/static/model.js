// The three networks of a run in plain JavaScript: float16 weights in, latents, predictions and actions out.
//   const model = live.makeModel(header, bytes, background);
//   model.encode(pixels)   model.predict(z, action)   model.inferAction(z, next)
// Weights are stored input by input, so that an input of 0 (half of what follows a ReLU) costs nothing.
window.live = window.live || {};
{
  const EPSILON = 1e-5;  // of a layer norm
  const SUBNORMAL = 2 ** -24;
  // float16 -> number, for all of them
  const HALVES = Float32Array.from({ length: 1 << 16 }, (_, bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 0) return sign * fraction * SUBNORMAL;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  });

  // name -> { shape, values: Float32Array }
  function unpack(header, bytes) {
    const halves = new DataView(bytes);
    const tensors = {};
    for (const { name, shape, offset } of header.tensors) {
      const size = shape.reduce((product, length) => product * length, 1);
      const values = new Float32Array(size);
      for (let i = 0; i < size; i++) values[i] = HALVES[halves.getUint16(2 * (offset + i), true)];
      tensors[name] = { shape, values };
    }
    return tensors;
  }

  // (out, in) -> (in, out)
  function byInput(values, outputs, inputs) {
    const turned = new Float32Array(values.length);
    for (let o = 0; o < outputs; o++) for (let i = 0; i < inputs; i++) turned[i * outputs + o] = values[o * inputs + i];
    return turned;
  }

  // The inputs that are not 0, with room for three more, so that they can be taken four by four.
  function makeList(size) {
    return { count: 0, rows: new Int32Array(size + 3), values: new Float32Array(size + 3) };
  }

  function gather(list, x, from, size) {
    let count = 0;
    for (let i = 0; i < size; i++) {
      const value = x[from + i];
      if (value !== 0) {
        list.rows[count] = i;
        list.values[count++] = value;
      }
    }
    list.values.fill(0, count, count + 3);
    list.count = count;
    return count;
  }

  // total[at ..] += the sum over a list of value * row of weights; rows are counted from `first`
  function addRows(total, at, { count, rows, values }, weights, first, outputs) {
    for (let i = 0; i < count; i += 4) {
      const a = values[i], b = values[i + 1], c = values[i + 2], d = values[i + 3];
      const rowA = (first + rows[i]) * outputs, rowB = (first + rows[i + 1]) * outputs;
      const rowC = (first + rows[i + 2]) * outputs, rowD = (first + rows[i + 3]) * outputs;
      for (let o = 0; o < outputs; o++) {
        total[at + o] += a * weights[rowA + o] + b * weights[rowB + o] + c * weights[rowC + o] + d * weights[rowD + o];
      }
    }
  }

  function relu(values) {
    for (let i = 0; i < values.length; i++) if (values[i] < 0) values[i] = 0;
    return values;
  }

  function makeLinear({ shape: [outputs, inputs], values }, bias) {
    const weights = byInput(values, outputs, inputs);
    const list = makeList(inputs);
    const add = (total, x) => {
      gather(list, x, 0, inputs);
      addRows(total, 0, list, weights, 0, outputs);
      return total;
    };
    return { start: () => bias.values.slice(), add };
  }

  // linear layers with ReLU between them
  function makeMlp(tensors, prefix) {
    const layers = [];
    for (let i = 0; tensors[`${prefix}.${i}.weight`]; i += 2) {
      layers.push(makeLinear(tensors[`${prefix}.${i}.weight`], tensors[`${prefix}.${i}.bias`]));
    }
    return (x) => layers.reduce((y, layer, i) => layer.add(layer.start(), i ? relu(y) : y), x);
  }

  // 3x3, stride 2, padding 1, ReLU; images (side, side, channels), y by y
  function makeConvolution({ shape: [outputs, inputs], values }, bias, side) {
    const weights = new Float32Array(values.length);  // (out, in, ky, kx) -> (ky, kx, in, out)
    for (let o = 0; o < outputs; o++)
      for (let i = 0; i < inputs; i++)
        for (let k = 0; k < 9; k++) weights[(k * inputs + i) * outputs + o] = values[(o * inputs + i) * 9 + k];
    const half = side / 2;
    const list = makeList(inputs);
    const add = (total, x) => {
      for (let y = 0; y < side; y++)
        for (let column = 0; column < side; column++)
          if (gather(list, x, (y * side + column) * inputs, inputs)) spread(total, y, column);
      return total;
    };
    // one input pixel -> the one, two or four outputs whose windows it is in
    const spread = (total, y, column) => {
      for (let ky = (y + 1) % 2; ky < 3; ky += 2) {
        const toY = (y + 1 - ky) / 2;
        if (toY >= half) continue;
        for (let kx = (column + 1) % 2; kx < 3; kx += 2) {
          const toX = (column + 1 - kx) / 2;
          if (toX < half) addRows(total, (toY * half + toX) * outputs, list, weights, (ky * 3 + kx) * inputs, outputs);
        }
      }
    };
    const start = () => {
      const total = new Float32Array(half * half * outputs);
      for (let i = 0; i < total.length; i++) total[i] = bias.values[i % outputs];
      return total;
    };
    return { start, add, outputs, side: half };
  }

  // 2x2
  function maxPool(x, side, channels) {
    const half = side / 2;
    const y = new Float32Array(half * half * channels).fill(-Infinity);
    for (let row = 0; row < side; row++)
      for (let column = 0; column < side; column++) {
        const from = (row * side + column) * channels;
        const to = ((row >> 1) * half + (column >> 1)) * channels;
        for (let c = 0; c < channels; c++) if (x[from + c] > y[to + c]) y[to + c] = x[from + c];
      }
    return y;
  }

  const ACTIVATIONS = {
    tanh: (z) => z.map(Math.tanh),
    identity: (z) => z,
    layer_norm: (z) => {
      const mean = z.reduce((a, b) => a + b, 0) / z.length;
      const variance = z.reduce((a, b) => a + (b - mean) ** 2, 0) / z.length;
      return z.map((value) => (value - mean) / Math.sqrt(variance + EPSILON));
    },
  };

  // (out, channel, pixel) -> (out, pixel, channel): torch flattens images channel by channel
  function byPixel(values, outputs, channels) {
    const turned = new Float32Array(values.length);
    const pixels = values.length / outputs / channels;
    for (let o = 0; o < outputs; o++)
      for (let c = 0; c < channels; c++)
        for (let p = 0; p < pixels; p++)
          turned[(o * pixels + p) * channels + c] = values[(o * channels + c) * pixels + p];
    return turned;
  }

  // pixels -> latent. Each layer is linear before its ReLU, so what the background alone gives is computed once and
  // kept; of an image only what differs from the background is added, and that is 0 but near what moves.
  function makeEncoder(tensors, config, background) {
    const layers = [];
    let side = config.side;
    for (let i = 0; tensors[`encoder.features.${i}.weight`]; i += 2) {
      const [weight, bias] = ["weight", "bias"].map((kind) => tensors[`encoder.features.${i}.${kind}`]);
      const convolution = makeConvolution(weight, bias, side);
      layers.push({ ...convolution, finish: relu });
      side /= 2;
    }
    const channels = layers.at(-1).outputs;
    layers.at(-1).finish = (x) => maxPool(relu(x), side, channels);
    layers.push(makeHead(tensors, channels, ACTIVATIONS[config.latent_activation]));
    let kept = toUnitRange(background);
    for (const layer of layers) {
      layer.background = kept;
      layer.total = layer.add(layer.start(), kept);
      kept = layer.finish(layer.total.slice());
    }
    return (pixels) => {
      let x = toUnitRange(pixels);
      for (const layer of layers) {
        for (let i = 0; i < x.length; i++) x[i] -= layer.background[i];
        x = layer.finish(layer.add(layer.total.slice(), x));
      }
      return x;
    };
  }

  function makeHead(tensors, channels, finish) {
    const { shape, values } = tensors["encoder.head.weight"];
    const turned = { shape, values: byPixel(values, shape[0], channels) };
    return { ...makeLinear(turned, tensors["encoder.head.bias"]), finish };
  }

  function toUnitRange(pixels) {
    const x = new Float32Array(pixels.length);
    for (let i = 0; i < x.length; i++) x[i] = pixels[i] / 255;
    return x;
  }

  function joined(a, b) {
    const both = new Float32Array(a.length + b.length);
    both.set(a);
    both.set(b, a.length);
    return both;
  }

  // background: the pixels of an image in which nothing moves; another one changes only how fast `encode` is
  window.live.makeModel = (header, bytes, background) => {
    const tensors = unpack(header, bytes);
    const { config } = header;
    const [forward, inverse] = [makeMlp(tensors, "forward_model.layers"), makeMlp(tensors, "inverse_model.layers")];
    const activation = ACTIVATIONS[config.latent_activation];
    return {
      latentDim: config.latent_dim,
      actionDim: config.action_dim,
      encode: makeEncoder(tensors, config, background),
      predict: (z, action) => activation(forward(joined(z, action))),
      inferAction: (z, next) => inverse(joined(z, next)).subarray(0, config.action_dim),
    };
  };
}
