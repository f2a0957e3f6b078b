/** Counts of two kinds over a sliding window, in 60 bins: what is older than the window (to one bin) is forgotten. */
export class RecentCounts {
  private readonly binMs: number;
  private readonly requestBins = new Float64Array(binCount);
  private readonly acceptBins = new Float64Array(binCount);
  private newestBin = Number.NEGATIVE_INFINITY;
  private requestSum = 0;
  private acceptSum = 0;

  constructor(windowMs: number) {
    this.binMs = windowMs / binCount;
  }

  addRequest(nowMs: number): void {
    const bin = this.advance(nowMs);
    this.requestBins[bin] = (this.requestBins[bin] ?? 0) + 1;
    this.requestSum += 1;
  }

  addAccept(nowMs: number): void {
    const bin = this.advance(nowMs);
    this.acceptBins[bin] = (this.acceptBins[bin] ?? 0) + 1;
    this.acceptSum += 1;
  }

  /** Both sums as of now. */
  at(nowMs: number): { readonly requests: number; readonly accepts: number } {
    this.advance(nowMs);
    return { requests: this.requestSum, accepts: this.acceptSum };
  }

  private advance(nowMs: number): number {
    const bin = Math.floor(nowMs / this.binMs);
    const first = Math.max(this.newestBin + 1, bin - binCount + 1);
    for (let old = first; old <= bin; old++) {
      const at = old % binCount;
      this.requestSum -= this.requestBins[at] ?? 0;
      this.acceptSum -= this.acceptBins[at] ?? 0;
      this.requestBins[at] = 0;
      this.acceptBins[at] = 0;
    }
    this.newestBin = Math.max(this.newestBin, bin);
    return bin % binCount;
  }
}

const binCount = 60;
