/** Numbers the dice of each job: 0, 1, 2, ... over all its attempts, so that no attempt throws the same dice as the one before. */
export class Draws {
  private readonly drawn = new Map<string, number>();

  /** The number of the next throw for a job; unknown jobs ('') share one sequence. */
  next(job: string): number {
    const index = this.drawn.get(job) ?? 0;
    // A process that runs for years must not remember every job: the oldest are the least likely to come back.
    if (index === 0 && this.drawn.size >= jobsMax) this.drawn.delete(this.drawn.keys().next().value ?? '');
    this.drawn.set(job, index + 1);
    return index;
  }
}

const jobsMax = 1_000_000;
