/* Where the garment is: one byte per pixel of the photo, painted with a brush that can follow edges. */

const ALIKE = 42; // colours that differ by less, of 255 in each channel, are of one thing
const STEPS_BACK = 40;

export class Mask {
  /** rgba: the photo's pixels. */
  constructor(width, height, rgba) {
    Object.assign(this, { width, height, rgba, before: [] });
    this.inside = new Uint8Array(width * height);
  }

  /** Takes over a picture of the mask: white where the garment is. */
  read(rgba) {
    for (let at = 0; at < this.inside.length; at++) this.inside[at] = rgba[4 * at] > 127 ? 1 : 0;
  }

  get empty() {
    return !this.inside.includes(1);
  }

  /** To be called before a stroke: `undo` leads back here. */
  remember() {
    this.before.push(this.inside.slice());
    if (this.before.length > STEPS_BACK) this.before.shift();
  }

  undo() {
    this.inside = this.before.pop() ?? this.inside;
  }

  /** Paints a line from `a` to `b`, both [x, y] in pixels; returns the box [left, top, right, bottom] that may have changed. */
  stroke(a, b, radius, value, followEdges) {
    const dabs = Math.max(1, Math.ceil(Math.hypot(b[0] - a[0], b[1] - a[1]) / Math.max(1, radius / 3)));
    for (let dab = 0; dab <= dabs; dab++) {
      const x = Math.round(a[0] + ((b[0] - a[0]) * dab) / dabs);
      const y = Math.round(a[1] + ((b[1] - a[1]) * dab) / dabs);
      if (followEdges) this.#spread(x, y, radius, value);
      else this.#stamp(x, y, radius, value);
    }
    const [left, right] = [Math.min(a[0], b[0]), Math.max(a[0], b[0])];
    const [top, bottom] = [Math.min(a[1], b[1]), Math.max(a[1], b[1])];
    return [Math.max(0, Math.floor(left - radius)), Math.max(0, Math.floor(top - radius)), Math.min(this.width, Math.ceil(right + radius) + 1), Math.min(this.height, Math.ceil(bottom + radius) + 1)];
  }

  #stamp(x, y, radius, value) {
    for (let row = Math.max(0, Math.ceil(y - radius)); row <= Math.min(this.height - 1, y + radius); row++) {
      const half = Math.sqrt(radius * radius - (row - y) ** 2);
      const [left, right] = [Math.max(0, Math.ceil(x - half)), Math.min(this.width - 1, Math.floor(x + half))];
      if (left <= right) this.inside.fill(value, row * this.width + left, row * this.width + right + 1);
    }
  }

  /** As far as the colour under the middle of the brush goes on, within the brush. */
  #spread(x, y, radius, value) {
    if (x < 0 || y < 0 || x >= this.width || y >= this.height) return;
    const { width, height, rgba } = this;
    const start = y * width + x;
    const [red, green, blue] = this.#colour(x, y);
    const seen = new Set([start]);
    const waiting = [start];
    while (waiting.length) {
      const at = waiting.pop();
      this.inside[at] = value;
      const [column, row] = [at % width, Math.floor(at / width)];
      for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
        const [nx, ny] = [column + dx, row + dy];
        const next = ny * width + nx;
        if (nx < 0 || ny < 0 || nx >= width || ny >= height || seen.has(next)) continue;
        if ((nx - x) ** 2 + (ny - y) ** 2 > radius * radius) continue;
        seen.add(next);
        const apart = Math.hypot(rgba[4 * next] - red, rgba[4 * next + 1] - green, rgba[4 * next + 2] - blue);
        if (apart < ALIKE * Math.sqrt(3)) waiting.push(next);
      }
    }
  }

  /** The mean of the pixels around. */
  #colour(x, y) {
    const sum = [0, 0, 0];
    let count = 0;
    for (let row = Math.max(0, y - 1); row <= Math.min(this.height - 1, y + 1); row++) {
      for (let column = Math.max(0, x - 1); column <= Math.min(this.width - 1, x + 1); column++) {
        for (let channel = 0; channel < 3; channel++) sum[channel] += this.rgba[4 * (row * this.width + column) + channel];
        count++;
      }
    }
    return sum.map((value) => value / count);
  }
}
