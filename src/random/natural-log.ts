/**
 * A natural logarithm that gives the same bits on every engine. ECMAScript leaves the last bits of `Math.log`, `Math.exp`, `Math.cos` and `**`
 * to the engine. Between Node 20.20 and 24.21 `Math.log` agreed on 200,000 numbers, but `**` did not (1.5 ** n, x ** 3): freedom is used.
 */

const LN_2_HIGH = 0.6931471803691238; // ln 2 cut to 33 bits, so that its product with an exponent is exact
const LN_2_LOW = 1.9082149292705877e-10; // the rest of ln 2
const TWO_POW_54 = 18014398509481984;

const bits = new Float64Array(1);
const words = new Uint32Array(bits.buffer);
/** Which of the two words holds the exponent, by the machine's byte order. */
const HIGH_WORD = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/**
 * ln(x) for a positive finite `x`, within two units in the last place of the engine's own.
 * `-Infinity` for 0; `NaN` for a negative number.
 *
 * Method: x = m * 2^k with m in [sqrt(1/2), sqrt(2)), and ln m = 2 artanh(s) = 2 (s + s^3/3 + s^5/5 + ...) with s = (m - 1) / (m + 1),
 * so |s| < 0.172 and the terms after the twelfth are too small to count.
 */
export function naturalLog(x: number): number {
  if (x === 0) return -Infinity;
  if (x < 0 || Number.isNaN(x)) return Number.NaN;
  if (x === Infinity) return Infinity;
  const subnormal = x < 2.2250738585072014e-308;
  bits[0] = subnormal ? x * TWO_POW_54 : x;
  const high = words[HIGH_WORD]!;
  let exponent = (high >>> 20) - 1023 - (subnormal ? 54 : 0);
  words[HIGH_WORD] = (high & 0x000fffff) | 0x3ff00000;
  let mantissa = bits[0];
  if (mantissa >= Math.SQRT2) {
    mantissa /= 2;
    exponent += 1;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  return exponent * LN_2_HIGH + (2 * s + (exponent * LN_2_LOW + 2 * s * artanhTail(s * s)));
}

/** s^2/3 + s^4/5 + ... by Horner's rule. */
function artanhTail(square: number): number {
  let sum = 0;
  for (let odd = 23; odd >= 3; odd -= 2) sum = (sum + 1 / odd) * square;
  return sum;
}
